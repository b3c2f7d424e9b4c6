/** Lends the connections of a pool, in the order in which they are asked for. */
import { GatewayError } from '../lib/errors.ts';
import { createTurns } from '../lib/turns.ts';

/** The part of knex that hands out raw connections. */
export interface Lender<Raw> {
  acquireConnection(): Promise<Raw>;
  releaseConnection(raw: Raw): Promise<void>;
}

export interface LendOptions<Raw> {
  /** Connections at most. */
  readonly size: number;
  /** Whether one that is given back may go to who waits for it without the pool having looked at it; never without this. */
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

export const busy = (): GatewayError =>
  new GatewayError('database_unavailable', { message: 'All connections of this project to its database are busy; try again shortly' });

/**
 * The pool's own patience is for each who waits, however fast connections come and go: among many, the last would lose theirs. Here
 * whoever waits goes on as long as the line moves.
 */
export function lend<Raw>(lender: Lender<Raw>, { size, isSound = () => false }: LendOptions<Raw>): Lending<Raw> {
  const turns = createTurns<Raw>({ count: size, patience, longest, refusal: busy });
  const acquire = async (): Promise<Raw> => {
    const turn = turns.take();
    const handed = turn && (await turn);
    if (handed !== undefined) return handed;
    try {
      return await lender.acquireConnection();
    } catch (error) {
      turns.done();
      throw error;
    }
  };
  const release = (raw: Raw): Promise<void> | undefined => {
    if (turns.usage().waiting === 0 || !isSound(raw)) return lender.releaseConnection(raw).finally(() => turns.done());
    turns.done(raw);
    return undefined;
  };
  const use = (): PoolUse => {
    const { taken, waiting } = turns.usage();
    return { most: size, busy: taken, waiting };
  };
  return { acquire, release, use };
}
