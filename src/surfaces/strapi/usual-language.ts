/** The language that counts where a request names none: the project's own, else English, else the first that texts are found in (strapi-rest §10). */
import { LRUCache } from 'lru-cache';
import { prepareRead, runRead } from '../../engine/read.ts';
import type { Project } from '../../projects/project.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { fieldOutput } from './forms.ts';
import { inLanguage, type Localised, localisedOf } from './locale.ts';
import type { Asked } from './parse.ts';
import { sightOf } from './sight.ts';

const english = 'en';

/** Milliseconds for which what was found counts for the same caller. */
const remembered = 10_000;

const found = new WeakMap<Project, LRUCache<string, string>>();

/** What is asked, with the language of the project where it may matter. */
export async function inUsualLanguage(context: CallerContext, collection: Collection, asked: Asked): Promise<Asked> {
  const set = context.rules.settings.get('default_locale');
  if (set) return { ...asked, usual: set };
  const leads = ['populate', 'filters', 'sort'].some((name) => asked.query[name] !== undefined);
  return leads || localisedOf(sightOf(context), collection) ? { ...asked, usual: await languageFound(context) } : asked;
}

async function languageFound(context: CallerContext): Promise<string> {
  const { project, schema, rules, serial } = context;
  const memory = found.get(project) ?? new LRUCache<string, string>({ max: 500, ttl: remembered });
  found.set(project, memory);
  const name = serial === undefined ? undefined : `${serial} ${schema.version} ${rules.version}`;
  const known = name === undefined ? undefined : memory.get(name);
  if (known !== undefined) return known;
  const language = await lookedFor(context);
  if (name !== undefined) memory.set(name, language);
  return language;
}

/** As the caller may read the texts. */
async function lookedFor(context: CallerContext): Promise<string> {
  const sight = sightOf(context);
  const codes: string[] = [];
  for (const collection of context.schema.collections.values()) {
    const localised = localisedOf(sight, collection);
    if (!localised) continue;
    if ((await firstCode(context, localised, inLanguage(localised, english, true))) !== undefined) return english;
    const first = await firstCode(context, localised);
    if (first !== undefined) codes.push(first);
  }
  return codes.sort()[0] ?? english;
}

async function firstCode(context: CallerContext, { texts, language }: Localised, where?: RequestedFilter): Promise<string | undefined> {
  const some: RequestedFilter = { is: 'compare', path: [language.name], operator: 'nnull', value: true };
  const result = await runRead(
    context,
    prepareRead(context, {
      collection: texts.name,
      selection: { all: false, named: new Map(), without: new Set() },
      template: new Map([['code', fieldOutput(language)]]),
      where: where ?? some,
      order: [{ path: [language.name], descending: false }],
      limit: 1,
      offset: 0,
      counts: { filtered: false, total: false, byStatus: false },
      stubs: false,
    }),
  );
  const [row] = JSON.parse(String(result.texts.between('[', ']'))) as readonly { readonly code: string | null }[];
  return row?.code ?? undefined;
}
