/**
 * Delivers what the outbox holds, in the background. Each call is claimed for a while first: of several instances one makes it, and when
 * that one dies, another one does.
 */
import type { Connection } from '../dialect/types.ts';
import { type Claimed, type Outbox, outboxOf } from '../engine/outbox.ts';
import { within } from '../lib/abortable.ts';
import { name, param, print, sql } from '../lib/fragment.ts';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import { type CallOptions, callWebhook, HopelessCall, type Target } from './webhook-request.ts';

export interface DeliverySettings extends CallOptions {
  /** Tries of one call before it is given up. */
  readonly attempts: number;
  /** Before the second try; doubled for each one after. */
  readonly firstDelaySeconds: number;
  /** How long calls that are done are kept. */
  readonly keepHours: number;
}

export interface DeliveryOptions {
  readonly connection: Connection;
  readonly log: Log;
  readonly settings: DeliverySettings;
  /** Whether the outbox is there. */
  ready(): boolean;
  /** Whether calls may come that nobody tells of: of instances that die. */
  watching(): boolean;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface Deliveries {
  /** Looks at the outbox soon: to be called after a commit that wrote to it. Returns at once. */
  wake(): void;
  /** The same, and resolves when everything that was due has been tried. */
  run(): Promise<void>;
  /** Ends calls under way after a moment, and starts no other. */
  stop(): Promise<void>;
}

const atOnce = 4;
const batch = 50;
/** Milliseconds between looks without a reason. */
const slowly = 15_000;
/** Milliseconds beyond a call's own time after which whoever claimed it counts as dead. */
const slack = 10_000;
const longestDelay = 3_600_000;
const hour = 3_600_000;
/** Calls that were given up are kept this much longer than delivered ones: somebody has to look at them. */
const deadFactor = 30;

/** Milliseconds until the next try; differs by chance, so that what failed together does not come back together. */
export function delayAfter(attempts: number, firstDelaySeconds: number, chance = Math.random()): number {
  return Math.min(firstDelaySeconds * 1000 * 2 ** (attempts - 1), longestDelay) * (0.75 + chance / 2);
}

/** Starts with a look at the outbox. */
export function startDeliveries(options: DeliveryOptions): Deliveries {
  const { connection, log, settings } = options;
  const clock = options.clock ?? Date.now;
  const outbox: Outbox = outboxOf(connection, connection.dialect);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failing = false;
  let cleaned = 0;

  async function targetOf(webhook: number): Promise<Target> {
    const columns = sql`${name('status')}, ${name('http_action')}, ${name('url')}`;
    const select = sql`select ${columns} from ${name('directus_webhooks')} where ${name('id')} = ${param(webhook)}`;
    const [row] = await connection.rows(print(select, connection.dialect));
    if (row?.['status'] !== 'active') throw new HopelessCall('the webhook is gone or not active');
    return { method: String(row['http_action']).toLowerCase() === 'get' ? 'get' : 'post', url: String(row['url'] ?? '') };
  }

  async function fail(call: Claimed, error: unknown): Promise<void> {
    const { attempts, delivery, webhook } = call;
    const why = reason(error);
    const last = error instanceof HopelessCall || attempts >= settings.attempts;
    const now = clock();
    await outbox.failed(call, why, now, last ? undefined : Math.round(now + delayAfter(attempts, settings.firstDelaySeconds)));
    const details = { webhook, delivery, attempts, reason: why };
    if (last) log.error(details, `webhook ${webhook}: a call is given up`);
    else log.warn(details, `webhook ${webhook}: a call failed and is tried again`);
  }

  async function deliver(id: number): Promise<void> {
    const now = clock();
    const call = await outbox.claim(id, now, now + settings.timeoutMilliseconds + slack);
    if (!call) return;
    try {
      if (call.attempts > settings.attempts) throw new HopelessCall('the process ended during the last attempt');
      await callWebhook(call, await targetOf(call.webhook), settings);
    } catch (error) {
      await fail(call, error);
      return;
    }
    await outbox.delivered(call, clock());
    log.debug({ webhook: call.webhook, delivery: call.delivery }, `webhook ${call.webhook} is called`);
  }

  async function clean(): Promise<void> {
    const now = clock();
    // Nothing is written where nothing is ever delivered.
    if (!options.watching() || now - cleaned < hour) return;
    cleaned = now;
    const kept = settings.keepHours * hour;
    await outbox.forget(now - kept, now - deadFactor * kept);
  }

  /** Everything that is due, a few calls beside one another. */
  async function pass(): Promise<void> {
    for (;;) {
      const ids = [...(await outbox.due(clock(), batch))];
      if (ids.length === 0 || stopped) break;
      const worker = async (): Promise<void> => {
        for (let id = ids.shift(); id !== undefined && !stopped; id = ids.shift()) await deliver(id);
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    }
    await clean();
  }

  function later(milliseconds: number): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => void run(), milliseconds);
    timer.unref();
  }

  const run = singleFlight(async () => {
    clearTimeout(timer);
    if (stopped || !options.ready()) return;
    try {
      await pass();
      const next = stopped ? undefined : await outbox.nextDue();
      if (next !== undefined) later(Math.min(Math.max(next - clock(), 0), slowly));
      else if (options.watching()) later(slowly);
      failing = false;
    } catch (error) {
      if (!failing && !stopped) log.warn({ reason: reason(error) }, 'the outbox of webhooks cannot be read; it is tried again');
      failing = true;
      later(slowly);
    }
  });

  void run();
  return {
    wake: () => void run(),
    run,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      // No call takes longer than its time.
      await within(settings.timeoutMilliseconds + slack, run());
    },
  };
}
