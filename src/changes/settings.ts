/** What subscriptions and the change feed are bound by. Every one is a setting of the project file, under `changes`. */
import type { ChangeSettings } from '../config/schema.ts';

export interface ChangeLimits {
  /** Connections that stay open, of the whole project; 0: there are none. */
  readonly connections: number;
  /** Of one user, or of one address for those who are not signed in. */
  readonly connectionsPerCaller: number;
  /** On one connection. */
  readonly subscriptions: number;
  /** Of one user or address on all of his connections. */
  readonly subscriptionsPerCaller: number;
  /** Changes that wait for one slow reader before it is cut off. */
  readonly buffer: number;
  /** Between signs of life, without an answer to which a connection is cut. */
  readonly keepAliveSeconds: number;
  /** Until a WebSocket has said who it is. */
  readonly initSeconds: number;
  /** Between looks at the activity, while somebody listens and no other instance tells. */
  readonly lookMilliseconds: number;
  /** Entries of the activity that a feed may be behind when it is taken up again. */
  readonly catchUp: number;
}

const defaultChangeLimits: ChangeLimits = {
  connections: 1000,
  connectionsPerCaller: 50,
  subscriptions: 50,
  subscriptionsPerCaller: 200,
  buffer: 1000,
  keepAliveSeconds: 15,
  initSeconds: 5,
  lookMilliseconds: 1000,
  catchUp: 10_000,
};

/** The limits of a project: its settings, and the defaults for the others. */
export function changeLimitsOf(settings: ChangeSettings = {}): ChangeLimits {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...defaultChangeLimits, ...Object.fromEntries(set) };
}
