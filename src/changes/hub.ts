/**
 * The feeds of a project in this process: one look at the activity for all of them, one reading of the rows for all who may see the same,
 * and a look at everybody's access before anything is handed over.
 */
import type { Actor } from '../access/types.ts';
import type { ConnectionIdentity } from '../auth/connection-identity.ts';
import type { FileData } from '../engine/file-data.ts';
import { GatewayError } from '../lib/errors.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import type { Project } from '../projects/project.ts';
import { endedAmong } from './access-check.ts';
import { changesIn } from './activity-log.ts';
import type { FeedContext, FeedHooks } from './caller-changes.ts';
import { createEventDispatcher } from './event-dispatcher.ts';
import { type Batch, callerOf, feedContext, type Listener, type Owner, type Subscription } from './feeds.ts';
import { positionsOf } from './position.ts';
import { createQueue } from './queue.ts';
import { catchUp, resumeEntry } from './resume.ts';
import { type ChangeLimits, changeLimitsOf } from './settings.ts';
import { openTail, type Tail } from './tail.ts';
import type { FeedEvent } from './types.ts';

export interface Hub {
  readonly limits: ChangeLimits;
  /**
   * Counts a listener in. `end` is called, at most once, when its connection is to be closed.
   *
   * @throws GatewayError `busy` or `rate_limited` where there are too many connections; `not_installed` without an activity
   */
  join(identity: ConnectionIdentity, end: (error: GatewayError) => void): Listener;
}

/** Milliseconds between looks at the access of those who are told nothing. */
const accessEvery = 5_000;
/** How much rarer the activity is looked at where other instances tell of their writes. */
const calmer = 10;
/** Milliseconds between two looks, however much is written. */
const shortest = 15;
/** Batches that wait while a reader is caught up. */
const mostBacklog = 1000;

const hubs = new WeakMap<Project, Hub>();

/** The hub of a project; it works while somebody listens. `fileData` says what addresses of files are. */
export function hubOf(project: Project, hooks: FeedHooks, fileData: FileData): Hub {
  const known = hubs.get(project);
  if (known) return known;
  const hub = createHub(project, hooks, fileData);
  hubs.set(project, hub);
  return hub;
}

