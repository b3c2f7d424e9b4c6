/** What of a document's item hangs on rows that are there already: sets of links, and rows of translations (payload-rest P-110, P-144). */
import { type ReadContext, read } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { Collection, JoinPair, Relation } from '../../schema/types.ts';
import { type Facts, factsOf, type HasMany } from './facts.ts';
import { uncounted } from './find.ts';
import { idText, type Sent } from './to-item.ts';

type ToMany = Extract<Relation, { kind: 'o2m' }>;

/** The list of rows that tie a document to others, and the column of them that holds the other's key. */
interface Links {
  readonly relation: ToMany;
  readonly far: string;
}

const sameJoin = (a: readonly JoinPair[], b: readonly JoinPair[]): boolean =>
  a.length === b.length && a.every((pair, i) => pair.from === b[i]?.from && pair.to === b[i]?.to);

/** Undefined for links of several columns, which are written as rows of their table. */
function linksOf({ collection }: Facts, member: HasMany): Links | undefined {
  if (member.far) {
    const { field } = member.far;
    return field && { relation: member.relation, far: field.name };
  }
  const { through, near, far } = member.relation;
  const [pair, ...more] = far;
  const relation = [...collection.relations.values()].find(
    (one): one is ToMany => one.kind === 'o2m' && one.to === through && sameJoin(one.join, near),
  );
  return relation && pair && more.length === 0 ? { relation, far: pair.from.name } : undefined;
}

interface ExistingRow {
  readonly key: Json;
  readonly value: Json;
}

/**
 * Rows of a list of one document, as far as the caller may read them: what becomes of others would tell him that they are there. Throws
 * `related_denied` where he may read none.
 */
async function existing(
  context: ReadContext,
  collection: Collection,
  key: string,
  relation: ToMany,
  column: string,
): Promise<ExistingRow[]> {
  const value: RequestedOutput = { is: 'field', name: column, form: 'text' };
  const of = new Map<string, RequestedOutput>([
    ['key', { is: 'key' }],
    ['value', value],
  ]);
  const template: RequestedTemplate = new Map([['rows', { is: 'relation', name: relation.name, of }]]);
  const { texts } = await read(context, {
    collection: collection.name,
    selection: { all: false, named: new Map(), without: new Set() },
    template,
    keys: [key],
    statuses: 'any',
    offset: 0,
    counts: uncounted,
    stubs: false,
  }).catch((error: unknown) => {
    const hidden = error instanceof GatewayError && (error.kind === 'unknown_field' || error.kind === 'read_denied');
    throw hidden ? new GatewayError('related_denied', { field: relation.name }) : error;
  });
  const found = texts.count === 0 ? null : parseJsonBody(String(texts.between('', '')));
  const rows = found && isJsonObject(found) ? (found['rows'] ?? null) : null;
  if (!rows || !isJsonList(rows)) return [];
  return rows.filter(isJsonObject).flatMap(({ key: own, value: told }) => (own && told !== undefined ? [{ key: own, value: told }] : []));
}

/** The links that are missing and those that are to go; the others stay as they are. */
async function linkChanges(
  context: ReadContext,
  facts: Facts,
  key: string | undefined,
  links: Links,
  ids: readonly Json[],
): Promise<Json[]> {
  const there = key === undefined ? [] : await existing(context, facts.collection, key, links.relation, links.far);
  const wanted = new Set(ids.map(idText));
  const known = new Set(there.map(({ value }) => idText(value)));
  return [
    ...there.filter(({ value }) => !wanted.has(idText(value))).map((row): Json => ({ key: row.key })),
    ...ids.filter((id) => !known.has(idText(id))).map((id): Json => ({ create: { [links.far]: id } })),
  ];
}

async function translationChanges(
  context: ReadContext,
  facts: Facts,
  key: string | undefined,
  translated: RequestedItem,
  code: string,
): Promise<[string, Json][]> {
  const { translations } = facts;
  if (!translations || Object.keys(translated).length === 0) return [];
  const { relation, language, collection } = translations;
  const there = key === undefined ? [] : await existing(context, facts.collection, key, relation, language.name);
  const row = there.find(({ value }) => value === code);
  const [own] = collection.key;
  if (row && own && collection.key.length === 1) return [[relation.name, [{ update: { ...translated, [own.name]: row.key } }]]];
  if (row || Object.values(translated).every((value) => value === null || value === '')) return [];
  return [[relation.name, [{ create: { ...translated, [language.name]: code } }]]];
}

/** Whether the item hangs on rows that are there. */
export function hangs({ sets, translated }: Sent): boolean {
  return sets.size > 0 || Object.keys(translated).length > 0;
}

/** The whole item; `key` is the document's text key where it is there already, `code` the language that is written. */
export async function linkedItem(
  context: ReadContext,
  collection: Collection,
  key: string | undefined,
  sent: Sent,
  code: string,
): Promise<RequestedItem> {
  const { item, sets, translated } = sent;
  const facts = factsOf(collection, context.schema);
  const lists: [string, Json][] = [];
  for (const [member, ids] of sets) {
    const links = linksOf(facts, member);
    const changes = links ? await linkChanges(context, facts, key, links, ids) : [];
    if (links && changes.length > 0) lists.push([links.relation.name, changes]);
  }
  lists.push(...(await translationChanges(context, facts, key, translated, code)));
  const both = lists.map(([name, changes]): [string, Json] => {
    const there = item[name];
    return [name, there !== undefined && isJsonList(there) && isJsonList(changes) ? [...there, ...changes] : changes];
  });
  return { ...item, ...Object.fromEntries(both) };
}
