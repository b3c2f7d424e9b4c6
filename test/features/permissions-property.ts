/**
 * Promise: what a caller may not read makes no difference to any answer. Two gardens differ in exactly that; random requests get equal
 * answers from both. So no field, filter, order, search or counter tells anything about it.
 */
import fc from 'fast-check';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { callers, disturbed } from '../support/disturb.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { loadGarden, type World } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { ask, column } from '../support/http.ts';
import { randomRequests } from '../support/random-query.ts';
import { type Caller, columnsOf, gardenTables, granted, listed, rowsOf } from '../support/readable.ts';
import { withDatabase } from '../support/vendors.ts';

/** Requests for each caller; each is sent to both gardens. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 150);

/** Lists hold exactly the rows of the plain model. */
async function rowsAsModelled(t: Tester, world: World, who: Who | undefined, caller: Caller): Promise<void> {
  const collections = gardenTables
    .filter((table) => /^[a-z_]+$/.test(table.name) && table.name !== 'log_entries')
    .map((table) => table.name);
  for (const collection of [...collections]) {
    const [key = ''] = columnsOf(collection);
    const answer = await world.get(`items/${collection}?fields=${key}&limit=-1`, who);
    if (!granted(collection, caller)) {
      t.ok(answer.status === 403 || answer.status === 401, `${who ?? 'public'}: ${collection} is refused (${told(answer)})`);
      continue;
    }
    const wanted = rowsOf(collection).filter((row) => listed(collection, row, caller));
    t.strictSame(
      column(answer, key).map(String).sort(),
      wanted.map((row) => String(row[key])).sort(),
      `${who ?? 'public'}: the rows of ${collection} (${told(answer)})`,
    );
  }
}

async function unmoved(t: Tester, world: World, who: Who | undefined, caller: Caller): Promise<void> {
  await withDatabase(world.vendor, async (config) => {
    await loadGarden(world.vendor, config, disturbed(caller));
    const other = await startGateway({ [project]: config });
    const answerOf = async (base: string, path: string): Promise<string> => {
      const answer = await ask(base, `/${project}/${path}`, who ? { token: tokens[who] } : {});
      return `${answer.status} ${answer.text.replaceAll(base, '')}`;
    };
    let served = 0;
    const property = fc.asyncProperty(randomRequests(caller), async (path) => {
      const [here, there] = await Promise.all([answerOf(world.gateway.url, path), answerOf(other.url, path)]);
      if (here.startsWith('200')) served++;
      if (/^5/.test(here)) throw new Error(`a fault of the server: ${here.slice(0, 300)}`);
      if (here !== there) throw new Error(`the answers differ:\n${here.slice(0, 1000)}\n${there.slice(0, 1000)}`);
    });
    try {
      const result = await fc.check(property, { numRuns: runs });
      t.notOk(result.failed, `${who ?? 'public'}: ${result.failed ? fc.defaultReportMessage(result) : `${runs} requests`}`);
      t.ok(served > runs / 5, `${who ?? 'public'}: ${served} of ${runs} were served`);
    } finally {
      await other.close();
    }
  });
}

export const permissionsProperty: Feature = {
  promise: 'what may not be read makes no difference',
  async run(t, world) {
    for (const { who, caller } of callers) {
      await t.test(`rows for ${who ?? 'the public'}`, (t) => rowsAsModelled(t, world, who, caller));
      await t.test(`random requests of ${who ?? 'the public'}`, (t) => unmoved(t, world, who, caller));
    }
  },
};
