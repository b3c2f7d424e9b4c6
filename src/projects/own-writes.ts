/**
 * When a caller wrote last, so that he is not shown what was before. Kept in this process, and for other instances in Redis where the project
 * has it, for as long as it matters.
 */
import { createHmac } from 'node:crypto';
import type { RedisLink } from './redis.ts';

export interface OwnWrites {
  /** To be awaited before the caller is answered. Never throws. */
  note(caller: string): Promise<void>;
  /** When he wrote here, at the latest, on the clock of `performance.now()`. Never too early, for some callers too late. */
  here(caller: string): number;
  /** The same of all instances. */
  anywhere(caller: string): Promise<number>;
}

/** Callers share slots by chance, which costs them a reading of the primary and nothing else. */
const slotCount = 16_384;

export interface OwnWritesOptions {
  readonly project: { readonly key: string; readonly secret: string };
  readonly redis: RedisLink | undefined;
  /** Milliseconds after which no replica is read that has not got there. */
  readonly matters: number;
}

/** The memory of who wrote when, of one project. */
export function createOwnWrites({ project, redis, matters }: OwnWritesOptions): OwnWrites {
  const last = new Float64Array(slotCount).fill(Number.NEGATIVE_INFINITY);
  // Nobody's address or number gets to Redis.
  const hashOf = (caller: string): Buffer => createHmac('sha256', project.secret).update(`wrote ${project.key} ${caller}`).digest();
  const slotOf = (hash: Buffer): number => hash.readUInt32BE(0) % slotCount;
  const nameOf = (hash: Buffer): string => `sallyport:${hash.toString('base64url')}`;
  const lastOf = (hash: Buffer): number => last[slotOf(hash)] ?? Number.POSITIVE_INFINITY;

  return {
    async note(caller) {
      const hash = hashOf(caller);
      last[slotOf(hash)] = performance.now();
      // Other instances read what may be older while Redis is away.
      if (redis?.up) await redis.commands.set(nameOf(hash), '1', 'PX', matters).catch(() => undefined);
    },
    here: (caller) => lastOf(hashOf(caller)),
    async anywhere(caller) {
      const hash = hashOf(caller);
      const known = lastOf(hash);
      if (!redis?.up) return known;
      const left = await redis.commands.pttl(nameOf(hash)).catch(() => -1);
      // By what is left of its time, as clocks differ.
      return left < 0 ? known : Math.max(known, performance.now() - (matters - left));
    },
  };
}
