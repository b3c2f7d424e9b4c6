/** What random requests are made of: the garden's relations, columns that are worth asking about, and operands that are really stored. */
import fc from 'fast-check';
import { type Caller, columnsOf, granted, hiddenColumns, readable, rowsOf } from './readable.ts';

/** Relations by the name a request uses. */
export const relations: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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

export const operators = [
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
export interface Walk {
  /** Names of relations from the root on. */
  readonly steps: readonly string[];
  readonly end: string;
}

export const pick = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);

/**
 * What a caller is likely to learn something by. Most requests name only what may be named, since a refusal tells nothing; columns
 * that are hidden in some rows are named most.
 */
export function interests(caller: Caller) {
  /** Whether no readable row shows the column or list. */
  const hidden = (collection: string, name: string): boolean =>
    rowsOf(collection)
      .filter((row) => readable(collection, row, caller))
      .every((row) => hiddenColumns(collection, row, caller).includes(name));
  /** Whether neither side hides what ties them; columns that lead back count for lists. */
  const shown = (collection: string, name: string, to: string): boolean => {
    const back = Object.entries(relations[to] ?? {}).filter(([, from]) => from === collection);
    const list = !columnsOf(collection).includes(name);
    return !hidden(collection, name) && !(list && back.some(([column]) => columnsOf(to).includes(column) && hidden(to, column)));
  };
  const known = new Map<string, readonly (readonly [string, string])[]>();
  const targets = (collection: string): readonly (readonly [string, string])[] => {
    const found = known.get(collection);
    if (found) return found;
    const all = Object.entries(relations[collection] ?? {});
    const open = all.filter(([name, to]) => granted(to, caller) && shown(collection, name, to));
    const weighted = [...Array(12).fill(open).flat(), ...all] as [string, string][];
    known.set(collection, weighted);
    return weighted;
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

export type Interests = ReturnType<typeof interests>;

/** A stored value of the column, or a piece of one. */
export function operands(collection: string, column: string): fc.Arbitrary<string> {
  const stored = rowsOf(collection).map((row) => row[column]);
  const texts = stored.filter((value) => value !== null && value !== undefined && !Buffer.isBuffer(value)).map(String);
  return fc.tuple(pick(['', '0', '1', '5', 'a', '%', ...texts, ...texts]), pick(['whole', 'start', 'list'])).map(([text, form]) => {
    if (form === 'start') return text.slice(0, 3);
    return form === 'list' ? `${text},${texts[0] ?? '1'}` : text;
  });
}
