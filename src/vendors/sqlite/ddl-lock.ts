/**
 * Keeps other processes from changing the schema meanwhile: the lock on writing is the only one that SQLite has, and the one connection of
 * the pool is needed to read what there is. So the work is begun anew where somebody else has written since it began.
 */
import type { Exclusively } from '../../dialect/ddl.ts';
import { conflict } from '../../dialect/outcomes.ts';
import type { Reader } from '../../dialect/types.ts';

/** Attempts in all, and how many of them any write disturbs; later ones only a change of tables. */
const attempts = 20;
const strict = 5;

class Disturbed extends Error {}

/** What changes with every commit of others, or with every change of tables. */
async function stateOf(reader: Reader, attempt: number): Promise<string> {
  const text = attempt <= strict ? 'pragma data_version' : 'pragma schema_version';
  const [[state] = []] = await reader.texts({ text, values: [] }, { timeout: 0 });
  return state ?? '';
}

/** See `Ddl.exclusively`. */
export const exclusively: Exclusively = async (connection, work) => {
  for (let attempt = 1; ; attempt += 1) {
    const before = await stateOf(connection, attempt);
    try {
      return await work(async (transaction) => {
        if ((await stateOf(transaction, attempt)) !== before) throw new Disturbed('Somebody else has written to the database');
      });
    } catch (error) {
      if (!(error instanceof Disturbed)) throw error;
      if (attempt === attempts) throw conflict(error);
    }
  }
};
