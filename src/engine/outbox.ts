/** The outbox of webhooks: calls are rows written in the transaction of what they tell of, and made afterwards, by whoever claims them. */
import { randomUUID } from 'node:crypto';
import type { Dialect, Queryable, Row } from '../dialect/types.ts';
import { type Fragment, join, name, type Printer, param, print, sql } from '../lib/fragment.ts';
import { outboxTable } from '../schema/system.ts';
import type { WriteEvent } from './hooks.ts';

/** An active row of directus_webhooks. */
export interface Webhook {
  readonly id: number;
  readonly collection: string;
  readonly action: WriteEvent['action'];
}

/** A call to be made. */
export interface OutboxRow {
  /** The same for every attempt. */
  readonly delivery: string;
  readonly webhook: number;
  /** `item.create:after` and its like. */
  readonly event: string;
  readonly collection: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

const actions: ReadonlyMap<string, WriteEvent['action']> = new Map(
  (['create', 'update', 'delete'] as const).flatMap((action) => [
    [`item.${action}:after`, action],
    [`item.${action}`, action],
  ]),
);

/** The webhooks that rows of directus_webhooks switch on. */
export function activeWebhooks(rows: readonly Row[]): Webhook[] {
  return rows.flatMap((row) => {
    const action = actions.get(String(row['directus_action']));
    const collection = row['collection'];
    if (row['status'] !== 'active' || !action || typeof collection !== 'string' || collection === '') return [];
    return [{ id: Number(row['id']), collection, action }];
  });
}

/** What was written, one JSON text an item: of a create the stored row, of an update the columns written and the key, of a delete the row that was. */
export interface WrittenItems extends WriteEvent {
  readonly keys: readonly string[];
  readonly items: readonly string[];
}

/** The calls that a write sets off: of every webhook that waits for it one for each item. */
export function webhookDeliveries(webhooks: readonly Webhook[], event: WrittenItems, now: Date): readonly OutboxRow[] {
  const { collection, action, items } = event;
  const waiting = webhooks.filter((webhook) => webhook.collection === collection && webhook.action === action);
  return waiting.flatMap(({ id }) =>
    items.map((payload) => ({
      delivery: randomUUID(),
      webhook: id,
      event: `item.${action}:after`,
      collection,
      payload,
      createdAt: now.getTime(),
    })),
  );
}

const table = name(outboxTable);
const column = (text: string): Fragment => name(text);
const written = ['delivery', 'webhook', 'event', 'collection', 'payload', 'next_attempt_at', 'created_at'];

/** Rows and characters of one statement. */
const mostRows = 100;
const mostCharacters = 500_000;

/** Rows in pieces that fit into a statement. */
function* pieces(rows: readonly OutboxRow[]): Generator<OutboxRow[]> {
  let piece: OutboxRow[] = [];
  let characters = 0;
  for (const row of rows) {
    if (piece.length > 0 && (piece.length === mostRows || characters + row.payload.length > mostCharacters)) {
      yield piece;
      piece = [];
      characters = 0;
    }
    piece.push(row);
    characters += row.payload.length;
  }
  if (piece.length > 0) yield piece;
}

/** Writes the calls, in the transaction of the write that they tell of. */
export async function insertOutbox(transaction: Queryable, dialect: Dialect, rows: readonly OutboxRow[]): Promise<void> {
  for (const piece of pieces(rows)) {
    const values = piece.map(({ delivery, webhook, event, collection, payload, createdAt }) => {
      const cells = [delivery, webhook, event, collection, payload, createdAt, createdAt].map((value) => param(value));
      return sql`(${join(cells, ', ')})`;
    });
    await transaction.execute(print(sql`insert into ${table} (${join(written.map(column), ', ')}) values ${join(values, ', ')}`, dialect));
  }
}

/** A call that this process has claimed: nobody else makes it before the lease is over. */
export interface Claimed extends OutboxRow {
  readonly id: number;
  readonly claim: string;
  /** This one included. */
  readonly attempts: number;
}

export interface Outbox {
  /** Ids of calls that are due, the longest waiting first. */
  due(now: number, most: number): Promise<readonly number[]>;
  /** Takes a call until `until`; undefined when somebody else has it. */
  claim(id: number, now: number, until: number): Promise<Claimed | undefined>;
  delivered(call: Claimed, now: number): Promise<void>;
  /** To be tried again at `next`, or never where that is undefined. */
  failed(call: Claimed, reason: string, now: number, next: number | undefined): Promise<void>;
  /** When the next call is due; undefined when none waits. */
  nextDue(): Promise<number | undefined>;
  /** How many wait, and how many were given up. */
  unsettled(): Promise<{ readonly pending: number; readonly dead: number }>;
  /** Forgets calls that were settled before those moments. */
  forget(delivered: number, dead: number): Promise<void>;
}

/** What of the outbox one statement says, on any database. */
export function outboxOf(queryable: Queryable, printer: Printer): Outbox {
  const run = (fragment: Fragment): Promise<number> => queryable.execute(print(fragment, printer));
  const rows = (fragment: Fragment): Promise<Row[]> => queryable.rows(print(fragment, printer));
  const is = (state: string): Fragment => sql`${column('state')} = ${param(state)}`;
  const mine = (call: Claimed): Fragment => sql`${column('id')} = ${param(call.id)} and ${column('claim')} = ${param(call.claim)}`;
  const at = column('next_attempt_at');
  const attempts = column('attempts');
  const reset = sql`${column('claim')} = null`;
  const settled = (state: string, now: number, reason: string | null): Fragment =>
    sql`${is(state)}, ${reset}, ${column('settled_at')} = ${param(now)}, ${column('last_error')} = ${param(reason)}`;
  return {
    async due(now, most) {
      const found = await rows(
        sql`select ${column('id')} from ${table} where ${is('pending')} and ${at} <= ${param(now)} order by ${at}, ${column('id')} limit ${param(most)}`,
      );
      return found.map((row) => Number(row['id']));
    },
    async claim(id, now, until) {
      const claim = randomUUID();
      const taken = await run(
        sql`update ${table} set ${column('claim')} = ${param(claim)}, ${at} = ${param(until)}, ${attempts} = ${attempts} + 1 where ${column('id')} = ${param(id)} and ${is('pending')} and ${at} <= ${param(now)}`,
      );
      if (taken !== 1) return undefined;
      const [row] = await rows(
        sql`select ${join(['delivery', 'webhook', 'event', 'collection', 'payload', 'created_at', 'attempts'].map(column), ', ')} from ${table} where ${column('id')} = ${param(id)} and ${column('claim')} = ${param(claim)}`,
      );
      return (
        row && {
          id,
          claim,
          delivery: String(row['delivery']),
          webhook: Number(row['webhook']),
          event: String(row['event']),
          collection: String(row['collection']),
          payload: String(row['payload']),
          createdAt: Number(row['created_at']),
          attempts: Number(row['attempts']),
        }
      );
    },
    async delivered(call, now) {
      await run(sql`update ${table} set ${settled('delivered', now, null)} where ${mine(call)}`);
    },
    async failed(call, reason, now, next) {
      const shortened = reason.slice(0, 255);
      const change =
        next === undefined
          ? settled('dead', now, shortened)
          : sql`${reset}, ${at} = ${param(next)}, ${column('last_error')} = ${param(shortened)}`;
      await run(sql`update ${table} set ${change} where ${mine(call)}`);
    },
    async nextDue() {
      const [row] = await rows(sql`select min(${at}) as ${column('due')} from ${table} where ${is('pending')}`);
      const due = row?.['due'];
      return due === null || due === undefined ? undefined : Number(due);
    },
    async unsettled() {
      const count = async (state: string): Promise<number> => {
        const [row] = await rows(sql`select count(*) as ${column('calls')} from ${table} where ${is(state)}`);
        return Number(row?.['calls'] ?? 0);
      };
      return { pending: await count('pending'), dead: await count('dead') };
    },
    async forget(delivered, dead) {
      const before = column('settled_at');
      await run(sql`delete from ${table} where ${is('delivered')} and ${before} < ${param(delivered)}`);
      await run(sql`delete from ${table} where ${is('dead')} and ${before} < ${param(dead)}`);
    },
  };
}
