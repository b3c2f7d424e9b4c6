/** What becomes of a relation: compared with what it leads to now, within the transaction of the write (strapi-rest S-154 to S-158). */
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Json, JsonObject } from '../../lib/json-body.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import { parseKey } from '../../schema/keys.ts';
import type { Collection, JoinPair, Relation, ToOne } from '../../schema/types.ts';
import { keyOutput } from './forms.ts';
import { keySpelled } from './keys.ts';
import type { RowChange } from './nested-syntax.ts';
import type { RelationValue } from './relation-values.ts';
import { type Lead, leadOf, type Sight } from './sight.ts';

/** A relation that is written, and how. */
export interface RelationWrite {
  readonly name: string;
  readonly lead: Lead;
  readonly value: RelationValue;
}

type ToMany = Extract<Relation, { kind: 'o2m' }>;

const nothingNamed = { all: false, named: new Map(), without: new Set<string>() };
const uncounted = { filtered: false, total: false, byStatus: false };

/** Rows of a collection by their keys, in that shape. */
async function rowsOf(
  within: ReadContext,
  collection: Collection,
  keys: readonly string[],
  template: RequestedTemplate,
): Promise<readonly Record<string, unknown>[]> {
  if (keys.length === 0) return [];
  const limits = { ...within.limits, keys: Math.max(keys.length, within.limits.keys) };
  const request = { collection: collection.name, selection: nothingNamed, template, keys, offset: 0, counts: uncounted, stubs: false };
  const { texts } = await runRead(within, prepareRead({ ...within, limits }, request));
  return JSON.parse(String(texts.between('[', ']')));
}

const keyTemplate = (sight: Sight, collection: Collection): RequestedTemplate => new Map([['k', keyOutput(sight, collection, 'key')]]);

/** The keys in their one spelling. Throws `validation` for entries that are not there for the caller (S-158). */
async function existing(within: ReadContext, sight: Sight, { name, lead }: RelationWrite, keys: readonly string[]): Promise<string[]> {
  const { end } = lead;
  const missing = (count: number): GatewayError =>
    new GatewayError('validation', { message: `${count} relation(s) of ${name} do not exist`, field: name });
  const spelled = keys.map((text) => keySpelled(end, text));
  const known = spelled.flatMap((text) => text ?? []);
  if (known.length < keys.length) throw missing(keys.length - known.length);
  const wanted = [...new Set(known)];
  const found = await rowsOf(within, end, wanted, keyTemplate(sight, end));
  if (found.length < wanted.length) throw missing(wanted.length - found.length);
  return wanted;
}

/** The columns on this side of a join that hold the key of the other side. */
function columnsOf(join: readonly JoinPair[], collection: Collection, key: string | null): JsonObject {
  const values = key === null ? undefined : parseKey(collection, key);
  return Object.fromEntries(join.map(({ from, to }): [string, Json] => [from.name, values?.[collection.key.indexOf(to)] ?? null]));
}

/** What a row is to hold so that its relations are as asked; `key` is that of a row that is there. */
export async function resolvedRelations(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string | undefined,
  writes: readonly RelationWrite[],
): Promise<JsonObject> {
  const item: Record<string, Json> = {};
  for (const write of writes) {
    const { relation } = write.lead;
    if (relation.kind === 'm2o') Object.assign(item, await toOne(within, sight, collection, key, write, relation));
    else {
      const [name, changes] = await toMany(within, sight, collection, key, write);
      if (changes.length > 0) item[name] = changes;
    }
  }
  return item;
}

async function toOne(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string | undefined,
  write: RelationWrite,
  relation: ToOne,
): Promise<JsonObject> {
  const { end } = write.lead;
  const { value } = write;
  const wanted = value.is === 'set' ? value.keys.at(-1) : value.connect.at(-1);
  if (wanted !== undefined) {
    const [found = null] = await existing(within, sight, write, [wanted]);
    return columnsOf(relation.join, end, found);
  }
  if (value.is === 'set') return columnsOf(relation.join, end, null);
  if (value.disconnect.length === 0 || key === undefined) return {};
  // What is not connected is not taken away.
  const held: RequestedOutput = { is: 'relation', name: relation.name, of: keyTemplate(sight, end) };
  const [row] = await rowsOf(within, collection, [key], new Map([['r', held]]));
  const current = (row?.['r'] as { readonly k?: unknown } | null | undefined)?.k;
  const gone = value.disconnect.some((text) => keySpelled(end, text) === current);
  return gone ? columnsOf(relation.join, end, null) : {};
}

