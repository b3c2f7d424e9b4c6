/** Small schemas over all kinds of columns, with rows, the same on every vendor. */
import fc from 'fast-check';
import { type Kind, kindsOf, type Servers } from './common-kinds.ts';
import { type Cell, literal, quoted } from './schema-text.ts';
import type { TestVendor } from './vendors.ts';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly required: boolean;
  readonly indexed: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** A column, and the table whose only key column it names. */
  readonly references: readonly { readonly column: string; readonly to: string }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Different keys even to a collation that takes cases, accents and blanks at the end for alike. */
const textKeys = ['apple', 'Birne', 'École', 'zoo', '日本', '😀', '\u03a9mega', 'straße', '10', '9', "o'neil", 'a b', '100%'];

function uniqueKey(kind: 'number' | 'text' | 'uuid', count: number): Cell[] {
  if (kind === 'text') return textKeys.slice(0, count);
  return Array.from({ length: count }, (_, i) =>
    kind === 'number' ? i + 1 : `${String(i * 7919).padStart(8, '0')}-9c0b-1ef8-bb6d-6bb9bd380a${10 + i}`,
  );
}

interface Draft {
  readonly keyed: 'number' | 'text' | 'uuid' | 'both';
  readonly columns: readonly {
    readonly kind: string;
    readonly required: boolean;
    readonly indexed: boolean;
    readonly values: readonly Cell[];
  }[];
  readonly holes: readonly boolean[];
  readonly parents: readonly number[];
}

const rowsOfTable = 13;

function drafts(names: readonly string[], kinds: Readonly<Record<string, Kind>>): fc.Arbitrary<readonly Draft[]> {
  const column = fc.constantFrom(...names).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      required: fc.boolean(),
      indexed: fc.boolean(),
      values: fc.array(kinds[kind]?.values ?? fc.constant(null), { minLength: rowsOfTable, maxLength: rowsOfTable }),
    }),
  );
  const draft = fc.record({
    keyed: fc.constantFrom('number' as const, 'text' as const, 'uuid' as const, 'both' as const),
    columns: fc.array(column, { minLength: 9, maxLength: 9 }),
    holes: fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
    parents: fc.array(fc.nat(), { minLength: rowsOfTable, maxLength: rowsOfTable }),
  });
  return fc.array(draft, { minLength: 6, maxLength: 6 });
}

/** Tables of which each but the first refers to the one before it. */
export function commonTables(servers: Servers, seed: number): Table[] {
  const kinds = kindsOf(servers);
  const names = Object.keys(kinds);
  const [found = []] = fc.sample(drafts(names, kinds), { seed, numRuns: 1 });
  const tables: Table[] = [];
  // Every kind comes up in some table, whatever the dice say.
  for (const [t, draft] of found.entries()) tables.push(tableOf(draft, t, tables.at(-1), kinds, names));
  return tables;
}

const keyKinds = { number: 'whole', text: 'plain', uuid: 'uuid' } as const;

function tableOf(
  draft: Draft,
  t: number,
  parent: Table | undefined,
  kinds: Readonly<Record<string, Kind>>,
  names: readonly string[],
): Table {
  const name = `same_${t}`;
  const kindOf = (kind: string): Kind => kinds[kind] as Kind;
  const columns: Column[] = [];
  const cells: (readonly Cell[])[] = [];
  const add = (column: Column, values: readonly Cell[]): void => {
    columns.push(column);
    cells.push(values);
  };
  const keyed = draft.keyed === 'both' ? 'number' : draft.keyed;
  add({ name: 'id', kind: kindOf(keyKinds[keyed]), required: true, indexed: false }, uniqueKey(keyed, rowsOfTable));
  const key = ['id'];
  if (draft.keyed === 'both') {
    add({ name: 'code', kind: kindOf('plain'), required: true, indexed: false }, uniqueKey('text', rowsOfTable));
    key.push('code');
  }
  draft.columns.forEach((column, i) => {
    const forced = names[(t * draft.columns.length + i) % names.length] ?? '';
    const kind = i % 2 === 0 ? forced : column.kind;
    const values = kind === column.kind ? column.values : fc.sample(kindOf(kind).values, { seed: t * 100 + i, numRuns: rowsOfTable });
    const holes = values.map((value, n) =>
      !column.required && draft.holes[(n * 7 + i) % draft.holes.length] && n % 2 === 0 ? null : value,
    );
    add({ name: `${kind}_${i}`, kind: kindOf(kind), required: column.required, indexed: column.indexed }, holes);
  });
  const references: Table['references'][number][] = [];
  if (parent && parent.key.length === 1) {
    const kind = parent.columns[0]?.kind as Kind;
    const targets = parent.rows.map((row) => row[0] ?? null);
    add(
      { name: 'parent', kind, required: false, indexed: false },
      draft.parents.map((n) => (n % 5 === 0 ? null : (targets[n % 6] ?? null))),
    );
    references.push({ column: 'parent', to: parent.name });
  }
  const rows = Array.from({ length: rowsOfTable }, (_, n) => cells.map((values) => values[n] ?? null));
  return { name, columns, key, references, rows };
}

function cellText(vendor: TestVendor, value: Cell): string {
  if (typeof value === 'boolean' && vendor === 'mysql') return value ? '1' : '0';
  // A date before the year 1000 is one only when it is written in full, and a line break only where the vendor knows the escape.
  return literal(vendor, value);
}

/** Only texts have a length that an index on MySQL would have to be told. */
function indexable(column: Column): boolean {
  return column.indexed && !/^(text|blob|json)/.test(column.kind.types.mysql) && column.kind.family !== 'json';
}

/** The statements that make the tables and fill them. */
export function tablesText(vendor: TestVendor, tables: readonly Table[]): string {
  const q = (name: string): string => quoted(vendor, name);
  const parts: string[] = [];
  if (vendor === 'postgres') {
    parts.push("create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);");
    parts.push("create type mood as enum ('Draft', 'draft', 'live', 'Ärger', 'ärger');");
  }
  for (const table of tables) {
    const lines = table.columns.map(({ name, kind, required }) => `${q(name)} ${kind.types[vendor]}${required ? ' not null' : ''}`);
    lines.push(`primary key (${table.key.map(q).join(', ')})`);
    for (const { column, to } of table.references) lines.push(`foreign key (${q(column)}) references ${q(to)} (${q('id')})`);
    parts.push(`create table ${q(table.name)} (\n  ${lines.join(',\n  ')}\n);`);
    const rows = table.rows.map((row) => `(${row.map((value) => cellText(vendor, value)).join(', ')})`);
    parts.push(`insert into ${q(table.name)} values\n${rows.join(',\n')};`);
    for (const column of table.columns) {
      if (indexable(column)) parts.push(`create index ${q(`${table.name}_${column.name}`)} on ${q(table.name)} (${q(column.name)});`);
    }
  }
  return parts.join('\n');
}
