/** What nested writes should do to the four tables of the web, row by row, and random ones. */
import fc from 'fast-check';

type Value = string | number | null;
export type Row = { [column: string]: Value };
export type Payload = { [name: string]: Value | Payload | readonly unknown[] | boolean };

interface Relation {
  readonly to: string;
  /** The column that ties both: of this table to one, of the other in a list. */
  readonly column: string;
  readonly many: boolean;
}

interface Shape {
  readonly columns: Readonly<Record<string, 'text' | 'number'>>;
  readonly relations: Readonly<Record<string, Relation>>;
}

const one = (to: string, column: string): Relation => ({ to, column, many: false });
const many = (to: string, column: string): Relation => ({ to, column, many: true });

const shapes = {
  knots: {
    columns: { name: 'text' },
    relations: {
      parent: one('knots', 'parent'),
      children: many('knots', 'parent'),
      marks: many('knot_marks', 'knot'),
      remarks: many('remarks', 'knot'),
    },
  },
  marks: { columns: { name: 'text' }, relations: { knots: many('knot_marks', 'mark') } },
  knot_marks: { columns: { weight: 'number' }, relations: { knot: one('knots', 'knot'), mark: one('marks', 'mark') } },
  remarks: { columns: { words: 'text' }, relations: { knot: one('knots', 'knot') } },
} as const satisfies Record<string, Shape>;

export type Table = keyof typeof shapes;
export const webTables = Object.keys(shapes).sort() as Table[];

function shapeOf(table: string): Shape {
  return shapes[table as Table];
}

export function columnsOf(table: string): string[] {
  const { columns, relations } = shapeOf(table);
  const ties = Object.values(relations).filter((relation) => !relation.many);
  return ['id', ...Object.keys(columns), ...ties.map(({ column }) => column)];
}

// ---- the model ----

export interface Web {
  readonly tables: Readonly<Record<string, Map<number, Row>>>;
  /** `action table id`, and whose list it was written through. */
  readonly told: string[];
}

export function copyOf(web: Web): Web {
  const tables = Object.entries(web.tables).map(
    ([table, rows]) => [table, new Map([...rows].map(([id, row]) => [id, { ...row }]))] as const,
  );
  return { tables: Object.fromEntries(tables), told: [] };
}

/** The request must be refused. */
export class Refused extends Error {}

function rowsOf(web: Web, table: string): Map<number, Row> {
  const rows = web.tables[table];
  if (!rows) throw new Error(`No table ${table}`);
  return rows;
}

export function remove(web: Web, table: string, id: number): boolean {
  if (!rowsOf(web, table).delete(id)) return false;
  web.told.push(`delete ${table} ${id}`);
  return true;
}

const isPayload = (value: unknown): value is Payload => value !== null && typeof value === 'object' && !Array.isArray(value);
const idOf = (payload: Payload): number => Number(payload['id']);

export interface Tie {
  readonly column: string;
  readonly to: number;
  readonly parent: string;
}

export function save(web: Web, table: string, payload: Payload, mode: 'save' | 'create' | 'update', tie?: Tie): void {
  const id = idOf(payload);
  const rows = rowsOf(web, table);
  const values: Row = {};
  const doomed: [string, number][] = [];
  const lists: [Relation, unknown[]][] = [];
  for (const [name, value] of Object.entries(payload)) {
    if (name === 'id' || name === '$delete') continue;
    const relation = shapeOf(table).relations[name];
    if (relation?.many) lists.push([relation, value as unknown[]]);
    else if (relation && isPayload(value)) {
      if (Object.keys(value).length === 0) continue;
      values[name] = value['$delete'] ? null : idOf(value);
      if (value['$delete']) doomed.push([relation.to, idOf(value)]);
      // The other end of a row of a list is made where it is missing.
      else if (!isBare(relation.to, value) || (tie && !rowsOf(web, relation.to).has(idOf(value)))) save(web, relation.to, value, 'save');
    } else values[name] = value as Value;
  }
  if (tie && !Object.hasOwn(values, tie.column)) values[tie.column] = tie.to;
  const row = rows.get(id);
  if (mode === 'create' ? row : mode === 'update' && !row) throw new Refused();
  const filled = lists.filter(([, list]) => elementsOf(list).length > 0);
  if (row && Object.keys(values).length === 0 && filled.length === 0) return;
  if (row) Object.assign(row, values);
  else rows.set(id, { ...Object.fromEntries(columnsOf(table).map((column) => [column, null])), ...values, id });
  web.told.push(`${row ? 'update' : 'create'} ${table} ${id}${tie ? ` of ${tie.parent}` : ''}`);
  const parent = `${table} ${row ? id : 'new'}`;
  for (const [{ to, column }, list] of filled) saveList(web, to, list, { column, to: id, parent });
  for (const [to, one] of doomed) remove(web, to, one);
}

/** Names a row and says nothing of it. */
function isBare(table: string, payload: Payload): boolean {
  return Object.entries(payload).every(([name, value]) => {
    if (name === 'id') return true;
    const relation = shapeOf(table).relations[name];
    if (relation?.many) return elementsOf(value).length === 0;
    return relation !== undefined && isPayload(value) && Object.keys(value).length === 0;
  });
}

/** The elements of a list, or of the three lists of an object. */
function elementsOf(list: unknown): unknown[] {
  if (Array.isArray(list)) return list;
  return isPayload(list) ? Object.values(list).flatMap((part) => (Array.isArray(part) ? part : [])) : [];
}

