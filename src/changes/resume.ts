/** Taking a feed up again: where that is, and what has happened since. */
import { GatewayError } from '../lib/errors.ts';
import { readsActivity } from './access-check.ts';
import { changesIn, entriesAfter, oldestEntry, page } from './activity-log.ts';
import type { FeedContext } from './caller-changes.ts';
import type { EventDispatcher } from './event-dispatcher.ts';
import type { Subscription } from './feeds.ts';
import type { Positions } from './position.ts';
import type { FeedEvent } from './types.ts';

export interface ResumeOptions {
  readonly dispatcher: EventDispatcher;
  readonly reading: () => FeedContext;
  /** Hands over what a subscription is told, if it still may be. Whether it is there still. */
  readonly deliver: (subscription: Subscription, told: readonly FeedEvent[]) => Promise<boolean>;
}

/** Tells what has happened between the subscription's position and an entry, and then what came meanwhile. */
export async function catchUp(subscription: Subscription, until: number, { dispatcher, reading, deliver }: ResumeOptions): Promise<void> {
  for (let after = subscription.from; after < until; ) {
    const entries = await entriesAfter(reading(), after, until);
    const last = entries.at(-1)?.id ?? until;
    const batch = dispatcher.batch(await changesIn(reading(), entries), last);
    if (!(await deliver(subscription, await dispatcher.eventsFor(subscription, batch)))) return;
    after = entries.length < page ? until : last;
  }
  // Ids below it that appear late are news.
  if (subscription.from < until) subscription.from = 0;
  for (let batch = subscription.backlog?.shift(); batch; batch = subscription.backlog?.shift()) {
    if (!(await deliver(subscription, await dispatcher.eventsFor(subscription, batch)))) return;
  }
  subscription.backlog = undefined;
}

/**
 * The entry to go on from, of a caller who is told up to `end`.
 *
 * @throws GatewayError `validation` for what is no position, `unprocessable` where it is too old
 */
export async function resumeEntry(
  position: string,
  {
    context,
    end,
    most,
    positions,
    reading,
  }: { context: FeedContext; end: number; most: number; positions: Positions; reading: () => FeedContext },
): Promise<number> {
  const entry = positions.open(position, readsActivity(context));
  const oldest = entry < end ? await oldestEntry(reading()) : undefined;
  if (end - entry > most || (oldest !== undefined && entry < oldest - 1)) {
    throw new GatewayError('unprocessable', {
      message:
        'The position to go on from is too old: what has changed since is not kept or too much (catchUp). Read anew, and listen without one',
    });
  }
  return entry;
}
