/** `sort` as the order of a read (payload-rest §5). */
import { refuse } from '../../query/limits.ts';
import type { RequestedOrder } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { factsOf } from './facts.ts';
import { queryFault } from './faults.ts';
import { resolvePath, type Seeing } from './names.ts';
import { type Asked, namesOf } from './parameters.ts';

/** The newest first, by the moment of creation where there is one (P-82). */
function usual(seeing: Seeing, collection: Collection): RequestedOrder[] {
  const { created } = factsOf(collection, seeing.schema);
  return created && seeing.visible.field(created) === 'yes' ? [{ path: [created.name], descending: true }] : [];
}

/** What a name may be sorted by; undefined for names that do not exist for the caller, which are passed over (P-81). */
function termOf(seeing: Seeing, collection: Collection, name: string): RequestedOrder[] {
  const descending = name.startsWith('-');
  const resolved = resolvePath({ ...seeing, languages: [] }, collection, descending ? name.slice(1) : name);
  if (!resolved) return [];
  if (resolved.steps.some(({ many }) => many)) throw queryFault([name.replace(/^-/, '')]);
  const { steps, target, facts } = resolved;
  const path = steps.flatMap(({ relations }) => relations);
  const named =
    target.is === 'field'
      ? [target.field]
      : target.is === 'key'
        ? target.key
        : target.is === 'status' || target.is === 'deleted'
          ? [target.is === 'status' ? facts.status?.field : facts.deleted].flatMap((field) => field ?? [])
          : [];
  return named.flatMap((field) => {
    const readable = seeing.visible.field(field);
    return readable === 'yes' || (readable === 'some' && path.length > 0) ? [{ path: [...path, field.name], descending }] : [];
  });
}

/**
 * The order that the names ask for, or the newest first; rows that are equal by it follow their keys, the highest first (P-82). Throws the
 * fault of a path that leads through lists, as a row can be sorted by one value only.
 */
export function orderOf(seeing: Seeing, collection: Collection, sort: Asked | undefined): readonly RequestedOrder[] {
  const names = namesOf(sort);
  if (names.length > seeing.limits.sort) refuse('sort terms (sort)', seeing.limits.sort);
  const asked = names.flatMap((name) => termOf(seeing, collection, name));
  const order = asked.length > 0 ? asked : usual(seeing, collection);
  const told = collection.key.filter((field) => seeing.visible.field(field) === 'yes');
  return [...order, ...told.map((field) => ({ path: [field.name], descending: true }))];
}
