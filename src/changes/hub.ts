/**
 * The feeds of a project in this process: one look at the activity for all of them, one reading of the rows for all who may see the same,
 * and a look at everybody's access before anything is handed over.
 */
import type { Actor } from '../access/types.ts';
import type { Standing } from '../auth/standing.ts';
import type { FileData } from '../engine/file-data.ts';
import { accessOf } from '../engine/read.ts';
import { GatewayError } from '../lib/errors.ts';
import { reason } from '../lib/redact.ts';
import { singleFlight } from '../lib/single-flight.ts';
import type { Project } from '../projects/project.ts';
import type { Schema } from '../schema/types.ts';
import { endedAmong } from './access-check.ts';
import { type Change, changesIn, entriesAfter, oldestEntry, page, rolesOf, rowBefore } from './activity-log.ts';
import { type Positions, positionsOf } from './position.ts';
import { createQueue, type Queue } from './queue.ts';
import { type ChangeLimits, changeLimitsOf } from './settings.ts';
import { openTail, type Tail } from './tail.ts';
import { type FeedHooks, type Past, type TellContext, type Telling, telling } from './tell.ts';
import type { Told, Wish } from './types.ts';

/** Under which schema and rules something is told. */
export type FeedState = Pick<TellContext, 'schema' | 'rules' | 'actor'>;

export interface FeedRequest {
  /** The same for all who wish for the same in the same way. */
  readonly signature: string;
  /**
   * What is wished for of each collection that the caller may have a feed of. Asked anew under another schema or other rules; what it throws
   * ends the subscription.
   */
  wishes(state: FeedState): ReadonlyMap<string, Wish>;
  /** The position to go on from; without one only what comes now is told. */
  readonly after?: string | undefined;
  /** Called when the reader is too slow: the connection is to be cut. */
  cut(): void;
}

/** What is told, and where a reader could go on who was told nothing yet. */
export interface Feed {
  readonly told: AsyncGenerator<Told, void, void>;
  readonly position: string;
}

/** Somebody who listens, on a connection that stays open. */
export interface Listener {
  readonly standing: Standing;
  /** What is told from now on, or from a position on, until the generator is ended. Throws GatewayError. */
  subscribe(request: FeedRequest): Promise<Feed>;
  /** To be called when the connection is gone. */
  leave(): void;
}

interface Subscription {
  readonly request: FeedRequest;
  readonly owner: Owner;
  readonly queue: Queue<Told>;
  known: { readonly schema: Schema; readonly rules: number; readonly wishes: ReadonlyMap<string, Wish> } | undefined;
  /** What came while it was still caught up. */
  backlog: Batch[] | undefined;
  /** Entries up to this one are known to the reader. */
  from: number;
}

interface Owner {
  readonly standing: Standing;
  readonly subscriptions: Set<Subscription>;
  readonly end: (error: GatewayError) => void;
}

interface Batch {
  readonly changes: readonly Change[];
  readonly past: Past;
  /** Where a reader may go on who has all of it. */
  readonly settled: number;
  /** What callers of the same rights are told of it. */
  readonly tellings: Map<string, Promise<Telling>>;
}

