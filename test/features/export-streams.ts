/** Promise: an export holds one connection and little memory however large it is, starves nobody, and is never silently short (issue 3). */
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { LimitSettings } from '../../src/config/schema.ts';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { defaultLimits } from '../../src/query/limits.ts';
import { createLog } from '../../src/server/log.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { type Gateway, project, startGateway } from '../support/gateway.ts';
import { ask, at } from '../support/http.ts';
import { loadSql } from '../support/sql-text.ts';
import { createDatabase, type TestVendor } from '../support/vendors.ts';

const token = 'token-of-the-exporter';
/** Two to the fifteenth, of a thousand characters each: far more than the buffers of a connection hold. */
const doublings = 15;
const count = 2 ** doublings;

/** A number that is out of range in the middle of the rows. */
const overflow: Readonly<Record<TestVendor, string>> = {
  sqlite: 'abs(-9223372036854775807 - 1 + id - id)',
  postgres: '9223372036854775807 + id',
  mysql: '9223372036854775807 + id',
};

const serial: Readonly<Record<TestVendor, string>> = {
  sqlite: 'integer primary key',
  postgres: 'serial primary key',
  mysql: 'int auto_increment primary key',
};

function tables(vendor: TestVendor): string {
  const double = 'insert into wide (pad) select pad from wide;\n';
  return `create table wide (id ${serial[vendor]}, pad varchar(1000));
    insert into wide (pad) values ('${'x'.repeat(1000)}');
    ${double.repeat(doublings)}
    create view broken as select id, pad, case when id > 9000 then ${overflow[vendor]} else id end as number from wide;`;
}

interface Stage {
  readonly t: Tester;
  readonly vendor: TestVendor;
  readonly gateway: Gateway;
  readonly log: readonly string[];
}

const exportPath = (query: string): string => `/${project}/items/${query}&access_token=${token}`;

