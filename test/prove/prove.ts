/** Proves permissions: random requests over pairs of databases that differ only in what the caller may not read. */
import type { TestVendor } from '../support/vendors.ts';
import { Difference, sameAnswer } from './compare.ts';
import { diceOf } from './dice.ts';
import { sameDeliveries } from './feeds.ts';
import { graphqlMutation } from './graphql-writes.ts';
import { readRequest } from './read-requests.ts';
import { openPair, type Supply, supplyOf } from './sides.ts';
import { stopClock } from './still-clock.ts';
import { strapiRequest } from './strapi-requests.ts';
import { worldOf } from './world.ts';
import { writeRequest } from './write-requests.ts';

export interface Asked {
  readonly vendor: TestVendor;
  readonly seed: string;
  /** Requests, each of them sent to both databases of a pair. */
  readonly pairs: number;
  /** The number of the first world. */
  readonly from?: number;
}

export interface Proof {
  readonly pairs: number;
  readonly worlds: number;
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** The first answers that differ, and how to see them again. */
  readonly difference?: string;
}

/** Requests of one world. What is written stays until its end. */
const perWorld = 60;
/** One world of so many is listened to. */
const listenedTo = 10;

export async function prove({ vendor, seed, pairs, from = 0 }: Asked): Promise<Proof> {
  const supply = await supplyOf(vendor);
  const restart = stopClock();
  const statuses = new Map<number, number>();
  let done = 0;
  let world = from;
  try {
    for (; done < pairs; world++) {
      const count = Math.min(perWorld, pairs - done);
      const difference =
        (await proveFeeds(supply, vendor, seed, world)) ??
        (await proveWorld(supply, vendor, `${seed}:${world}`, count, (status) => {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          done++;
        }));
      if (difference === undefined) continue;
      const again = `npm run prove -- --vendor ${vendor} --seed ${seed} --from ${world} --pairs ${perWorld}`;
      return { pairs: done, worlds: world - from + 1, statuses, difference: `${difference}\nto see it again: ${again}` };
    }
    return { pairs: done, worlds: world - from, statuses };
  } finally {
    restart();
    await supply.close();
  }
}

/** Of some worlds what is delivered to those who listen. */
async function proveFeeds(supply: Supply, vendor: TestVendor, seed: string, world: number): Promise<string | undefined> {
  if (world % listenedTo !== 0) return undefined;
  const name = `${seed}:${world}`;
  try {
    await sameDeliveries(supply, vendor, name);
    return undefined;
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    return `world ${name}: ${error.message}`;
  }
}

/** The first difference in a world. */
async function proveWorld(
  supply: Supply,
  vendor: TestVendor,
  name: string,
  count: number,
  told: (status: number) => void,
): Promise<string | undefined> {
  const pair = await openPair(supply, vendor, worldOf(name));
  const dice = diceOf(`${name} requests`);
  const words = { world: pair.world, other: pair.other, dice };
  // Dice of their own: what else is asked of a world stays the same.
  const dialects = diceOf(`${name} dialects`);
  const mutations = diceOf(`${name} mutations`);
  const spoken = pair.world.tables.some(({ texts }) => texts);
  try {
    for (let n = 0; n < count; n++) {
      // One side alone forgets what it has prepared.
      if (dice.chance(0.02)) await pair.there.reload();
      const request = dice.chance(0.3) ? writeRequest(words) : readRequest(words);
      await sameAnswer(pair, request, dice, ({ status }) => told(status));
      if (mutations.chance(0.15)) await sameAnswer(pair, graphqlMutation({ ...words, dice: mutations }), mutations, () => undefined);
      if (dialects.chance(spoken ? 0.5 : 0.2))
        await sameAnswer(pair, strapiRequest({ ...words, dice: dialects }), dialects, () => undefined);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    return `world ${name}, caller ${pair.world.caller.name}: ${error.message}`;
  } finally {
    await pair.close();
  }
}
