/** Random requests over the garden, their operands drawn from what is really stored, hidden values above all. */
import fc from 'fast-check';
import { type Caller, columnsOf, granted, hiddenColumns, readable, rowsOf } from './readable.ts';

/** Relations by the name a request uses. */
const relations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plants: {
    family: 'families',
    zone: 'zones',
    owner: 'directus_users',
    modified_by: 'directus_users',
    labels: 'plant_texts',
    uses: 'plant_uses',
    sightings: 'sightings',
    beds: 'beds',
    bed_plants: 'bed_plants',
    order: 'order',
  },
  zones: { parent: 'zones', children: 'zones', plants: 'plants' },
  families: { members: 'plants' },
  plant_texts: { plant: 'plants' },
  uses: { plants: 'plant_uses' },
  plant_uses: { plant: 'plants', use_id: 'uses' },
  sightings: { plant: 'plants', observer: 'directus_users' },
  tasks: { plant: 'plants', assignee: 'directus_users' },
  beds: { keeper: 'keepers', bed_plants: 'bed_plants', plants: 'plants' },
  bed_plants: { bed: 'beds', plant: 'plants' },
  keepers: { beds: 'beds' },
  shipments: { shipment_lines: 'shipment_lines' },
  shipment_lines: { shipments: 'shipments' },
  order: { plant: 'plants' },
};

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

const operators = [
  'eq',
  'neq',
  'lt',
  'gt',
  'lte',
  'gte',
  'in',
  'nin',
  'null',
  'nnull',
  'contains',
  'ncontains',
  'rlike',
  'nrlike',
  'empty',
  'nempty',
  'between',
  'nbetween',
];
const listOperators = ['has', 'nhas', 'all', 'in', 'empty', 'nempty'];

interface Walk {
  /** Names of relations from the root on. */
  readonly steps: readonly string[];
  readonly end: string;
}

const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

/**
 * What a caller is likely to learn something by. Most requests name only what may be named, since a refusal tells nothing; columns
 * that are hidden in some rows are named most.
 */
function interests(caller: Caller) {
  const targets = (collection: string): readonly (readonly [string, string])[] => {
    const all = Object.entries(relations[collection] ?? {});
    const open = all.filter(([, to]) => granted(to, caller));
    return [...open, ...open, ...open, ...all];
  };

  /** A way through relations, at most `longest` steps. */
  const walks = (root: string, longest: number): fc.Arbitrary<Walk> =>
    fc.array(fc.nat(), { maxLength: longest }).map((choices) => {
      const steps: string[] = [];
      let end = root;
      for (const choice of choices) {
        const names = targets(end);
        const next = names[choice % Math.max(1, names.length)];
        if (!next) break;
        steps.push(next[0]);
        end = next[1];
      }
      return { steps, end };
    });

  const columns = (collection: string): fc.Arbitrary<string> => {
    const rows = rowsOf(collection).filter((row) => readable(collection, row, caller));
    const hiddenIn = (name: string): number => rows.filter((row) => hiddenColumns(collection, row, caller).includes(name)).length;
    const weighted = columnsOf(collection).map((name) => {
      const hidden = hiddenIn(name);
      const weight = hidden === 0 ? 4 : hidden < rows.length ? 40 : 1;
      return { weight, arbitrary: fc.constant(name) };
    });
    return fc.oneof(...weighted);
  };

  return { targets, walks, columns };
}

type Interests = ReturnType<typeof interests>;

function fieldPaths(root: string, { walks, columns }: Interests): fc.Arbitrary<string> {
  return walks(root, 3).chain(({ steps, end }) => fc.oneof(fc.constant('*'), columns(end)).map((last) => [...steps, last].join('.')));
}

/** A stored value of the column, or a piece of one. */
function operands(collection: string, column: string): fc.Arbitrary<string> {
  const stored = rowsOf(collection).map((row) => row[column]);
  const texts = stored.filter((value) => value !== null && value !== undefined && !Buffer.isBuffer(value)).map(String);
  return fc.tuple(pick(['', '0', '1', '5', 'a', '%', ...texts, ...texts]), pick(['whole', 'start', 'list'])).map(([text, form]) => {
    if (form === 'start') return text.slice(0, 3);
    return form === 'list' ? `${text},${texts[0] ?? '1'}` : text;
  });
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

/** A path below the project, with its query, as this caller may ask. */
export function randomRequests(caller: Caller): fc.Arbitrary<string> {
  const interest = interests(caller);
  const open = roots.filter((name) => granted(name, caller));
  return pick(open).chain((root) => requestsOf(root, interest));
}

function requestsOf(root: string, interest: Interests): fc.Arbitrary<string> {
  const optional = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(one, { nil: undefined });
  return fc
    .record({
      fields: fc.array(fieldPaths(root, interest), { minLength: 1, maxLength: 4 }),
      where: fc.oneof(fc.constant([]), fc.array(conditions(root, interest), { minLength: 1, maxLength: 3 })),
      sort: optional(fc.tuple(pick(columnsOf(root)), fc.boolean())),
      q: optional(pick(words)),
      status: optional(pick(['*', 'draft', 'archived', 'published,review', '1', '2,3', 'mystery'])),
      limit: optional(fc.integer({ min: -1, max: 5 })),
      offset: optional(fc.integer({ min: 0, max: 3 })),
      meta: fc.boolean(),
      key: optional(pick(['1', '4', '12', '1,2,3,4,5,6,7,8,9,10,11,12'])),
    })
    .map(({ fields, where, sort, q, status, limit, offset, meta, key }) => {
      const parts = [`fields=${fields.map(encodeURIComponent).join(',')}`, ...where.flat()];
      if (sort) parts.push(`sort=${sort[1] ? '-' : ''}${sort[0]}`);
      if (q !== undefined) parts.push(`q=${encodeURIComponent(q)}`);
      if (status !== undefined) parts.push(`status=${status}`);
      if (limit !== undefined) parts.push(`limit=${limit}`);
      if (offset !== undefined) parts.push(`offset=${offset}`);
      if (meta) parts.push('meta=*');
      return `items/${root}${key === undefined ? '' : `/${key}`}?${parts.join('&')}`;
    });
}