/** An answer whose body nobody reads yet. */
function begin(gateway: Gateway, query: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(exportPath(query), gateway.url), { agent: false }, (response) => {
      response.on('error', () => undefined);
      resolve(response);
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function free(gateway: Gateway): Promise<number> {
  const lease = await gateway.registry.lease(project);
  const given: (() => void)[] = [];
  for (let give = lease.project.streams.take(); give; give = lease.project.streams.take()) given.push(give);
  for (const give of given) give();
  lease.release();
  return given.length;
}

function used(gateway: Gateway): number {
  const pool: unknown = gateway.connection?.knex.client.pool;
  return typeof pool === 'object' && pool !== null && 'numUsed' in pool && typeof pool.numUsed === 'function' ? pool.numUsed() : -1;
}

/** Statements that the server is busy with for us, our question aside; looks at schema and rules are among them now and then. */
async function busy({ vendor, gateway }: Stage): Promise<number> {
  const texts: Readonly<Record<TestVendor, string>> = {
    sqlite: 'select 0 as n',
    postgres: `select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'`,
    mysql: `select count(*) as n from information_schema.processlist where db = database() and id <> connection_id() and command <> 'Sleep'`,
  };
  const [row] = (await gateway.connection?.rows({ text: texts[vendor], values: [] })) ?? [];
  return Number(row?.['n']);
}

async function whole({ t, gateway, vendor, ...rest }: Stage, exports = defaultLimits.exports): Promise<void> {
  t.ok(await eventually(async () => (await free(gateway)) === exports), 'every export may be begun again');
  t.ok(await eventually(() => used(gateway) === 0), 'no connection is held');
  t.ok(await eventually(async () => (await busy({ t, gateway, vendor, ...rest })) === 0), 'the database is at rest');
}

async function readAll({ t, gateway }: Stage): Promise<void> {
  for (const format of ['ndjson', 'csv']) {
    const answer = await ask(gateway.url, exportPath(`wide?export=${format}&sort=-id&fields=id`));
    const lines = answer.text.trim().split(/\r?\n/);
    const ids = lines.map((line) => Number(/\d+/.exec(line)?.[0])).filter((id) => !Number.isNaN(id));
    t.equal(ids.length, count, 'all rows');
    t.ok(
      ids.every((id, i) => i === 0 || id < (ids[i - 1] ?? 0)),
      'in order',
    );
  }
}

async function slowReader(stage: Stage): Promise<void> {
  const { t, gateway } = stage;
  const response = await begin(gateway, 'wide?export=ndjson');
  await pause(1500);
  t.equal(await free(gateway), defaultLimits.exports - 1, 'the export goes on');
  if (stage.vendor !== 'sqlite') {
    t.ok(await eventually(async () => (await busy(stage)) === 1), 'the database is read no faster than the client reads');
  }
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  t.ok(response.complete && bytes > count * 1000, 'and all of it arrives');
  await whole(stage);
}

async function leaving(stage: Stage): Promise<void> {
  const responses = await Promise.all(Array.from({ length: defaultLimits.exports }, () => begin(stage.gateway, 'wide?export=json')));
  for (const response of responses) response.destroy();
  await whole(stage);
  const early = await Promise.all(Array.from({ length: 3 }, () => begin(stage.gateway, 'wide?export=csv&sort=-pad')));
  for (const response of early) response.destroy();
  await whole(stage);
}

async function bounded(stage: Stage): Promise<void> {
  const { t, gateway } = stage;
  const most = defaultLimits.exports;
  const responses = await Promise.all(Array.from({ length: most }, () => begin(gateway, 'wide?export=ndjson')));
  t.strictSame(
    responses.map(({ statusCode }) => statusCode),
    responses.map(() => 200),
    `${most} at once`,
  );
  const refusal = await ask(gateway.url, exportPath('wide?export=ndjson'));
  refused(t, refusal, 429, 7, 'one more');
  t.match(String(at(refusal.json, 'error', 'message')), new RegExp(`\\b${most} exports\\b.*\\blimit exports\\b`));
  t.equal(refusal.headers['retry-after'], '5');
  t.equal(refusal.headers['content-disposition'], undefined, 'a refusal is no file');
  const list = await ask(gateway.url, exportPath('wide?limit=1&filter[id]=77'));
  t.equal(at(list.json, 'data', 0, 'id'), 77, `a list is answered meanwhile (${told(list)})`);
  for (const response of responses) response.destroy();
  await whole(stage);
}

async function cut(stage: Stage): Promise<void> {
  const { t, gateway, log } = stage;
  for (const format of ['json', 'ndjson', 'csv']) {
    const response = await begin(gateway, `broken?export=${format}&sort=id`);
    t.equal(response.statusCode, 200, 'it begins well');
    let text = '';
    const end = await new Promise<string>((resolve) => {
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve('whole'));
      response.on('error', () => resolve('cut'));
    });
    t.strictSame([end, response.complete], ['cut', false], 'and is seen to be cut');
    t.ok(text.length > 1_000_000, 'after many rows');
    t.notMatch(text.slice(-200), /\]\}$|error|range|overflow/, 'nothing closes it, and nothing of the database is told');
    const id = String(response.headers['x-request-id']);
    t.ok(await eventually(() => log.some((line) => line.includes(id) && line.includes('broken off'))), 'the log knows the request');
  }
  const first = await ask(gateway.url, exportPath('broken?export=csv&filter[id][gt]=9000'));
  t.ok(first.status >= 400 && at(first.json, 'error', 'message'), `before the first row it is an error like any other (${told(first)})`);
  t.equal(first.headers['content-disposition'], undefined, 'and no file');
  await whole(stage);
}

/** The same database behind other limits, or through a smaller pool. */
async function otherwise(
  stage: Stage,
  database: DatabaseConfig,
  limits: LimitSettings,
  run: (other: Stage) => Promise<void>,
): Promise<void> {
  const log: string[] = [];
  const gateway = await startGateway({ [project]: database }, limits, createLog('debug', { write: (line) => void log.push(line) }));
  try {
    await run({ ...stage, gateway, log });
  } finally {
    await gateway.close();
  }
}

