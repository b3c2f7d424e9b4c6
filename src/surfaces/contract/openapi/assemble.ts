/** Puts the text of an OpenAPI document together, piece by piece, with nothing in it that nothing refers to. */
import type { Sliced } from '../../../lib/slices.ts';
import { createDefinitions, type Define } from '../definitions.ts';
import type { JsonSchema } from '../values.ts';
import type { PathItem, Paths } from './operations.ts';

type Components = Readonly<Record<string, JsonSchema>>;

export interface Blueprint {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** The path that all others stand below. */
  readonly server: string;
  readonly security: readonly JsonSchema[];
  readonly securitySchemes: Components;
  /** What tags say that are of no collection. */
  readonly tags: Readonly<Record<string, string>>;
  /** Some at a time. */
  readonly paths: (define: Define) => Iterable<Paths>;
  /** Components that are always the same. */
  readonly fixed: { readonly [Section in 'schemas' | 'parameters' | 'responses' | 'headers']: Components };
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
function neededSchemas(all: Components, names: Iterable<string>): string[] {
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

const among = (all: Components, names: ReadonlySet<string> | undefined): Components =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names?.has(name)));

function tagOf(operation: JsonSchema): string[] {
  const { tags } = operation;
  return Array.isArray(tags) ? tags.map(String) : [];
}

const operationsIn = ({ get, post, put, patch, delete: remove }: PathItem): JsonSchema[] =>
  [get, post, put, patch, remove].flatMap((one) => (one ? [one] : []));

/** The document's text. */
export function* assembled(blueprint: Blueprint): Sliced<string> {
  const { fixed } = blueprint;
  const used = references();
  const { define, waiting } = createDefinitions();
  const paths: string[] = [];
  const tags = new Set<string>();
  for (const some of blueprint.paths(define)) {
    yield;
    for (const [path, item] of some) {
      for (const operation of operationsIn(item)) for (const tag of tagOf(operation)) tags.add(tag);
      paths.push(used.in(member(path, item)));
    }
  }
  const schemas: string[] = [];
  // Grows meanwhile.
  for (const { name, make } of waiting) {
    yield;
    schemas.push(used.in(member(name, make())));
  }
  const { found } = used;
  const responses = used.in(member('responses', among(fixed.responses, found.get('responses'))));
  const parameters = used.in(member('parameters', among(fixed.parameters, found.get('parameters'))));
  const { title, version, description, server, security } = blueprint;
  const head = {
    openapi: '3.1.0',
    info: { title, version, description },
    servers: [{ url: server }],
    security,
    tags: [...tags].map((name) => ({ name, description: blueprint.tags[name] ?? 'Rows of this collection' })),
  };
  const components = object([
    `"schemas":${object([...schemas, ...neededSchemas(fixed.schemas, found.get('schemas') ?? [])])}`,
    parameters,
    responses,
    member('headers', among(fixed.headers, found.get('headers'))),
    member('securitySchemes', blueprint.securitySchemes),
  ]);
  return `${JSON.stringify(head).slice(0, -1)},"paths":${object(paths)},"components":${components}}`;
}
