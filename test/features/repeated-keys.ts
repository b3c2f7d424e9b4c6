/** Promise: a key names one row, whatever the database holds; where it does not, nothing is told or changed of a row that was not meant. */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { installSystem } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at } from '../support/http.ts';
import { loadSql } from '../support/sql-text.ts';
import { type TestVendor, withDatabase } from '../support/vendors.ts';

const token = 'admin-token-of-keys';

const tables = `
create table visits (code int, note varchar(20));
insert into visits values (7, 'a'), (7, 'b'), (8, 'c');
create view visit_notes as select code, note from visits;
create table readings (sensor int, at_time datetime, value int, primary key (sensor, at_time));
`;

const declared = `
insert into directus_fields (collection, field, type, interface) values ('visits', 'code', 'integer', 'primary-key');
insert into directus_fields (collection, field, type, interface) values ('visit_notes', 'code', 'integer', 'primary-key');
`;

const own: Readonly<Record<TestVendor, string>> = {
  sqlite: "create table tags (code text primary key, note text); insert into tags values ('x', 'c'), (null, 'a'), (null, 'b');",
  postgres: `create table places (id int primary key, name text); create table towns (people int) inherits (places);
    insert into places values (1, 'a'); insert into towns values (1, 'b', 5), (2, 'c', 6);`,
  mysql: 'select 1;',
};

/** Rows in spellings of others than we write, where the database keeps what it is given. */
const readings: Readonly<Record<TestVendor, string>> = {
  sqlite: "(1, '2024-02-29T12:00:00Z', 1), (1, '2024-02-29 13:00:00.000', 2)",
  postgres: "(1, '2024-02-29 12:00:00', 1), (1, '2024-02-29 13:00:00', 2)",
  mysql: "(1, '2024-02-29 12:00:00', 1), (1, '2024-02-29 13:00:00', 2)",
};

type Send = (method: string, path: string, body?: unknown) => Promise<Answer>;

async function declaredKeys(t: Tester, send: Send): Promise<void> {
  const all = [
    { code: 7, note: 'a' },
    { code: 7, note: 'b' },
    { code: 8, note: 'c' },
  ];
  for (const name of ['visits', 'visit_notes']) {
    refused(t, await send('GET', `items/${name}/7`), 422, 12, `${name}: read`);
    refused(t, await send('GET', `items/${name}/7?fields=note`), 422, 12, `${name}: a column read`);
    const one = await send('GET', `items/${name}/8`);
    t.strictSame(at(one.json, 'data'), { code: 8, note: 'c' }, told(one));
    refused(t, await send('PATCH', `items/${name}/7`, { note: 'z' }), 422, 12, `${name}: changed`);
    refused(t, await send('PATCH', `items/${name}`, [{ code: 7, note: 'z' }]), 422, 12, `${name}: changed in a list`);
    refused(t, await send('POST', `items/${name}?upsert=code`, { code: 7, note: 'z' }), 422, 12, `${name}: upserted`);
    refused(t, await send('DELETE', `items/${name}/7`), 422, 12, `${name}: deleted`);
  }
  refused(t, await send('POST', 'items/visits', { code: 8, note: 'z' }), 409, 204, 'made once more');
  refused(
    t,
    await send('POST', 'items/visits', [
      { code: 9, note: 'x' },
      { code: 9, note: 'y' },
    ]),
    409,
    204,
    'made twice at once',
  );
  const there = await send('GET', 'items/visits?sort=note');
  t.strictSame(at(there.json, 'data'), all, told(there));
  const history = await send('GET', 'activity?filter[collection][in]=visits,visit_notes');
  t.strictSame(at(history.json, 'data'), [], told(history));
  const changed = await send('PATCH', 'items/visits/8', { note: 'd' });
  t.strictSame(at(changed.json, 'data'), { code: 8, note: 'd' }, told(changed));
}

