/** What counts once in a project: known to all its instances where the table for it is there, else to this process. */
import { LRUCache } from 'lru-cache';
import { useOnce } from '../engine/use-once.ts';
import type { Project } from '../projects/project.ts';
import { idempotencyTable } from '../schema/system.ts';

const used = new WeakMap<object, LRUCache<string, true>>();

function usedHere(project: Project, thing: string, seconds: number): boolean {
  const known = used.get(project) ?? new LRUCache<string, true>({ max: 100_000 });
  used.set(project, known);
  if (known.has(thing)) return false;
  known.set(thing, true, { ttl: seconds * 1000 });
  return true;
}

/** Uses it up; false where it was used before. After so many seconds it would not count anyway. */
export async function usedOnce(project: Project, thing: string, seconds: number): Promise<boolean> {
  if (!usedHere(project, thing, seconds)) return false;
  const { tables, defaultSchema } = project.schemas.introspection;
  if (!tables.some(({ name, schema }) => name === idempotencyTable && schema === defaultSchema)) return true;
  return useOnce(project.connection, thing, { schema: defaultSchema, seconds, keptSeconds: project.limits.idempotencySeconds });
}
