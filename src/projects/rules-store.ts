/** Holds a project's current rules: permissions, roles and settings at one version; with them its webhooks. */
import { compilingRules } from '../access/compile-rules.ts';
import type { Rules } from '../access/types.ts';
import type { Connection, Introspection } from '../dialect/types.ts';
import { activeWebhooks, type Webhook } from '../engine/outbox.ts';
import type { Log } from '../lib/log.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { inSlices } from '../lib/slices.ts';
import { loadRuleRows, type RuleRows } from './metadata.ts';

export interface RulesStore {
  /** The rules of this moment. A request keeps those it started with. */
  readonly current: Rules;
  /** Those that are active. */
  readonly webhooks: readonly Webhook[];
  /** Reads the rows and compiles them when they differ from the last ones. To be called after every write to roles, permissions, settings or webhooks. */
  reload(): Promise<void>;
}

/**
 * Reads the rules for the first time; `onChange` is called when there are others than before. A database without system tables has none: only the administrator may do anything.
 *
 * @throws GatewayError `database_unavailable`
 */
export async function openRulesStore(
  connection: Connection,
  introspection: () => Introspection,
  log: Log,
  onChange?: () => void,
): Promise<RulesStore> {
  const read = (before?: RuleRows): Promise<RuleRows> => loadRuleRows(connection, connection.dialect, introspection(), before);

  let rows = await read();
  let current = await inSlices(compilingRules(rows, 1));
  let webhooks = activeWebhooks(rows.webhooks);

  const reload = singleFlight(async () => {
    const next = await read(rows);
    if (next === rows) return;
    current = await inSlices(compilingRules(next, current.version + 1));
    webhooks = activeWebhooks(next.webhooks);
    rows = next;
    log.info({ version: current.version }, 'rules changed');
    onChange?.();
  });

  return {
    get current() {
      return current;
    },
    get webhooks() {
      return webhooks;
    },
    reload,
  };
}
