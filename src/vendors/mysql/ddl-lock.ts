/** Keeps other processes from changing the schema meanwhile. */
import type { Connection as RawConnection } from 'mysql2';
import type { Exclusively } from '../../dialect/ddl.ts';
import { conflict } from '../../dialect/outcomes.ts';
import { translate, withoutSql } from './errors.ts';

/** The part of knex that makes connections beside its pool: one of the pool might be the last. */
interface Maker {
  acquireRawConnection(): Promise<RawConnection>;
  destroyRawConnection(raw: RawConnection): Promise<void>;
}

/** Names of locks are those of the whole server. The lock ends with its connection. */
const lock = "select get_lock(concat('sallyport schema ', left(sha2(database(), 256), 32)), 60) as got";

function taken(raw: RawConnection): Promise<boolean> {
  return new Promise((resolve, reject) => {
    raw.query({ sql: lock, rowsAsArray: true }, (error, rows) => (error ? reject(error) : resolve(/^\D*1\D*$/.test(JSON.stringify(rows)))));
  });
}

function fail(error: unknown): never {
  throw translate(error) ?? withoutSql(error);
}

/** See `Ddl.exclusively`. */
export const exclusively: Exclusively = async ({ knex }, work) => {
  const maker: Maker = knex.client;
  const raw = await maker.acquireRawConnection().catch(fail);
  try {
    if (!(await taken(raw).catch(fail))) throw conflict(new Error('The lock on changes of the schema is held by another process'));
    return await work(async () => undefined);
  } finally {
    await maker.destroyRawConnection(raw).catch(() => undefined);
  }
};
