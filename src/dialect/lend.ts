/** Lends the connections of a pool, in the order in which they are asked for. */
import { GatewayError } from '../lib/errors.ts';
import { createSemaphore } from '../lib/semaphore.ts';

/** The part of knex that hands out raw connections. */
export interface Lender<Raw> {
  acquireConnection(): Promise<Raw>;
  releaseConnection(raw: Raw): Promise<void>;
}

export interface LendOptions<Raw> {
  /** Connections at most. */
  readonly size: number;
  /** Whether one that was just given back may be lent again without the pool having looked at it; never without this. */
  readonly isSound?: (raw: Raw) => boolean;
}

export interface Lending<Raw> {
  acquire(): Promise<Raw>;
  /** To be called once for each that was acquired. */
  release(raw: Raw): Promise<void> | undefined;
  use(): PoolUse;
}

/** How much of a pool is in use. */
export interface PoolUse {
  readonly most: number;
  readonly busy: number;
  /** Those who wait for a connection. */
  readonly waiting: number;
}

/** Milliseconds to wait while none of the connections is given back, and at most. */
const patience = 10_000;
const longest = 30_000;
/** Milliseconds after which those that nobody needed meanwhile go back to the pool. */
const sweepTime = 20;

/** The refusal of whoever waited in vain for a connection. */
export const busy = (): GatewayError =>
  new GatewayError('database_unavailable', { message: 'All connections of this project to its database are busy; try again shortly' });

/**
 * The way through the pool and back is longer than many a statement: what is given back rests here for a moment, at hand for the next.
 * The pool's own patience is for each who waits, however fast connections come and go: among many, the last would lose theirs. Here
 * whoever waits goes on as long as the line moves.
 */
export function lend<Raw>(lender: Lender<Raw>, { size, isSound = () => false }: LendOptions<Raw>): Lending<Raw> {
  const turns = createSemaphore<Raw>({ count: size, patience, longest, refusal: busy });
  const resting: Raw[] = [];
  /** The fewest that have rested since the last sweep: nobody needed those. */
  let spare = 0;
  let sweeping: NodeJS.Timeout | undefined;

  function sweep(): void {
    for (const raw of resting.splice(0, spare)) void lender.releaseConnection(raw).catch(() => undefined);
    spare = resting.length;
    sweeping = spare > 0 ? setTimeout(sweep, sweepTime) : undefined;
  }

  function rest(raw: Raw): void {
    resting.push(raw);
    if (!sweeping) sweeping = setTimeout(sweep, sweepTime);
  }

  /** The one that rested last, if it is still what it was. */
  function rested(): Raw | undefined {
    const raw = resting.pop();
    spare = Math.min(spare, resting.length);
    if (raw === undefined || isSound(raw)) return raw;
    void lender.releaseConnection(raw).catch(() => undefined);
    return rested();
  }

  const acquire = async (): Promise<Raw> => {
    const turn = turns.acquire();
    const handed = turn && (await turn);
    if (handed !== undefined) return handed;
    const own = rested();
    if (own !== undefined) return own;
    try {
      return await lender.acquireConnection();
    } catch (error) {
      turns.release();
      throw error;
    }
  };
  const release = (raw: Raw): Promise<void> | undefined => {
    if (!isSound(raw)) return lender.releaseConnection(raw).finally(() => turns.release());
    if (turns.usage().waiting > 0) turns.release(raw);
    else {
      rest(raw);
      turns.release();
    }
    return undefined;
  };
  const use = (): PoolUse => {
    const { taken, waiting } = turns.usage();
    return { most: size, busy: taken, waiting };
  };
  return { acquire, release, use };
}
