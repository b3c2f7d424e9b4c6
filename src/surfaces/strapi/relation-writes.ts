/** What becomes of a relation: compared with what it leads to now, within the transaction of the write (strapi-rest S-154 to S-158). */
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Json, JsonObject } from '../../lib/json-body.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import { parseKey } from '../../schema/keys.ts';
import type { Collection, JoinPair, Relation, ToOne } from '../../schema/types.ts';
import { fieldOutput, keyOutput } from './forms.ts';
import { keySpelled } from './keys.ts';
import type { RowChange } from './nested-syntax.ts';
import { positionField, positionsOf, type TiedRow } from './relation-positions.ts';
import type { RelationWrite } from './relation-values.ts';
import { type Lead, leadOf, type Sight } from './sight.ts';

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

/** In their order, by the key of the entry that they are, or lead to. */
async function currentRows(
  within: ReadContext,
  sight: Sight,
  collection: Collection,
  key: string | undefined,
  lead: Lead,
  tied: Tied,
): Promise<ReadonlyMap<string, TiedRow>> {
  if (key === undefined) return new Map();
  const { list, rows, far } = tied;
  const place = positionField(sight, tied.rows);
  const nothing: RequestedOutput = { is: 'constant', json: 'null' };
  const of = new Map<string, RequestedOutput>([
    ['k', keyOutput(sight, rows, 'key')],
    ['e', far ? { is: 'relation', name: far.name, of: keyTemplate(sight, lead.end) } : nothing],
    ['p', place ? fieldOutput(place) : nothing],
  ]);
  const [row] = await rowsOf(within, collection, [key], new Map([['r', { is: 'relation', name: list.name, of }]]));
  const found = (row?.['r'] ?? []) as readonly {
    readonly k: string;
    readonly e: { readonly k: string } | null;
    readonly p: number | null;
  }[];
  return new Map(
    found.flatMap(({ k, e, p }): [string, TiedRow][] => {
      const entry = far ? e?.k : k;
      return entry === undefined ? [] : [[entry, { row: k, position: typeof p === 'number' ? p : null }]];
    }),
  );
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
  const gone = new Set(away.filter((one) => current.has(one) && !wanted.includes(one)));
  const { rows, far, list } = tied;
  const leave = [...gone].map((one): RowChange => {
    const row = current.get(one)?.row ?? '';
    if (far) return { deleteKey: row };
    const detached = Object.fromEntries(list.join.map(({ to }): [string, Json] => [to.name, null]));
    return { update: { ...keyColumns(rows, row), ...detached } };
  });
  const place = positionField(sight, tied.rows);
  const numbers = place ? positionsOf(within, write, tied.rows, place, { current, gone, wanted }) : new Map<string, number>();
  const at = (one: string): JsonObject => (place && numbers.has(one) ? { [place.name]: numbers.get(one) ?? null } : {});
  const come = wanted.flatMap((one): RowChange[] => {
    if (current.has(one)) return [];
    if (far) return [{ create: { ...columnsOf(far.join, lead.end, one), ...at(one) } }];
    return numbers.has(one) ? [{ update: { ...keyColumns(rows, one), ...at(one) } }] : [{ link: one }];
  });
  const moved = [...numbers.keys()].flatMap((one): RowChange[] => {
    const row = current.get(one)?.row;
    return row === undefined ? [] : [{ update: { ...keyColumns(rows, row), ...at(one) } }];
  });
  return [list.name, [...leave, ...come, ...moved]];
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
