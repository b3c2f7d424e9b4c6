/** Random groups and aggregates over the garden, of columns that are hidden in some rows above all. */
import fc from 'fast-check';
import { type Interests, pick } from './random-vocabulary.ts';
import { gardenTables } from './readable.ts';
import type { ColumnDef } from './schema-text.ts';

const onNumbers = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'];
const onOrdered = ['count', 'countDistinct', 'min', 'max'];
const functions: Readonly<Partial<Record<ColumnDef['kind'], readonly string[]>>> = {
  serial: onNumbers,
  integer: onNumbers,
  bigint: onNumbers,
  decimal: onNumbers,
  double: onNumbers,
  string: onOrdered,
  date: onOrdered,
  datetime: onOrdered,
};

function kindOf(collection: string, column: string): ColumnDef['kind'] | undefined {
  return gardenTables.find((table) => table.name === collection)?.columns.find((one) => one.name === column)?.kind;
}

function measures(root: string, { columns }: Interests): fc.Arbitrary<readonly [name: string, column: string]> {
  return columns(root).chain((column) => {
    const kind = kindOf(root, column);
    return pick((kind && functions[kind]) ?? ['count']).map((name) => [name, column] as const);
  });
}

/** Names of columns, of the rows themselves or of related ones, and years of dates. */
function groups(root: string, { walks, columns }: Interests): fc.Arbitrary<string> {
  const way = fc.oneof({ weight: 3, arbitrary: walks(root, 0) }, { weight: 1, arbitrary: walks(root, 2) });
  return way.chain(({ steps, end }) =>
    columns(end).map((last) => {
      const name = [...steps, last].join('.');
      const kind = kindOf(end, last);
      return kind === 'date' || kind === 'datetime' ? `year(${name})` : name;
    }),
  );
}

/** A path below the project. `where` narrows the rows, as of a list. */
export function aggregatesOf(root: string, where: fc.Arbitrary<readonly string[]>, interest: Interests): fc.Arbitrary<string> {
  return fc
    .record({
      asked: fc.array(measures(root, interest), { minLength: 1, maxLength: 3 }),
      by: fc.array(groups(root, interest), { maxLength: 2 }),
      where,
      sort: fc.option(fc.tuple(fc.boolean(), fc.nat()), { nil: undefined }),
      limit: fc.option(fc.integer({ min: -1, max: 5 }), { nil: undefined }),
    })
    .map(({ asked, by, where: conditions, sort, limit }) => {
      const query = ['aggregate[count][]=*', ...asked.map(([name, column]) => `aggregate[${name}][]=${encodeURIComponent(column)}`)];
      query.push(...conditions, ...by.map((name) => `groupBy[]=${encodeURIComponent(name)}`));
      const orders = ['count.*', ...asked.map(([name, column]) => `${name}.${column}`), ...by];
      if (sort) query.push(`sort=${sort[0] ? '-' : ''}${encodeURIComponent(orders[sort[1] % orders.length] ?? 'count')}`);
      if (limit !== undefined) query.push(`limit=${limit}`);
      return `items/${root}?${query.join('&')}`;
    });
}
