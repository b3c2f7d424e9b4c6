/** Who listens, for what, and what is to be told. */
import { normalizeIP } from '@fastify/rate-limit';
import type { Actor } from '../access/types.ts';
import type { ConnectionIdentity } from '../auth/connection-identity.ts';
import type { FileData } from '../engine/file-data.ts';
import type { GatewayError } from '../lib/errors.ts';
import type { Project } from '../projects/project.ts';
import type { Schema } from '../schema/types.ts';
import type { Change } from './activity-log.ts';
import type { CallerChanges, FeedContext, PastRows } from './caller-changes.ts';
import type { Queue } from './queue.ts';
import type { FeedEvent, FeedSelection } from './types.ts';

/** Under which schema and rules something is told. */
export type FeedState = Pick<FeedContext, 'schema' | 'rules' | 'actor'>;

export interface FeedRequest {
  /** The same for all who wish for the same in the same way. */
  readonly signature: string;
  /**
   * What is wished for of each collection that the caller may have a feed of. Asked anew under another schema or other rules; what it throws
   * ends the subscription.
   */
  selections(state: FeedState): Promise<ReadonlyMap<string, FeedSelection>>;
  /** The position to go on from; without one only what comes now is told. */
  readonly after?: string | undefined;
  /** Called when the reader is too slow: the connection is to be cut. */
  cut(): void;
}

/** What is told, and where a reader could go on who was told nothing yet. */
export interface Feed {
  readonly events: AsyncGenerator<FeedEvent, void, void>;
  readonly position: string;
}

/** Somebody who listens, on a connection that stays open. */
export interface Listener {
  readonly identity: ConnectionIdentity;
  /** What is told from now on, or from a position on, until the generator is ended. Throws GatewayError. */
  subscribe(request: FeedRequest): Promise<Feed>;
  /** To be called when the connection is gone. */
  leave(): void;
}

export interface Subscription {
  readonly request: FeedRequest;
  readonly owner: Owner;
  readonly queue: Queue<FeedEvent>;
  known: { readonly schema: Schema; readonly rules: number; readonly selections: ReadonlyMap<string, FeedSelection> } | undefined;
  /** What came while it was still caught up. */
  backlog: Batch[] | undefined;
  /** Entries up to this one are known to the reader. */
  from: number;
}

export interface Owner {
  readonly identity: ConnectionIdentity;
  readonly subscriptions: Set<Subscription>;
  readonly end: (error: GatewayError) => void;
}

export interface Batch {
  readonly changes: readonly Change[];
  readonly past: PastRows;
  /** Where a reader may go on who has all of it. */
  readonly settled: number;
  /** What callers of the same rights are told of it. */
  readonly callerChanges: Map<string, Promise<CallerChanges>>;
}

/**
 * Who counts as one where connections are counted, and where what is told differs between users. Of IPv6 addresses those of one network do,
 * as for limits of rates: there a single machine has any number of them.
 */
export function callerOf(actor: Actor): string {
  return actor.is === 'user' ? `user ${actor.id}` : actor.is === 'public' ? `address ${normalizeIP(actor.ip)}` : 'system';
}

/** What an actor is told with, as things are now. */
export function feedContext(project: Project, actor: Actor, fileData: FileData): FeedContext {
  const { connection, limits, sealer, schemas, rules } = project;
  return { schema: schemas.current, rules: rules.current, actor, connection, limits, sealer, fileData, project };
}
