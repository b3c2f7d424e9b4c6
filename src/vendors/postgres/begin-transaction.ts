/** Transactions begun on a connection of their own. */
import type { Client as RawConnection } from 'pg';
import { isLost, translate } from './errors.ts';
import { localSetting } from './plan-mode.ts';
import type { Pool } from './pool.ts';

function fail(error: unknown): never {
  throw translate(error) ?? error;
}

/** A connection on which `text` began a transaction. A dead idle one is passed over once, as nothing has been done yet. */
export async function beginTransaction(pool: Pool, text: string): Promise<RawConnection> {
  for (let attempt = 1; ; attempt += 1) {
    const raw = await pool.acquire().catch(fail);
    try {
      const setting = localSetting(raw);
      await raw.query(setting === undefined ? text : `${text}; ${setting}`);
      return raw;
    } catch (error) {
      pool.spoil(raw, error);
      await pool.release(raw);
      if (attempt === 2 || !isLost(error)) return fail(error);
    }
  }
}