/** The list of rows that tie both sides: those of a junction, or the entries themselves. */
interface Tied {
  readonly list: ToMany;
  readonly rows: Collection;
  /** From rows of a junction to the entries. */
  readonly far?: ToOne;
}

function tiedBy(sight: Sight, collection: Collection, { relation, far }: Lead, name: string): Tied {
  const { schema } = sight;
  if (relation.kind === 'o2m') {
    const rows = schema.collections.get(relation.to);
    if (rows) return { list: relation, rows, ...(far ? { far } : {}) };
  }
  if (relation.kind === 'm2m') {
    const rows = schema.collections.get(relation.through);
    const list = [...collection.relations.values()].find(
      (one): one is ToMany => one.kind === 'o2m' && one.to === relation.through && sameJoin(one.join, relation.near),
    );
    const back = [...(rows?.relations.values() ?? [])].find((one): one is ToOne => one.kind === 'm2o' && sameJoin(one.join, relation.far));
    if (rows && list && back) return { list, rows, far: back };
  }
  throw new GatewayError('validation', { message: `${name}: this relation takes no changes`, field: name });
}

function sameJoin(a: readonly JoinPair[], b: readonly JoinPair[]): boolean {
  return a.length === b.length && a.every((pair, i) => pair.from === b[i]?.from && pair.to === b[i]?.to);
}

/** Rows by the key of the entry that they are, or lead to. */
async function currentRows(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string | undefined,
  lead: Lead,
  { list, rows, far }: Tied,
): Promise<ReadonlyMap<string, string>> {
  if (key === undefined) return new Map();
  const own = keyOutput(sight, rows, 'key');
  const entry: RequestedOutput = far
    ? { is: 'relation', name: far.name, of: keyTemplate(sight, lead.end) }
    : { is: 'constant', json: 'null' };
  const template: RequestedTemplate = new Map([
    [
      'r',
      {
        is: 'relation',
        name: list.name,
        of: new Map<string, RequestedOutput>([
          ['k', own],
          ['e', entry],
        ]),
      },
    ],
  ]);
  const [row] = await rowsOf(within, collection, [key], template);
  const found = (row?.['r'] ?? []) as readonly { readonly k: string; readonly e: { readonly k: string } | null }[];
  return new Map(found.flatMap(({ k, e }): [string, string][] => (far ? (e ? [[e.k, k]] : []) : [[k, k]])));
}

async function toMany(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string | undefined,
  write: RelationWrite,
): Promise<[name: string, changes: readonly RowChange[]]> {
  const { lead, value, name } = write;
  const tied = tiedBy(sight, collection, lead, name);
  const current = await currentRows(within, sight, collection, key, lead, tied);
  const wanted = await existing(within, sight, write, value.is === 'set' ? value.keys : value.connect);
  const away = value.is === 'set' ? [...current.keys()] : value.disconnect.flatMap((text) => keySpelled(lead.end, text) ?? []);
  const kept = new Set(wanted);
  const { rows, far, list } = tied;
  const gone = [...new Set(away)].flatMap((one): RowChange[] => {
    const row = current.get(one);
    if (row === undefined || kept.has(one)) return [];
    if (far) return [{ deleteKey: row }];
    const detached = Object.fromEntries(list.join.map(({ to }): [string, Json] => [to.name, null]));
    return [{ update: { ...keyColumns(rows, row), ...detached } }];
  });
  const come = wanted.flatMap((one): RowChange[] => {
    if (current.has(one)) return [];
    return far ? [{ create: columnsOf(far.join, lead.end, one) }] : [{ link: one }];
  });
  return [list.name, [...gone, ...come]];
}

function keyColumns(collection: Collection, key: string): JsonObject {
  const values = parseKey(collection, key);
  return Object.fromEntries(collection.key.map(({ name }, i): [string, Json] => [name, values?.[i] ?? null]));
}

/** Whether the caller may follow the relation. Throws `unknown_field` where not. */
export function followed(sight: Sight, relation: Relation, name: string): Lead {
  const lead = leadOf(sight, relation);
  if (!lead) throw new GatewayError('unknown_field', { field: name, param: 'data', path: name });
  return lead;
}
