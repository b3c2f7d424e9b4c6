/** Keeps other processes from changing the schema meanwhile. */
import type { Client as RawConnection } from 'pg';
import type { Exclusively } from '../../dialect/ddl.ts';
import { translate } from './errors.ts';

/** The part of knex that makes connections beside its pool: one of the pool might be the last. */
interface Maker {
  acquireRawConnection(): Promise<RawConnection>;
  destroyRawConnection(raw: RawConnection): Promise<void>;
}

/**
 * The lock lasts as long as its transaction, and that as long as the connection: it ends with the process that holds it, and passes through
 * pooling proxies. Such transactions hold up nothing, as they have seen no rows.
 */
const lock = `begin; set local lock_timeout = '60s'; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
  select pg_advisory_xact_lock(hashtext('sallyport schema'))`;

/** See `Ddl.exclusively`. */
export const exclusively: Exclusively = async ({ knex }, work) => {
  const maker: Maker = knex.client;
  const raw = await maker.acquireRawConnection().catch((error: unknown) => {
    throw translate(error) ?? error;
  });
  try {
    await raw.query(lock).catch((error: unknown) => {
      throw translate(error) ?? error;
    });
    return await work(async () => undefined);
  } finally {
    await maker.destroyRawConnection(raw).catch(() => undefined);
  }
};
