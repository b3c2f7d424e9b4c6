/** What extensions work with: items, read and written as the caller may. */
import type { Log } from '../lib/log.ts';
import type { Access, Items, Services } from './types.ts';

export interface ServiceOptions {
  /** Such as `endpoint feed`. */
  readonly extension: string;
  readonly log: Log;
  readonly caller: Access;
  /** Access without permissions. */
  system(reason: string): Access;
}

function itemsOf({ reader, writer }: Access, collection: string): Items {
  return {
    list: (query = {}) => reader.list(collection, query),
    one: (key, query = {}) => reader.one(collection, key, query),
    create: (rows) => writer.create(collection, rows),
    update: (keys, item) => writer.update(collection, keys, item),
    delete: (keys) => writer.delete(collection, keys),
  };
}

/** Services with the caller's permissions. */
export function createServices({ extension, log, caller, system }: ServiceOptions): Services {
  const servicesOf = (access: Access): Services => ({
    items: (collection) => itemsOf(access, collection),
    asSystem(reason) {
      if (typeof reason !== 'string' || reason.trim() === '') throw new TypeError('asSystem wants to know why: give it a reason');
      log.info({ extension, reason }, `the ${extension} acts without permissions`);
      return servicesOf(system(reason));
    },
  });
  return servicesOf(caller);
}
