/** Holds a project's current rules: permissions, roles and settings at one version. */
import { createHash } from 'node:crypto';
import { compileRules } from '../access/compile-rules.ts';
import type { Rules } from '../access/types.ts';
import type { Connection, Introspection } from '../dialect/types.ts';
import type { Log } from '../lib/log.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { loadRuleRows } from './metadata.ts';
import { digestOf } from './poll.ts';

export interface RulesStore {
  /** The rules of this moment. A request keeps those it started with. */
  readonly current: Rules;
  /** Reads the rows and compiles them when they differ from the last ones. To be called after every write to roles, permissions or settings. */
  reload(): Promise<void>;
}

/**
 * Reads the rules for the first time. A database without system tables has none: only the administrator may do anything.
 *
 * @throws GatewayError `database_unavailable`
 */
export async function openRulesStore(connection: Connection, introspection: () => Introspection, log: Log): Promise<RulesStore> {
  const sha = (text: string): string => createHash('sha1').update(text).digest('base64');
  const read = async () => {
    const rows = await loadRuleRows(connection, connection.dialect, introspection());
    return { rows, hash: [rows.permissions, rows.roles, rows.settings].map((list) => digestOf(list, sha)).join() };
  };

  const first = await read();
  let hash = first.hash;
  let current = compileRules(first.rows, 1);

  const reload = singleFlight(async () => {
    const next = await read();
    if (next.hash === hash) return;
    current = compileRules(next.rows, current.version + 1);
    hash = next.hash;
    log.info({ version: current.version }, 'rules changed');
  });

  return {
    get current() {
      return current;
    },
    reload,
  };
}
