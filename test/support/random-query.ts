/** Random requests over the garden, their operands drawn from what is really stored, hidden values above all. */
import fc from 'fast-check';
import { aggregatesOf } from './random-aggregate.ts';
import { deepArguments, filterTrees, signed, sortPaths } from './random-tree.ts';
import { type Interests, interests, operands, operators, pick } from './random-vocabulary.ts';
import { type Caller, columnsOf, granted } from './readable.ts';

const roots = [
  'plants',
  'sightings',
  'tasks',
  'uses',
  'plant_uses',
  'plant_texts',
  'zones',
  'families',
  'beds',
  'keepers',
  'shipments',
  'order',
];

const listOperators = ['has', 'nhas', 'all', 'in', 'empty', 'nempty'];

function fieldPaths(root: string, { walks, columns }: Interests): fc.Arbitrary<string> {
  return walks(root, 3).chain(({ steps, end }) => fc.oneof(fc.constant('*'), columns(end)).map((last) => [...steps, last].join('.')));
}

function onColumn(root: string, { walks, columns }: Interests): fc.Arbitrary<readonly string[]> {
  return walks(root, 3).chain(({ steps, end }) =>
    columns(end).chain((column) =>
      fc.tuple(pick(operators), operands(end, column), fc.boolean()).map(([operator, value, or]) => {
        const path = encodeURIComponent([...steps, column].join('.'));
        const condition = `filter[${path}][${operator}]=${encodeURIComponent(value)}`;
        return or ? [condition, `filter[${path}][logical]=or`] : [condition];
      }),
    ),
  );
}

/** On a to-many relation as a whole. */
function onList(root: string, { walks, targets }: Interests): fc.Arbitrary<readonly string[]> {
  return walks(root, 2)
    .filter(({ end }) => targets(end).length > 0)
    .chain(({ steps, end }) =>
      fc
        .tuple(pick(targets(end)), pick(listOperators), fc.integer({ min: 0, max: 12 }))
        .map(([[name], operator, value]) => [`filter[${[...steps, name].join('.')}][${operator}]=${value}`]),
    );
}

function conditions(root: string, interest: Interests): fc.Arbitrary<readonly string[]> {
  return fc.oneof({ weight: 4, arbitrary: onColumn(root, interest) }, { weight: 1, arbitrary: onList(root, interest) });
}

const words = [
  'a',
  'e',
  '1',
  '0.2',
  'code',
  'shed',
  'gate',
  'cone',
  'keep dry',
  'draft note',
  'ask',
  '9.99',
  '1999',
  'fruit',
  'pantry',
  'wim',
  'Wanda',
  'Twig',
  'bloom',
  'rose',
];

/** Whole words, as a text index finds them, hidden ones among them. */
const soughtWords = ['keep dry', 'keep', 'third note', 'note', 'second', 'draft', 'hash', 'shed', 'hill', 'gate', 'apple', 'rose rosa'];

/** A path below the project, with its query, as this caller may ask. */
export function randomRequests(caller: Caller): fc.Arbitrary<string> {
  const interest = interests(caller);
  const open = roots.filter((name) => granted(name, caller));
  return pick(open).chain((root) =>
    fc.oneof({ weight: 6, arbitrary: requestsOf(root, interest) }, { weight: 1, arbitrary: searches(root) }),
  );
}

/** With nothing else that might find nothing. */
function searches(root: string): fc.Arbitrary<string> {
  return pick(soughtWords).map((word) => `items/${root}?search=${encodeURIComponent(word)}&meta=*`);
}

/** The same of groups and aggregates. */
export function randomAggregates(caller: Caller): fc.Arbitrary<string> {
  const interest = interests(caller);
  const open = roots.filter((name) => granted(name, caller));
  return pick(open).chain((root) =>
    aggregatesOf(
      root,
      wheres(root, interest).map((where) => where.flat()),
      interest,
    ),
  );
}

function wheres(root: string, interest: Interests): fc.Arbitrary<readonly (readonly string[])[]> {
  return fc.oneof(
    fc.constant([]),
    fc.array(conditions(root, interest), { minLength: 1, maxLength: 3 }),
    filterTrees(root, interest).map((tree) => [[`filter=${encodeURIComponent(JSON.stringify(tree))}`]]),
  );
}

function requestsOf(root: string, interest: Interests): fc.Arbitrary<string> {
  const optional = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
  return fc
    .record({
      fields: fc.array(fieldPaths(root, interest), { minLength: 1, maxLength: 4 }),
      where: wheres(root, interest),
      sort: optional(fc.oneof(signed(pick(columnsOf(root))), sortPaths(root, interest))),
      inside: optional(deepArguments(root, interest)),
      q: optional(pick(words)),
      search: optional(fc.oneof({ weight: 4, arbitrary: pick(soughtWords) }, pick(words))),
      status: optional(pick(['*', 'draft', 'archived', 'published,review', '1', '2,3', 'mystery'])),
      limit: optional(fc.integer({ min: -1, max: 5 })),
      offset: optional(fc.integer({ min: 0, max: 3 })),
      meta: fc.boolean(),
      key: optional(pick(['1', '4', '12', '1,2,3,4,5,6,7,8,9,10,11,12'])),
    })
    .map(({ fields, where, sort, inside, q, search, status, limit, offset, meta, key }) => {
      const names = inside ? [...fields, inside.field] : fields;
      const parts = [`fields=${names.map(encodeURIComponent).join(',')}`, ...where.flat()];
      if (inside) parts.push(`deep=${encodeURIComponent(JSON.stringify(inside.deep))}`);
      if (sort !== undefined) parts.push(`sort=${encodeURIComponent(sort)}`);
      if (q !== undefined) parts.push(`q=${encodeURIComponent(q)}`);
      if (search !== undefined) parts.push(`search=${encodeURIComponent(search)}`);
      if (status !== undefined) parts.push(`status=${status}`);
      if (limit !== undefined) parts.push(`limit=${limit}`);
      if (offset !== undefined) parts.push(`offset=${offset}`);
      if (meta) parts.push('meta=*');
      return `items/${root}${key === undefined ? '' : `/${key}`}?${parts.join('&')}`;
    });
}
