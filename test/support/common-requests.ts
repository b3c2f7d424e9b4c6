/** Random requests over the common tables: every operator on every kind of column, mixed orders, pages, searches and counts. */
import fc from 'fast-check';
import { type Family, labels, texts } from './common-kinds.ts';
import type { Column, Table } from './common-tables.ts';

const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

const equality = ['eq', 'neq', 'in', 'nin'];
const order = ['lt', 'lte', 'gt', 'gte', 'between', 'nbetween'];
const listed = ['in', 'nin', 'between', 'nbetween'];
const presence = ['null', 'nnull', 'empty', 'nempty'];
const looks = ['contains', 'ncontains', 'rlike', 'nrlike'];

/** JSON is compared as the text that each database makes of it. */
const operatorsOf = (family: Family): readonly string[] =>
  family === 'json' ? presence : [...equality, ...equality, ...order, ...order, ...presence, ...looks, ...looks];

/** Operands that no row holds, hardly differ from one, or are no value at all. */
const strange: Readonly<Record<Family, readonly string[]>> = {
  text: [...texts],
  label: [...labels],
  whole: [
    '0',
    '1',
    '2.5',
    '1.0',
    '-0',
    '05',
    '+7',
    '1e1',
    '9223372036854775808',
    '-9223372036854775809',
    '9007199254740992.5',
    '99999999999999999999999',
    'abc',
    '',
    '0.00000000000000000000000000000000001',
  ],
  number: [
    '0',
    '-0',
    '1',
    '1.0',
    '2.5',
    '2.50',
    '1e15',
    '0.1',
    '.5',
    '1.0000000000000000000000000000000000001',
    '0.1000000000000001',
    '1e300',
    '1e400',
    '-1e-5',
    'NaN',
    'abc',
    '',
  ],
  truth: ['true', 'false', '1', '0', 'TRUE', 'yes', ''],
  date: [
    '2024-02-29',
    '1969-12-31',
    '1970-01-01',
    '0001-01-01',
    '0000-01-01',
    '9999-12-31',
    '2024-01-01T23:30:00-05:00',
    '2023-02-29',
    '2024-01-01 10:00:00',
    '',
  ],
  time: ['08:30', '08:30:00', '08:30:00.0', '23:59:59.999999', '00:00', '12:30:59.250', '10:30:00+02:00', '24:00', 'abc', ''],
  moment: [
    '2024-01-01',
    '1970-01-01T00:00:00Z',
    '1999-12-31T23:59:59.999999Z',
    '2000-01-01T01:00:00+01:00',
    '2000-01-01 00:00:00.000',
    '0000-01-01',
    '9999-12-31 23:59:59.999999',
    '2024-01-01 08:30:00.2500',
    'abc',
    '',
  ],
  uuid: ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '7fffffff-0000-1000-8000-000000000000', 'abc', ''],
  bytes: ['AP8Q', 'ap8q', 'YQ==', 'YQ', '/w==', 'AA==', 'é', ''],
  json: ['x'],
};

const shown = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('base64') : String(value));

/** What is stored in the column, or something like it. */
function operands(table: Table, column: Column, operator: string): fc.Arbitrary<string> {
  const at = table.columns.indexOf(column);
  const stored = table.rows.map((row) => row[at]).filter((value) => value !== null && value !== undefined);
  const whole = [...stored.map(shown), ...strange[column.kind.family]];
  const one = pick(whole);
  const list = fc.array(one, { minLength: 2, maxLength: 4 }).map((several) => several.join());
  // Only labels have an order where others are no labels.
  if (column.kind.family === 'label' && !looks.includes(operator)) return listed.includes(operator) ? list : one;
  return fc.oneof(
    { weight: 5, arbitrary: one },
    {
      weight: 2,
      arbitrary: fc.tuple(one, fc.nat(4), fc.nat(6)).map(([text, from, length]) => [...text].slice(from, from + length).join('')),
    },
    { weight: 1, arbitrary: one.map((text) => text.toUpperCase()) },
    { weight: 1, arbitrary: one.map((text) => `${text} `) },
    { weight: 2, arbitrary: list },
    { weight: 1, arbitrary: fc.tuple(one, pick(['_', '%', '\\', '__', '%_'])).map(([text, wild]) => wild + text + wild) },
  );
}

/** The relations of a table by name, and where they lead. */
function neighbours(table: Table, tables: readonly Table[]): readonly (readonly [string, Table])[] {
  const up = table.references.flatMap(({ column, to }) =>
    tables.filter((other) => other.name === to).map((other) => [column, other] as const),
  );
  const down = tables.flatMap((other) => (other.references.some(({ to }) => to === table.name) ? [[other.name, other] as const] : []));
  return [...up, ...down];
}

interface Comparison {
  readonly column: string;
  readonly operator: string;
  readonly value: string;
}

function comparison(table: Table): fc.Arbitrary<Comparison> {
  return pick(table.columns).chain((column) =>
    pick(operatorsOf(column.kind.family)).chain((operator) =>
      operands(table, column, operator).map((value) => ({ column: column.name, operator, value })),
    ),
  );
}

function flat(table: Table, tables: readonly Table[]): fc.Arbitrary<string> {
  const ways = neighbours(table, tables).map(([name, other]) => [`${name}.`, other] as const);
  return pick([['', table] as const, ['', table] as const, ...ways]).chain(([path, end]) =>
    comparison(end).map(({ column, operator, value }) => `filter[${path}${column}][${operator}]=${encodeURIComponent(value)}`),
  );
}

