/** What subscriptions are told of changes: one reading serves all who may see the same and ask for the same. */

import type { Actor } from '../access/types.ts';
import { GatewayError } from '../lib/errors.ts';
import { reason } from '../lib/redact.ts';
import type { Project } from '../projects/project.ts';
import { readsActivity } from './access-check.ts';
import { type Change, rolesOf, rowBefore } from './activity-log.ts';
import { type CallerChanges, changesForCaller, type FeedContext, type FeedHooks, type PastRows } from './caller-changes.ts';
import { type Batch, callerOf, type Subscription } from './feeds.ts';
import type { Positions } from './position.ts';
import type { FeedEvent } from './types.ts';

export interface EventDispatcherOptions {
  readonly project: Project;
  readonly hooks: FeedHooks;
  readonly positions: Positions;
  readonly contextOf: (actor: Actor) => FeedContext;
  /** What the gateway itself reads with. */
  readonly reading: () => FeedContext;
}

export interface EventDispatcher {
  /** Changes as they are told, up to an entry. */
  batch(changes: readonly Change[], settled: number): Batch;
  /** What a subscription is told of them. A fault of its own ends it; one of the database is thrown, for whoever tries again. */
  eventsFor(subscription: Subscription, batch: Batch): Promise<FeedEvent[]>;
}

/** The dispatcher of a project's feeds in this process. */
export function createEventDispatcher({ project, hooks, positions, contextOf, reading }: EventDispatcherOptions): EventDispatcher {
  const pastOf = (): PastRows => {
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
  const batchOf = (changes: readonly Change[], settled: number): Batch => ({ changes, past: pastOf(), settled, callerChanges: new Map() });

  /** What a subscription is told of a batch. One reading serves all who may see the same. */
  async function toldOf(subscription: Subscription, batch: Batch): Promise<FeedEvent[]> {
    const { request, owner } = subscription;
    const context = contextOf(owner.identity.actor);
    const { actor, schema } = context;
    const { version } = context.rules;
    if (subscription.known?.schema !== schema || subscription.known.rules !== version) {
      subscription.known = { schema, rules: version, selections: await request.selections(context) };
    }
    const named = readsActivity(context);
    const told: FeedEvent[] = [];
    for (const [name, wish] of subscription.known.selections) {
      const collection = schema.collections.get(name);
      const changes = batch.changes.filter((change) => change.collection === name);
      if (!collection || changes.length === 0) continue;
      const role = actor.is === 'user' ? (actor.admin ? 'admin' : actor.role) : actor.is;
      const shape = `${request.signature}\n${name}\n${schema.version} ${version}\n${role}`;
      const own = `${shape} ${callerOf(actor)}`;
      const common = batch.callerChanges.get(shape);
      const tell = (key: string): Promise<CallerChanges> => {
        const found = batch.callerChanges.get(key);
        if (found) return found;
        const made = changesForCaller(context, collection, wish, changes, batch.past, hooks);
        batch.callerChanges.set(key, made);
        // What one meets is no matter of the others.
        made.catch(() => batch.callerChanges.delete(key));
        return made;
      };
      // The first of a role finds out whether its users are told the same.
      const first = await (common ?? tell(shape));
      const { seen } = common && first.personal ? await tell(own) : first;
      if (!common && first.personal) batch.callerChanges.set(own, Promise.resolve(first));
      for (const { change, event, item } of seen) {
        if (change.last <= subscription.from || (wish.events && !wish.events.has(event)) || (wish.keys && !wish.keys.has(change.item)))
          continue;
        const position = positions.seal(Math.min(change.last, batch.settled));
        const one = { event, collection: name, key: change.item, position, ...(item === undefined ? {} : { item }) };
        told.push(named ? { ...one, activity: change.last } : one);
      }
    }
    return told.length < 2 ? told : inOrder(told, batch);
  }

  /** In the order in which they happened, across collections. */
  function inOrder(told: FeedEvent[], { changes }: Batch): FeedEvent[] {
    const at = new Map(changes.map((change, i) => [`${change.collection}\n${change.item}`, i]));
    const place = ({ collection, key }: FeedEvent): number => at.get(`${collection}\n${key}`) ?? 0;
    return told.sort((a, b) => place(a) - place(b));
  }

  async function toldOrEnded(subscription: Subscription, batch: Batch): Promise<FeedEvent[]> {
    const { schema } = contextOf(subscription.owner.identity.actor);
    try {
      return await toldOf(subscription, batch).catch(async (error: unknown) => {
        if (!(await project.renewed(schema, error))) throw error;
        return toldOf(subscription, batch);
      });
    } catch (error) {
      if (error instanceof GatewayError && error.kind === 'database_unavailable') throw error;
      if (!(error instanceof GatewayError) && !(error instanceof Error && error.name === 'RequestFault'))
        project.log.error({ reason: reason(error) }, 'a feed could not be told of a change');
      subscription.queue.end(error instanceof Error ? error : new GatewayError('internal'));
      return [];
    }
  }

  return { batch: batchOf, eventsFor: toldOrEnded };
}
