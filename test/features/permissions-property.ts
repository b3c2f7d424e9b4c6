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
import { ask, at, column } from '../support/http.ts';
import { randomAggregates, randomRequests } from '../support/random-query.ts';
import { type Caller, columnsOf, gardenTables, granted, listed, rowsOf } from '../support/readable.ts';
import { withDatabase } from '../support/vendors.ts';

/** Requests for each caller; each is sent to both gardens. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 40);

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

/** The list row by row. */
function withCursor(path: string): string {
  const single = `${path.replace(/&limit=-?\d+/, '').replace(/\/[\d,]+\?/, '?')}&limit=1`;
  return single.includes('meta=*') ? single.replace('meta=*', 'meta=*,cursor') : `${single}&meta=cursor`;
}

async function unmoved(t: Tester, world: World, who: Who | undefined, caller: Caller): Promise<void> {
  await withDatabase(world.vendor, async (config) => {
    await loadGarden(world.vendor, config, disturbed(caller));
    const other = await startGateway({ [project]: config });
    const answerOf = async (base: string, path: string): Promise<{ shown: string; cursor: string | undefined }> => {
      const answer = await ask(base, `/${project}/${path}`, who ? { token: tokens[who] } : {});
      const cursor = at(answer.json, 'meta', 'cursor');
      const text = answer.text.replaceAll(base, '').replace(/"cursor":"[^"]*"/, '"cursor":"…"');
      return { shown: `${answer.status} ${text}`, cursor: typeof cursor === 'string' ? cursor : undefined };
    };
    let served = 0;
    let followed = 0;
    const lists = fc.tuple(randomRequests(caller), fc.boolean()).map(([path, follow]) => (follow ? withCursor(path) : path));
    const asked = fc.oneof({ weight: 3, arbitrary: lists }, { weight: 1, arbitrary: randomAggregates(caller) });
    /** The same answer here and there; then the pages that follow. */
    const same = async (path: string, here: string, there: string, pages: number): Promise<void> => {
      const [one, two] = await Promise.all([answerOf(world.gateway.url, path + here), answerOf(other.url, path + there)]);
      if (one.shown.startsWith('200')) served++;
      if (/^5/.test(one.shown)) throw new Error(`a fault of the server: ${one.shown.slice(0, 300)}`);
      if (one.shown !== two.shown) throw new Error(`the answers differ:\n${one.shown.slice(0, 1000)}\n${two.shown.slice(0, 1000)}`);
      if (one.cursor === undefined || pages === 0) return;
      followed++;
      await same(path.replace(/&offset=\d+/, ''), `&cursor=${one.cursor}`, `&cursor=${two.cursor}`, pages - 1);
    };
    const property = fc.asyncProperty(asked, (path) => same(path, '', '', 2));
    try {
      const result = await fc.check(property, { numRuns: runs });
      t.notOk(result.failed, `${who ?? 'public'}: ${result.failed ? fc.defaultReportMessage(result) : `${runs} requests`}`);
      t.ok(served > runs / 12, `${who ?? 'public'}: ${served} of ${runs} were served, ${followed} of them followed`);
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