type Nested = { readonly [key: string]: unknown };

function leaf(table: Table): fc.Arbitrary<Nested> {
  return comparison(table).map(({ column, operator, value }) => ({ [column]: { [`_${operator}`]: presence.includes(operator) || value } }));
}

/** A filter as one JSON value. */
function nested(table: Table, tables: readonly Table[]): fc.Arbitrary<Nested> {
  const own = leaf(table);
  const forms = [
    own,
    own.map((one) => ({ _not: one })),
    fc.tuple(pick(['_or', '_and']), own, own).map(([word, one, other]) => ({ [word]: [one, { _not: other }] })),
    ...neighbours(table, tables).map(([name, other]) =>
      fc.tuple(pick(['_some', '_none', '_every']), leaf(other)).map(([word, one]) => ({
        [name]: table.references.some(({ column }) => column === name) ? one : { [word]: one },
      })),
    ),
  ];
  return fc.oneof(...forms);
}

function conditions(table: Table, tables: readonly Table[]): fc.Arbitrary<readonly string[]> {
  const several = fc.tuple(fc.array(flat(table, tables), { maxLength: 2 }), fc.boolean());
  return fc.oneof(
    {
      weight: 3,
      arbitrary: several.map(([where, or]) =>
        or ? [...where, ...where.map((one) => `${one.slice(0, one.indexOf(']') + 1)}[logical]=or`)] : where,
      ),
    },
    { weight: 1, arbitrary: nested(table, tables).map((one) => [`filter=${encodeURIComponent(JSON.stringify(one))}`]) },
  );
}

const optional = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined, freq: 1 });

/** By columns of its own and of the row it refers to. */
function sortTerms(table: Table, tables: readonly Table[]): fc.Arbitrary<string> {
  const names = (of: Table): string[] => of.columns.filter(({ kind }) => kind.family !== 'json').map(({ name }) => name);
  const related = table.references.flatMap(({ column, to }) => {
    const parent = tables.find((other) => other.name === to);
    return parent ? names(parent).map((name) => `${column}.${name}`) : [];
  });
  const term = fc.oneof({ weight: 3, arbitrary: pick(names(table)) }, ...(related.length > 0 ? [pick(related)] : []));
  const signed = fc.tuple(fc.boolean(), term).map(([descending, name]) => `${descending ? '-' : ''}${name}`);
  return fc.array(signed, { maxLength: 3 }).map((terms) => terms.join());
}

/** Which rows of a relation to many, and in which order. */
function deep(table: Table, tables: readonly Table[]): fc.Arbitrary<readonly string[]> {
  const lists = tables.filter((other) => other.references.some(({ to }) => to === table.name));
  if (lists.length === 0) return fc.constant([]);
  return pick(lists).chain((list) =>
    fc
      .tuple(sortTerms(list, tables), fc.integer({ min: 0, max: 3 }), leaf(list), fc.boolean())
      .map(([sort, limit, filter, filtered]) => [
        ...(sort === '' ? [] : [`deep[${list.name}][_sort]=${sort}`]),
        `deep[${list.name}][_limit]=${limit}`,
        ...(filtered ? [`deep[${list.name}][_filter]=${encodeURIComponent(JSON.stringify(filter))}`] : []),
      ]),
  );
}

function listOf(table: Table, tables: readonly Table[]): fc.Arbitrary<string> {
  const names = neighbours(table, tables).map(([name]) => `${name}.*`);
  const q = pick([...texts, '1', '0.5', '.250', '-', '12', 'a', 'é', 'É', '2024', 'draft', '%', '_', 'k', 'I']);
  return fc
    .record({
      where: conditions(table, tables),
      sort: sortTerms(table, tables),
      page: optional(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(4))),
      fields: pick(['*', '*', ['*', ...names].join(), 'id']),
      inside: deep(table, tables),
      q: fc.option(q, { nil: undefined, freq: 3 }),
      meta: fc.boolean(),
    })
    .map(({ where, sort, page, fields, inside, q: sought, meta }) => {
      const parts = [`fields=${fields}`, ...where];
      if (sort !== '') parts.push(`sort=${sort}`);
      if (page) parts.push(`limit=${page[0]}`, `offset=${page[1]}`);
      if (fields.includes('.')) parts.push(...inside);
      if (sought !== undefined) parts.push(`q=${encodeURIComponent(sought)}`);
      if (meta) parts.push('meta=filter_count,total_count,result_count');
      return `items/${table.name}?${parts.join('&')}`;
    });
}

function oneOf(table: Table): fc.Arbitrary<string> {
  const column = table.columns[0] as Column;
  const escaped = (text: string): string =>
    table.key.length > 1 ? text.replace(/[~;,/]/g, (c) => `~${c.charCodeAt(0).toString(16)}`) : text;
  const keys = table.rows.map((row) => table.key.map((_, i) => escaped(String(row[i]))).join(';'));
  return fc
    .oneof(
      pick(keys),
      operands(table, column, 'eq'),
      pick(keys).map((key) => key.toUpperCase()),
    )
    .map((key) => `items/${table.name}/${encodeURIComponent(key)}`);
}

/** A path below the project, with its query. */
export function commonRequests(tables: readonly Table[]): fc.Arbitrary<string> {
  return pick(tables).chain((table) => fc.oneof({ weight: 12, arbitrary: listOf(table, tables) }, { weight: 1, arbitrary: oneOf(table) }));
}