function saveList(web: Web, table: string, list: unknown, tie: Tie): void {
  const parts: [unknown, 'save' | 'create' | 'update' | 'delete'][] = Array.isArray(list)
    ? list.map((element) => [element, isPayload(element) && element['$delete'] ? 'delete' : isPayload(element) ? 'save' : 'update'])
    : (['create', 'update', 'delete'] as const)
        .flatMap((mode) => elementsOf((list as Payload)[mode]).map((one) => [one, mode] as const))
        .map(([a, b]) => [a, b]);
  for (const [element, mode] of parts) {
    const payload = isPayload(element) ? element : { id: Number(element) };
    if (mode === 'delete') remove(web, table, idOf(payload));
    else save(web, table, payload, mode, tie);
  }
}

// ---- random requests ----

const id = fc.integer({ min: 1, max: 8 });
const word = fc.constantFrom('a', 'b', 'c', null);

/** A second mention of the row before it, in the same list. */
interface Again {
  readonly again: Payload;
}

function payloads(table: Table, depth: number): fc.Arbitrary<Payload> {
  const { columns, relations } = shapeOf(table);
  const parts: Record<string, fc.Arbitrary<unknown>> = { id };
  for (const [name, kind] of Object.entries(columns)) parts[name] = kind === 'text' ? word : fc.option(fc.integer({ min: 0, max: 9 }));
  if (depth > 0) {
    for (const [name, { to, many }] of Object.entries(relations))
      parts[name] = many ? lists(to as Table, depth - 1) : ends(to as Table, depth - 1);
  }
  return fc.record(parts, { requiredKeys: ['id'] }) as fc.Arbitrary<Payload>;
}

const doomed = id.map((one): Payload => ({ id: one, $delete: true }));

function ends(table: Table, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: payloads(table, depth) },
    { weight: 2, arbitrary: id },
    { weight: 2, arbitrary: fc.record({ id }) },
    fc.constant(null),
    fc.constant({}),
    doomed,
  );
}

function lists(table: Table, depth: number): fc.Arbitrary<unknown> {
  const again: fc.Arbitrary<Again> = fc
    .oneof(fc.constant({ $delete: true }), payloads(table, 0))
    .map((payload) => ({ again: payload as Payload }));
  const element = fc.oneof(
    { weight: 5, arbitrary: payloads(table, depth) },
    { weight: 1, arbitrary: fc.oneof(id, id.map(String)) },
    { weight: 1, arbitrary: doomed },
    { weight: 1, arbitrary: again },
  );
  const few = { maxLength: 3 };
  const parts = fc.record(
    {
      create: fc.array(payloads(table, depth), few),
      update: fc.array(payloads(table, depth), few),
      delete: fc.array(fc.oneof(id, fc.record({ id })), few),
    },
    { requiredKeys: ['create'] },
  );
  return fc.oneof({ weight: 5, arbitrary: fc.array(element, few) }, { weight: 1, arbitrary: parts });
}

/** Each row once in a request, but for second mentions: else it would depend on the order in which a request is written. */
function once(table: string, payload: Payload, seen: Set<string>): Payload {
  const result: Payload = {};
  for (const [name, value] of Object.entries(payload)) {
    const relation = shapeOf(table).relations[name];
    if (relation?.many) result[name] = onceIn(relation.to, value, seen);
    else if (relation && isPayload(value) && value['id'] !== undefined) {
      const key = `${relation.to} ${idOf(value)}`;
      if (seen.has(key)) result[name] = idOf(value);
      else {
        seen.add(key);
        result[name] = once(relation.to, value, seen);
      }
    } else result[name] = value;
  }
  return result;
}

function onceIn(table: string, list: unknown, seen: Set<string>): readonly unknown[] | Payload {
  if (!Array.isArray(list)) {
    const parts = isPayload(list) ? Object.entries(list) : [];
    return Object.fromEntries(parts.map(([name, part]) => [name, onceIn(table, part, seen)])) as Payload;
  }
  let last: number | undefined;
  return list.flatMap((element): unknown[] => {
    if (isPayload(element) && 'again' in element) return last === undefined ? [] : [{ ...(element['again'] as Payload), id: last }];
    const one = isPayload(element) ? idOf(element) : Number(element);
    const key = `${table} ${one}`;
    if (seen.has(key)) return [];
    seen.add(key);
    last = one;
    return [isPayload(element) ? once(table, element, seen) : element];
  });
}

export interface WebRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly table: Table;
  readonly items: readonly Payload[];
  readonly form: 'one' | 'list' | 'keys';
}

export const webRequests: fc.Arbitrary<WebRequest> = fc.constantFrom(...webTables).chain((table) =>
  fc
    .record({
      method: fc.constantFrom('POST' as const, 'PATCH' as const, 'PATCH' as const, 'DELETE' as const),
      items: fc.uniqueArray(payloads(table, 3), { minLength: 1, maxLength: 3, selector: idOf }),
      form: fc.constantFrom('one' as const, 'list' as const, 'keys' as const),
    })
    .map(({ method, items, form }) => {
      const seen = new Set(items.map((item) => `${table} ${idOf(item)}`));
      return { method, table, form, items: items.map((item) => once(table, item, seen)) };
    }),
);
