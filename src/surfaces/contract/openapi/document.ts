/** The OpenAPI document of a caller: the collections, fields and operations that the caller may use, and nothing that tells of anything else. */
import type { Sliced } from '../../../lib/slices.ts';
import { apiVersion } from '../../directus/project-info.ts';
import type { JsonSchema } from '../values.ts';
import type { Served, View } from '../view.ts';
import { fixedHeaders, fixedParameters, fixedResponses, fixedSchemas, securitySchemes } from './components.ts';
import type { PathItem } from './operations.ts';
import { rowPaths } from './row-paths.ts';
import { componentName, type Refer, type RowPart, rowMakers } from './row-schemas.ts';
import { specialPaths } from './special-paths.ts';

/** Schemas of collections, each made when something first refers to it. */
function rowSchemas(view: View, { in: noted }: ReturnType<typeof references>) {
  const known = new Set<string>();
  const waiting: { readonly name: string; readonly served: Served; readonly part: RowPart }[] = [];
  const refer: Refer = (served, part) => {
    const name = componentName(served, part);
    if (!known.has(name)) {
      known.add(name);
      waiting.push({ name, served, part });
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  function* made(): Sliced<string[]> {
    const members: string[] = [];
    // Grows meanwhile.
    for (const { name, served, part } of waiting) {
      yield;
      members.push(noted(member(name, rowMakers[part](served, view, refer))));
    }
    return members;
  }
  return { refer, made };
}

const member = (name: string, value: unknown): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;
const object = (members: readonly string[]): string => `{${members.join(',')}}`;

const reference = /"#\/components\/(\w+)\/([\w.-]+)"/g;

type Referred = ReadonlyMap<string, ReadonlySet<string>>;

/** Names of components that texts refer to, by section. They are looked for piece by piece, as the pieces are made. */
function references(): { readonly found: Referred; in(text: string): string } {
  const found = new Map<string, Set<string>>();
  return {
    found,
    in(text) {
      for (const [, section = '', name = ''] of text.matchAll(reference)) {
        const names = found.get(section);
        if (names) names.add(name);
        else found.set(section, new Set([name]));
      }
      return text;
    },
  };
}

/** Of the schemas that are always the same, those that something refers to. */
function neededSchemas(names: Iterable<string>): string[] {
  const all = fixedSchemas();
  const needed = new Map<string, string>();
  const take = (wanted: Iterable<string>): void => {
    for (const name of wanted) {
      const schema = all[name];
      if (!schema || needed.has(name)) continue;
      const inside = references();
      needed.set(name, inside.in(member(name, schema)));
      take(inside.found.get('schemas') ?? []);
    }
  };
  take(names);
  return [...needed.values()];
}

const among = (all: Readonly<Record<string, JsonSchema>>, names: ReadonlySet<string> | undefined): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names?.has(name)));

function* pathsOf(
  view: View,
  refer: Refer,
  { in: noted }: ReturnType<typeof references>,
): Sliced<{ members: string[]; tags: Set<string> }> {
  const special = new Map<string, PathItem>(specialPaths(view, refer));
  const members: string[] = [];
  const tags = new Set<string>();
  const add = (path: string, item: PathItem): void => {
    for (const one of [item.get, item.post, item.patch, item.delete]) if (one) tags.add(String((one['tags'] as unknown[])[0]));
    members.push(noted(member(path, item)));
  };
  for (const served of view.served.values()) {
    yield;
    for (const [path, item] of rowPaths(served, view, refer)) {
      add(path, { ...item, ...special.get(path) });
      special.delete(path);
    }
  }
  for (const [path, item] of special) add(path, item);
  return { members, tags };
}

/** What tags say that are of no collection. */
const told: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  'Signing in': 'Who one is',
  Users: 'What is more than a row of a user',
  Files: 'Files with their content',
  Comments: 'What people say about rows',
  Schema: 'Tables and columns',
  Rights: 'What the caller may do',
  Tools: 'What belongs to no collection',
  Documents: 'What there is, told to programs',
});

/** The document's text. */
export function* openApiText(view: View): Sliced<string> {
  const used = references();
  const { refer, made } = rowSchemas(view, used);
  const { members, tags } = yield* pathsOf(view, refer, used);
  const own = yield* made();
  const { found } = used;
  const responses = used.in(member('responses', among(fixedResponses, found.get('responses'))));
  const schemas = [...own, ...neededSchemas(found.get('schemas') ?? [])];
  const public_ = view.who === 'public' ? [{}] : [];
  const head = {
    openapi: '3.1.0',
    info: {
      title: view.key,
      version: apiVersion,
      description: 'What the caller may use, in the dialect of Directus 8.',
    },
    servers: [{ url: `/${encodeURIComponent(view.key)}` }],
    security: [...public_, { token: [] }, { tokenInUrl: [] }, { session: [] }],
    tags: [...tags].map((name) => ({ name, description: told[name] ?? 'Rows of this collection' })),
  };
  const components = object([
    `"schemas":${object(schemas)}`,
    member('parameters', among(fixedParameters, found.get('parameters'))),
    responses,
    member('headers', among(fixedHeaders, found.get('headers'))),
    member('securitySchemes', securitySchemes(view.key)),
  ]);
  return `${JSON.stringify(head).slice(0, -1)},"paths":${object(members)},"components":${components}}`;
}