export interface Hub {
  readonly limits: ChangeLimits;
  /**
   * Counts a listener in. `end` is called, at most once, when its connection is to be closed.
   *
   * @throws GatewayError `busy` or `rate_limited` where there are too many connections; `not_installed` without an activity
   */
  join(standing: Standing, end: (error: GatewayError) => void): Listener;
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

const callerOf = (actor: Actor): string =>
  actor.is === 'user' ? `user ${actor.id}` : actor.is === 'public' ? `address ${actor.ip}` : 'system';

function createHub(project: Project, hooks: FeedHooks, fileData: FileData): Hub {
  const { connection, limits: readLimits, sealer, schemas, rules, bus, log } = project;
  const limits = changeLimitsOf(project.config.changes);
  const positions: Positions = positionsOf(project);
  const owners = new Set<Owner>();
  let tail: Promise<Tail> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let checkTimer: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | undefined;
  let failing = false;

  const contextOf = (actor: Actor): TellContext => ({
    schema: schemas.current,
    rules: rules.current,
    actor,
    connection,
    limits: readLimits,
    sealer,
    fileData,
    project,
  });
  const reading = (): TellContext => contextOf({ is: 'system', reason: 'feeds follow the activity' });

  const later = (milliseconds: number): void => {
    clearTimeout(timer);
    if (owners.size === 0) return;
    timer = setTimeout(() => void look(), milliseconds);
    timer.unref();
  };

  const pastOf = (): Past => {
    const rows = new Map<Change, ReturnType<typeof rowBefore>>();
    return {
      before(change) {
        const found = rows.get(change) ?? rowBefore(reading(), change);
        rows.set(change, found);
        return found;
      },
      roleOf: (users) => rolesOf(reading(), users),
    };
  };
  const batchOf = (changes: readonly Change[], settled: number): Batch => ({ changes, past: pastOf(), settled, tellings: new Map() });

  /** What a subscription is told of a batch. One reading serves all who may see the same. */
  async function toldOf(subscription: Subscription, batch: Batch): Promise<Told[]> {
    const { request, owner } = subscription;
    const context = contextOf(owner.standing.actor);
    const { actor, schema } = context;
    const { version } = context.rules;
    if (subscription.known?.schema !== schema || subscription.known.rules !== version) {
      subscription.known = { schema, rules: version, wishes: request.wishes(context) };
    }
    const activity = schema.collections.get('directus_activity');
    const telling_ = activity !== undefined && accessOf(context).visible.collection(activity);
    const told: Told[] = [];
    for (const [name, wish] of subscription.known.wishes) {
      const collection = schema.collections.get(name);
      const changes = batch.changes.filter((change) => change.collection === name);
      if (!collection || changes.length === 0) continue;
      const role = actor.is === 'user' ? (actor.admin ? 'admin' : actor.role) : actor.is;
      const shape = `${request.signature}\n${name}\n${schema.version} ${version}\n${role}`;
      const own = `${shape} ${callerOf(actor)}`;
      const common = batch.tellings.get(shape);
      const tell = (key: string): Promise<Telling> => {
        const found = batch.tellings.get(key) ?? telling(context, collection, wish, changes, batch.past, hooks);
        batch.tellings.set(key, found);
        return found;
      };
      // The first of a role finds out whether its users are told the same.
      const first = await (common ?? tell(shape));
      const { seen } = common && first.personal ? await tell(own) : first;
      if (!common && first.personal) batch.tellings.set(own, Promise.resolve(first));
      for (const { change, event, item } of seen) {
        if (change.last <= subscription.from || (wish.events && !wish.events.has(event)) || (wish.keys && !wish.keys.has(change.item)))
          continue;
        const position = positions.seal(Math.min(change.last, batch.settled));
        const one = { event, collection: name, key: change.item, position, ...(item === undefined ? {} : { item }) };
        told.push(telling_ ? { ...one, activity: change.last } : one);
      }
    }
    return told.length < 2 ? told : inOrder(told, batch);
  }

  /** In the order in which they happened, across collections. */
  function inOrder(told: Told[], { changes }: Batch): Told[] {
    const at = new Map(changes.map((change, i) => [`${change.collection}\n${change.item}`, i]));
    const place = ({ collection, key }: Told): number => at.get(`${collection}\n${key}`) ?? 0;
    return told.sort((a, b) => place(a) - place(b));
  }

  /** The same; a fault of the subscription ends it, one of the database is for the look to try again. */
  async function toldOrEnded(subscription: Subscription, batch: Batch): Promise<Told[]> {
    const { schema } = contextOf(subscription.owner.standing.actor);
    try {
      return await toldOf(subscription, batch).catch(async (error: unknown) => {
        if (!(await project.renewed(schema, error))) throw error;
        return toldOf(subscription, batch);
      });
    } catch (error) {
      if (error instanceof GatewayError && error.kind === 'database_unavailable') throw error;
      if (!(error instanceof GatewayError) && !(error instanceof Error && error.name === 'RequestFault'))
        log.error({ reason: reason(error) }, 'a feed could not be told of a change');
      subscription.queue.end(error instanceof Error ? error : new GatewayError('internal'));
      return [];
    }
  }

  function hand(subscription: Subscription, told: readonly Told[]): void {
    for (const one of told) subscription.queue.push(one, (one.item?.length ?? 0) + 200);
  }

  const check = async (some: Iterable<Owner>): Promise<void> => {
    for (const owner of await endedAmong(project, some)) {
      owner.end(new GatewayError('unauthorized', { message: 'The access that this connection was opened with has ended' }));
    }
  };

  const checkAll = singleFlight(async () => {
    try {
      await check(owners);
    } catch (error) {
      log.debug({ reason: reason(error) }, 'the access of feeds could not be looked at');
    }
  });

  async function tellAll(batch: Batch): Promise<void> {
    if (batch.changes.length === 0) return;
    const answers: [Subscription, Told[]][] = [];
    for (const owner of owners) {
      for (const subscription of owner.subscriptions) {
        if (subscription.backlog) keepFor(subscription, batch);
        else answers.push([subscription, await toldOrEnded(subscription, batch)]);
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
      await tellAll(batchOf(await changesIn(reading(), found.entries), found.settled));
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

  async function catchUp(subscription: Subscription, until: number): Promise<void> {
    for (let after = subscription.from; after < until; ) {
      const entries = await entriesAfter(reading(), after, until);
      const last = entries.at(-1)?.id ?? until;
      const batch = batchOf(await changesIn(reading(), entries), last);
      const told = await toldOrEnded(subscription, batch);
      if (told.length > 0) await check([subscription.owner]);
      if (!owners.has(subscription.owner)) return;
      hand(subscription, told);
      after = entries.length < page ? until : last;
    }
    // Ids below it that appear late are news.
    if (subscription.from < until) subscription.from = 0;
    for (let batch = subscription.backlog?.shift(); batch; batch = subscription.backlog?.shift()) {
      hand(subscription, await toldOrEnded(subscription, batch));
    }
    subscription.backlog = undefined;
  }

  /** The entry to go on from. */
  async function placeOf(context: TellContext, after: string, end: number): Promise<number> {
    const activity = context.schema.collections.get('directus_activity');
    const place = positions.open(after, activity !== undefined && accessOf(context).visible.collection(activity));
    const oldest = place < end ? await oldestEntry(reading()) : undefined;
    if (end - place > limits.catchUp || (oldest !== undefined && place < oldest - 1)) {
      throw new GatewayError('unprocessable', {
        message:
          'The position to go on from is too old: what has changed since is not kept or too much (catchUp). Read anew, and listen without one',
      });
    }
    return place;
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
    join(standing, end) {
      if (!schemas.current.collections.has('directus_activity'))
        throw new GatewayError('not_installed', { message: 'This project has no system tables yet' });
      const caller = callerOf(standing.actor);
      const own = [...owners].filter((one) => callerOf(one.standing.actor) === caller).length;
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
        standing,
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
        standing,
        leave: () => leave(),
        async subscribe(request) {
          if (owner.subscriptions.size >= limits.subscriptions) {
            throw new GatewayError('limit_exceeded', {
              message: `There may be ${limits.subscriptions} subscriptions on a connection (subscriptions)`,
            });
          }
          const context = contextOf(standing.actor);
          const wishes = request.wishes(context);
          tail ??= openTail(reading());
          const opened = await tail.catch((error: unknown) => {
            tail = undefined;
            throw error;
          });
          const subscription: Subscription = {
            request,
            owner,
            queue: createQueue<Told>({ most: limits.buffer, ended: () => void owner.subscriptions.delete(subscription), cut: request.cut }),
            known: { schema: context.schema, rules: context.rules.version, wishes },
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
              subscription.from = await placeOf(context, request.after, until);
            } catch (error) {
              subscription.queue.end();
              throw error;
            }
            from = subscription.from;
            void catchUp(subscription, until).catch((error: unknown) =>
              subscription.queue.end(error instanceof Error ? error : new GatewayError('internal')),
            );
          }
          const position = positions.seal(from ?? opened.settled);
          return { told: subscription.queue.read(), position };
        },
      };
    },
  };
}