function createHub(project: Project, hooks: FeedHooks, fileData: FileData): Hub {
  const { schemas, bus, log } = project;
  const limits = changeLimitsOf(project.config.changes);
  const positions = positionsOf(project);
  const owners = new Set<Owner>();
  let tail: Promise<Tail> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let checkTimer: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | undefined;
  let failing = false;

  const contextOf = (actor: Actor): FeedContext => feedContext(project, actor, fileData);
  const reading = (): FeedContext => contextOf({ is: 'system', reason: 'feeds follow the activity' });
  const dispatcher = createEventDispatcher({ project, hooks, positions, contextOf, reading });

  const later = (milliseconds: number): void => {
    clearTimeout(timer);
    if (owners.size === 0) return;
    timer = setTimeout(() => void look(), milliseconds);
    timer.unref();
  };

  function hand(subscription: Subscription, told: readonly FeedEvent[]): void {
    for (const one of told) subscription.queue.push(one, (one.item?.length ?? 0) + 200);
  }

  const check = async (some: Iterable<Owner>): Promise<void> => {
    for (const owner of await endedAmong(project, some)) {
      owner.end(new GatewayError('unauthorized', { message: 'The access that this connection was opened with has ended' }));
    }
  };

  /** To one who is caught up. Whether he is there still. */
  async function deliver(subscription: Subscription, told: readonly FeedEvent[]): Promise<boolean> {
    if (told.length > 0) await check([subscription.owner]);
    if (!owners.has(subscription.owner)) return false;
    hand(subscription, told);
    return true;
  }

  const checkAll = singleFlight(async () => {
    try {
      await check(owners);
    } catch (error) {
      log.debug({ reason: reason(error) }, 'the access of feeds could not be looked at');
    }
  });

  async function tellAll(batch: Batch): Promise<void> {
    if (batch.changes.length === 0) return;
    const answers: [Subscription, FeedEvent[]][] = [];
    for (const owner of owners) {
      for (const subscription of owner.subscriptions) {
        if (subscription.backlog) keepFor(subscription, batch);
        else answers.push([subscription, await dispatcher.eventsFor(subscription, batch)]);
      }
    }
    const full = answers.filter(([, told]) => told.length > 0);
    // Read first: who may still be told is asked when there is nothing left to wait for.
    await check(new Set(full.map(([{ owner }]) => owner)));
    for (const [subscription, told] of full) if (owners.has(subscription.owner)) hand(subscription, told);
  }

  function keepFor({ backlog, queue }: Subscription, batch: Batch): void {
    if (backlog && backlog.push(batch) > mostBacklog) queue.end(new GatewayError('busy'));
  }

  let looking: Promise<void> = Promise.resolve();
  const look = (): Promise<void> => {
    looking = lookOnce();
    return looking;
  };
  const lookOnce = singleFlight(async () => {
    let [pause, more] = [bus.wide ? limits.lookMilliseconds * calmer : limits.lookMilliseconds, false];
    try {
      if (owners.size === 0 || !tail) return;
      await project.checkFresh();
      await schemas.settled();
      const opened = await tail;
      const found = await opened.look(reading());
      await tellAll(dispatcher.batch(await changesIn(reading(), found.entries), found.settled));
      found.keep();
      more = found.more;
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ reason: reason(error) }, 'feeds could not be told what has changed; it is tried again');
      failing = true;
      pause = limits.lookMilliseconds;
    }
    later(more ? 0 : pause);
  });

  let soon: NodeJS.Timeout | undefined;
  function lookSoon(): void {
    soon ??= setTimeout(() => {
      soon = undefined;
      void look();
    }, shortest);
  }

  function start(): void {
    if (stopListening) return;
    tail = openTail(reading());
    // Whoever subscribes is told.
    tail.catch(() => undefined);
    stopListening = bus.listen((topic) => {
      if (topic === 'changes') lookSoon();
      else if (topic !== 'schema') void checkAll();
    });
    checkTimer = setInterval(() => void checkAll(), accessEvery);
    checkTimer.unref();
    later(limits.lookMilliseconds);
  }

  function stop(): void {
    stopListening?.();
    stopListening = undefined;
    clearTimeout(timer);
    clearTimeout(soon);
    soon = undefined;
    clearInterval(checkTimer);
    tail = undefined;
  }

  project.ending.addEventListener('abort', () => {
    const error = new GatewayError('busy', { message: 'This project is just being closed or opened anew; take the feed up again' });
    for (const owner of [...owners]) owner.end(error);
  });

  return {
    limits,
    join(identity, end) {
      if (!schemas.current.collections.has('directus_activity'))
        throw new GatewayError('not_installed', { message: 'This project has no system tables yet' });
      const caller = callerOf(identity.actor);
      const ownersOf = (): Owner[] => [...owners].filter((one) => callerOf(one.identity.actor) === caller);
      const own = ownersOf().length;
      if (project.ending.aborted || owners.size >= limits.connections)
        throw new GatewayError('busy', { message: 'Too many connections stay open here (connections); try again shortly' });
      if (own >= limits.connectionsPerCaller) {
        throw new GatewayError('rate_limited', {
          message: `You hold ${own} connections already (connectionsPerCaller); close one of them`,
        });
      }
      const leave = (error?: GatewayError): void => {
        if (!owners.delete(owner)) return;
        for (const { queue } of [...owner.subscriptions]) queue.end(error);
        if (owners.size === 0) stop();
      };
      const owner: Owner = {
        identity,
        subscriptions: new Set(),
        end(error) {
          if (!owners.has(owner)) return;
          leave(error);
          end(error);
        },
      };
      owners.add(owner);
      start();
      return {
        identity,
        leave: () => leave(),
        async subscribe(request) {
          const context = contextOf(identity.actor);
          const wishes = await request.selections(context);
          if (owner.subscriptions.size >= limits.subscriptions) {
            throw new GatewayError('limit_exceeded', {
              message: `There may be ${limits.subscriptions} subscriptions on a connection (subscriptions)`,
            });
          }
          if (ownersOf().reduce((sum, one) => sum + one.subscriptions.size, 0) >= limits.subscriptionsPerCaller) {
            throw new GatewayError('rate_limited', {
              message: `You hold ${limits.subscriptionsPerCaller} subscriptions already (subscriptionsPerCaller); end one of them`,
            });
          }
          tail ??= openTail(reading());
          const opened = await tail.catch((error: unknown) => {
            tail = undefined;
            throw error;
          });
          const subscription: Subscription = {
            request,
            owner,
            queue: createQueue<FeedEvent>({
              most: limits.buffer,
              ended: () => void owner.subscriptions.delete(subscription),
              cut: request.cut,
            }),
            known: { schema: context.schema, rules: context.rules.version, selections: wishes },
            backlog: request.after === undefined ? undefined : [],
            from: 0,
          };
          owner.subscriptions.add(subscription);
          let from: number | undefined;
          if (request.after !== undefined) {
            // What is just being told may miss this one, and is not behind the end yet.
            await looking;
            const until = opened.end;
            try {
              subscription.from = await resumeEntry(request.after, { context, end: until, most: limits.catchUp, positions, reading });
            } catch (error) {
              subscription.queue.end();
              throw error;
            }
            from = subscription.from;
            void catchUp(subscription, until, { dispatcher, reading, deliver }).catch((error: unknown) =>
              subscription.queue.end(error instanceof Error ? error : new GatewayError('internal')),
            );
          }
          const position = positions.seal(from ?? opened.settled);
          return { events: subscription.queue.read(), position };
        },
      };
    },
  };
}