/** A table that others inherit from has their rows too. */
async function inheritedKeys(t: Tester, send: Send): Promise<void> {
  refused(t, await send('GET', 'items/places/1'), 422, 12, 'read');
  refused(t, await send('PATCH', 'items/places/1', { name: 'z' }), 422, 12, 'changed');
  refused(t, await send('DELETE', 'items/places/1'), 422, 12, 'deleted');
  refused(t, await send('POST', 'items/places', { id: 2, name: 'z' }), 409, 204, 'made once more');
  const there = await send('GET', 'items/places?fields=name&sort=name');
  t.strictSame(at(there.json, 'data'), [{ name: 'a' }, { name: 'b' }, { name: 'c' }], told(there));
  const changed = await send('PATCH', 'items/places/2?fields=name', { name: 'd' });
  t.strictSame(at(changed.json, 'data'), { name: 'd' }, told(changed));
}

/** No row is passed over between two pages: where keys do not tell which is the next, there is no cursor. */
async function cursorsPast(t: Tester, send: Send, name: string, unique: number): Promise<void> {
  let cursor: unknown = '';
  const seen: unknown[] = [];
  for (let page = 0; page < 5; page += 1) {
    const answer = await send('GET', `items/${name}?limit=1&sort=-code&meta=cursor${cursor === '' ? '' : `&cursor=${cursor}`}`);
    if (seen.length === unique) {
      refused(t, answer, 422, 12, `${name}: page ${page + 1}`);
      return;
    }
    seen.push(at(answer.json, 'data', 0, 'code'));
    cursor = at(answer.json, 'meta', 'cursor');
  }
  t.fail(`${name}: ${JSON.stringify(seen)} without a refusal`);
}

/** One moment is one key, in whatever spelling it is kept. */
async function spelledKeys(t: Tester, send: Send): Promise<void> {
  const counted = async (): Promise<unknown> => at((await send('GET', 'items/readings?aggregate[count]=*')).json, 'data', 0, 'count');
  for (const [moment, value] of [
    ['2024-02-29T12:00:00Z', 10],
    ['2024-02-29 13:00:00', 20],
  ] as const) {
    refused(t, await send('POST', 'items/readings', { sensor: 1, at_time: moment, value }), 409, 204, `made once more: ${moment}`);
    const again = await send('POST', 'items/readings?upsert=sensor,at_time&fields=value', { sensor: 1, at_time: moment, value });
    t.strictSame(at(again.json, 'data'), { value }, told(again));
  }
  t.equal(await counted(), 2);
  const key = encodeURIComponent('1;2024-02-29 12:00:00');
  const one = await send('GET', `items/readings/${key}?fields=value`);
  t.strictSame(at(one.json, 'data'), { value: 10 }, told(one));
  t.equal((await send('DELETE', `items/readings/${key}`)).status, 204);
  t.equal(await counted(), 1);
}

async function run(t: Tester, vendor: TestVendor): Promise<void> {
  await withDatabase(vendor, async (config) => {
    await loadSql(config, vendor === 'postgres' ? tables.replace('datetime', 'timestamp') : tables);
    await loadSql(config, own[vendor]);
    await loadSql(config, `insert into readings values ${readings[vendor]}`);
    await installSystem(config, token);
    await loadSql(config, declared);
    const gateway = await startGateway({ [project]: config });
    const send: Send = (method, path, body) =>
      ask(gateway.url, `/${project}/${path}`, { token, method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    try {
      for (const name of ['visits', 'readings']) await send('PATCH', `collections/${name}`, { managed: true });
      await t.test('declared keys', (t) => declaredKeys(t, send));
      await t.test('spelled keys', (t) => spelledKeys(t, send));
      await t.test('cursors', (t) => cursorsPast(t, send, 'visits', 1));
      if (vendor === 'sqlite') await t.test('a key of NULL', (t) => cursorsPast(t, send, 'tags', 1));
      if (vendor === 'postgres') await t.test('inherited rows', (t) => inheritedKeys(t, send));
    } finally {
      await gateway.close();
    }
  });
}

export const repeatedKeys: Feature = {
  promise: 'a key names one row, whatever the database holds',
  run: (t, { vendor }) => run(t, vendor),
};
