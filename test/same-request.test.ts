/**
 * Promise: the same request means the same rows in the same order on every database. Schemas, rows and requests are made by dice with
 * fixed seeds; SAME_SEED and SAME_RUNS throw others, and more of them.
 */
import fc from 'fast-check';
import t from 'tap';
import { name, print, sql } from '../src/lib/fragment.ts';
import { adminToken } from './fixtures/garden-people.ts';
import { commonRequests } from './support/common-requests.ts';
import { commonTables, type Table, tablesText } from './support/common-tables.ts';
import { exactJson } from './support/exact-json.ts';
import type { Tester } from './support/expect.ts';
import { installSystem, type World, worldOf } from './support/garden.ts';
import { project, startGateway } from './support/gateway.ts';
import { hangUp } from './support/http.ts';
import { quoted } from './support/schema-text.ts';
import { loadSql } from './support/sql-text.ts';
import { createDatabase, isMariadb, type TestVendor, testVendors, whyNot } from './support/vendors.ts';

const seed = Number(process.env['SAME_SEED'] ?? 1);
const runs = Number(process.env['SAME_RUNS'] ?? 420);

async function start(vendor: TestVendor, tables: readonly Table[]): Promise<{ world: World; stop(): Promise<void> }> {
  const { config, drop } = await createDatabase(vendor);
  try {
    await loadSql(config, tablesText(vendor, tables));
    await installSystem(config, adminToken);
    const gateway = await startGateway({ [project]: config });
    const stop = async (): Promise<void> => {
      await gateway.close();
      await drop();
    };
    return { world: worldOf(vendor, config, gateway), stop };
  } catch (error) {
    await drop();
    throw error;
  }
}

function comparable(text: string, url: string): unknown {
  try {
    return exactJson(text.replaceAll(url, ''));
  } catch {
    return text;
  }
}

/** What two answers say from a little before the place where they part. */
function difference(one: string | undefined, first = '', other: string | undefined, second = ''): string {
  const at = [...first].findIndex((_, i) => first[i] !== second[i]);
  const from = Math.max(0, (at < 0 ? first.length : at) - 80);
  return `${one}: …${first.slice(from, from + 300)}\n${other}: …${second.slice(from, from + 300)}`;
}

/** The text of a value finds the row again by what its column is ordered by: the place of a cursor. */
async function leadsBack(t: Tester, { vendor, gateway }: World, tables: readonly Table[]): Promise<void> {
  const { project: open, release } = await gateway.registry.lease(project);
  const { connection, schemas } = open;
  const { dialect } = connection;
  const lost: string[] = [];
  for (const collection of tables.flatMap((table) => schemas.current.collections.get(table.name) ?? [])) {
    for (const field of collection.fields.values()) {
      const column = name(field.column.name);
      const from = sql`from ${name(collection.table.name)}`;
      const texts = await connection.texts(
        print(sql`select distinct ${dialect.text(field, column)} ${from} where ${column} is not null`, dialect),
      );
      for (const [text] of texts) {
        const found = sql`${dialect.ordered(field, column)} = ${dialect.orderedOperand(field, text ?? '')}`;
        const [[count] = []] = await connection.texts(print(sql`select count(*) ${from} where ${found}`, dialect));
        if (Number(count) === 0) lost.push(`${collection.name}.${field.name} ${text}`);
      }
    }
  }
  release();
  t.strictSame(lost, [], `${vendor}: every value is found by its text`);
}

t.setTimeout(700_000);
const present: TestVendor[] = [];
for (const vendor of testVendors) {
  const reason = await whyNot(vendor);
  if (reason === undefined) present.push(vendor);
  else t.test(`${vendor} beside the others`, { skip: reason }, async () => undefined);
}

t.test('the same rows in the same order on every database', { skip: present.length < 2 && 'there is but one' }, async (t) => {
  const tables = commonTables({ mariadb: present.includes('mysql') && (await isMariadb()) }, seed);
  const worlds: World[] = [];
  for (const vendor of present) {
    const { world, stop } = await start(vendor, tables);
    t.teardown(stop);
    worlds.push(world);
  }
  t.teardown(hangUp);
  for (const world of worlds) await leadsBack(t, world, tables);
  const told = new Map<number, number>();
  const answers = (path: string): Promise<string[]> =>
    Promise.all(
      worlds.map(async (world) => {
        const answer = await world.get(path, 'admin');
        told.set(answer.status, (told.get(answer.status) ?? 0) + 1);
        return `${answer.status} ${JSON.stringify(comparable(answer.text, world.gateway.url))}`;
      }),
    );
  const property = fc.asyncProperty(commonRequests(tables), async (path) => {
    const [first, ...others] = await answers(path);
    for (const [i, other] of others.entries()) {
      if (other !== first) throw new Error(`${decodeURIComponent(path)}\n${difference(present[0], first, present[i + 1], other)}`);
    }
    return first !== undefined && !first.startsWith('5');
  });
  await fc.assert(property, { seed, numRuns: Math.ceil((runs * 2) / 3) });
  for (const { vendor, config, gateway } of worlds) {
    await loadSql(config, `update directus_settings set value = '0' where ${quoted(vendor, 'key')} = 'sort_null_last'`);
    await gateway.registry.reload();
  }
  await fc.assert(property, { seed: seed + 1, numRuns: Math.ceil(runs / 3) });
  t.ok((told.get(200) ?? 0) > runs, `most are answered: ${JSON.stringify([...told])}`);
});