async function refusesAll({ t, gateway }: Stage, why: RegExp): Promise<void> {
  const refusal = await ask(gateway.url, exportPath('wide?export=csv'));
  refused(t, refusal, 429, 7, 'no export at all');
  t.match(String(at(refusal.json, 'error', 'message')), why);
}

/** A reader who reads nothing and one who reads too slowly: both are cut off when the time is over, and see it when they read on. */
async function tooLong(stage: Stage): Promise<void> {
  const { t, gateway, log } = stage;
  const idle = await begin(gateway, 'wide?export=ndjson');
  const slow = await begin(gateway, 'wide?export=csv');
  const step = setInterval(() => slow.read(1000), 20);
  for (const { headers } of [idle, slow]) {
    const id = String(headers['x-request-id']);
    t.ok(
      await eventually(() => log.some((line) => line.includes(id) && line.includes('longer than 1 seconds (limit exportSeconds)'))),
      'logged',
    );
  }
  clearInterval(step);
  await whole(stage, 2);
  for (const response of [idle, slow]) {
    const closed = new Promise((resolve) => response.once('close', resolve));
    response.resume();
    await closed;
    t.notOk(response.complete, 'nobody takes it for the whole');
  }
}

/** What holds for one answer does not hold for a file; what holds for a row does. */
async function otherLimits({ t, gateway }: Stage): Promise<void> {
  const rows = async (query: string): Promise<number> => (await ask(gateway.url, exportPath(query))).text.trim().split('\n').length;
  t.ok((await rows('wide?export=ndjson&fields=id&filter[id][lt]=1000')) > 100, 'more rows than a page');
  t.equal(await rows('wide?export=ndjson&fields=id&limit=500'), 500, 'also when so many are asked for');
  refused(t, await ask(gateway.url, exportPath('wide?fields=id&limit=500')), 400, 2, 'where a page may not have them');
}

async function streams(t: Tester, { vendor }: World): Promise<void> {
  const database = await createDatabase(vendor);
  const log: string[] = [];
  try {
    await loadSql(database.config, tables(vendor));
    await installSystem(database.config, token);
    const gateway = await startGateway({ [project]: database.config }, {}, createLog('debug', { write: (line) => void log.push(line) }));
    const stage = { vendor, gateway, log };
    try {
      await t.test('all of a large table', (t) => readAll({ ...stage, t }));
      await t.test('a slow reader', (t) => slowReader({ ...stage, t }));
      await t.test('a reader who leaves', (t) => leaving({ ...stage, t }));
      await t.test('so many at once', (t) => bounded({ ...stage, t }));
      await t.test('an error in the middle', (t) => cut({ ...stage, t }));
      // Every export of a file opens it anew.
      const single = { ...database.config, pool: { min: 0, max: 1 } };
      if (vendor !== 'sqlite') {
        await t.test('a small pool', (t) => otherwise({ ...stage, t }, single, {}, (other) => refusesAll(other, /database\.pool\.max/)));
      }
      const settings = (limits: LimitSettings, run: (other: Stage) => Promise<void>) => (t: Tester) =>
        otherwise({ ...stage, t }, database.config, limits, run);
      await t.test(
        'no exports',
        settings({ exports: 0 }, (other) => refusesAll(other, /limit exports/)),
      );
      await t.test('a page of few rows', settings({ pageRows: 10 }, otherLimits));
      await t.test('too long', settings({ exports: 2, exportSeconds: 1 }, tooLong));
    } finally {
      await gateway.close();
    }
  } finally {
    await database.drop();
  }
}

export const exportStreams: Feature = {
  promise: 'an export takes little, and is whole or seen to be cut',
  run: streams,
};
