/** The names that versions are found and sorted by, as those of the table of revisions. */
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../lib/json-body.ts';
import type { RequestedFilter, RequestedOrder } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { pathsOf, queryFault } from './faults.ts';
import type { Seeing } from './names.ts';
import { type Asked, namesOf } from './parameters.ts';
import { filterOf } from './to-filter.ts';
import { orderOf } from './to-order.ts';

const columns: ReadonlyMap<string, string> = new Map([
  ['id', 'id'],
  ['parent', 'item'],
  ['createdAt', 'activity.action_on'],
  ['updatedAt', 'activity.action_on'],
]);

/** The parts of a key stand behind one another with other signs between them than in an id. */
function keysIn(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll(',', ';');
  if (isJsonList(value)) return value.map(keysIn);
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, keysIn(one)])) : value;
}

/** The same condition over revisions; the names that are none are added to `faults`. */
function renamed(where: JsonObject, several: boolean, faults: string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(where).map(([name, value]): [string, Json] => {
      if (/^(?:and|or)$/i.test(name)) {
        const list = isJsonList(value) ? value : [value];
        return [name, list.map((one) => (isJsonObject(one) ? renamed(one, several, faults) : one))];
      }
      const column = columns.get(name);
      if (column === undefined) faults.push(name);
      return [column ?? name, name === 'parent' && several ? keysIn(value) : value];
    }),
  );
}

/** The name of a version that a path of revisions stands for. */
function shownName(path: string): string {
  for (const [name, column] of columns) if (path === column || path.startsWith(`${column}.`)) return name + path.slice(column.length);
  return path;
}

/** `where` of versions. Throws the fault that names every path which cannot be queried: what a version holds is JSON. */
export function versionFilter(
  seeing: Seeing,
  revisions: Collection,
  { key }: Collection,
  where: Asked | undefined,
): RequestedFilter | undefined {
  const faults: string[] = [];
  const asked = where !== undefined && isJsonObject(where) ? renamed(where, key.length > 1, faults) : where;
  if (faults.length > 0) throw queryFault([...new Set(faults)]);
  return namedAsVersions(() => filterOf(seeing, revisions, asked));
}

function namedAsVersions<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof GatewayError && error.kind === 'unknown_path' ? queryFault(pathsOf(error).map(shownName)) : error;
  }
}

/** `sort` of versions, the newest first where it says nothing. Other names are passed over. */
export function versionOrder(seeing: Seeing, revisions: Collection, sort: Asked | undefined): readonly RequestedOrder[] {
  const names = namesOf(sort).flatMap((name) => {
    const column = columns.get(name.replace(/^-/, ''));
    return column === undefined ? [] : [name.startsWith('-') ? `-${column}` : column];
  });
  return namedAsVersions(() => orderOf(seeing, revisions, names, undefined));
}
