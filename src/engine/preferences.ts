/** What users keep for themselves under keys of their choice: one row of a table of ours for each user and key. */
import { createHash } from 'node:crypto';
import { isConflict } from '../dialect/outcomes.ts';
import type { Reader, Row } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { preferenceStatements } from '../sql/preferences.ts';

export interface Preference {
  readonly id: string;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
  readonly created: Date;
  readonly updated: Date;
}

/** The preferences of one user. */
export interface Preferences {
  find(key: string): Promise<Preference | undefined>;
  /** Makes or replaces it. Throws `write_conflict` where another request makes it just now: it is to be tried again. */
  keep(key: string, value: string): Promise<Preference>;
  /** What there was; undefined for none. */
  remove(key: string): Promise<Preference | undefined>;
  /** Those changed last come first; without a limit all of them. */
  list(limit: number | undefined, offset: number): Promise<readonly Preference[]>;
  count(): Promise<number>;
}

function preferenceOf(row: Row): Preference {
  const moment = (value: unknown): Date => new Date(Number(value));
  return {
    id: String(row['id']),
    key: String(row['name']),
    value: String(row['content']),
    created: moment(row['created_at']),
    updated: moment(row['updated_at']),
  };
}

/** Another request may have made the row meanwhile. */
const isThere = (error: unknown): boolean => isConflict(error) || (error instanceof GatewayError && error.kind === 'duplicate');

/** Those of a user; `schema` is where the table is. */
export function preferencesOf(connection: Pick<Reader, 'dialect' | 'rows' | 'execute'>, schema: string | null, user: string): Preferences {
  const statements = preferenceStatements(connection.dialect, schema);
  const idOf = (key: string): string => createHash('sha256').update(`${user}\n${key}`).digest('hex');
  const find = async (key: string): Promise<Preference | undefined> => {
    const [row] = await connection.rows(statements.find(idOf(key)));
    return row && preferenceOf(row);
  };
  return {
    find,
    async keep(key, value) {
      const id = idOf(key);
      const now = String(Date.now());
      const update = statements.update({ content: value, updated_at: now }, { id });
      if ((await connection.execute(update)) === 0) {
        const row = { id, owner: user, name: key, content: value, created_at: now, updated_at: now };
        await connection.execute(statements.insert(row)).catch((error: unknown) => {
          throw isThere(error) ? new GatewayError('write_conflict', {}, error) : error;
        });
      }
      const kept = await find(key);
      if (!kept) throw new GatewayError('write_conflict');
      return kept;
    },
    async remove(key) {
      const found = await find(key);
      return found && (await connection.execute(statements.remove({ id: idOf(key) }))) > 0 ? found : undefined;
    },
    list: async (limit, offset) => (await connection.rows(statements.list(user, limit, offset))).map(preferenceOf),
    async count() {
      const [row] = await connection.rows(statements.count(user));
      return Number(row?.['n'] ?? 0);
    },
  };
}
