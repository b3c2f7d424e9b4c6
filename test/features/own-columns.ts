/** Promise: columns of types that one database alone has are read, found and written like any, and what does not fit them is refused. */
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { installSystem } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at, rows } from '../support/http.ts';
import { loadSql } from '../support/sql-text.ts';
import { missingExtensions, type TestVendor, withDatabase } from '../support/vendors.ts';

const token = 'admin-token-of-columns';

/** The type of a key, a value as JSON that it has, and texts that it can not have. */
interface Kind {
  readonly type: string;
  readonly value: string;
  readonly wrong?: readonly string[];
  readonly extension?: string;
}

const kinds: Readonly<Record<TestVendor, readonly Kind[]>> = {
  postgres: [
    { type: 'date', value: '"infinity"', wrong: ['infinite', '-infinit'] },
    { type: 'timestamp', value: '"-infinity"', wrong: ['infinite'] },
    { type: 'timestamptz', value: '"infinity"', wrong: ['infinite'] },
    { type: 'inet', value: '"10.0.0.1/24"', wrong: ['10.0.0', ''] },
    { type: 'cidr', value: '"10.0.0.0/8"', wrong: ['10.0.0.1/8'] },
    { type: 'macaddr', value: '"08:00:2b:01:02:03"', wrong: ['08:00'] },
    { type: 'interval', value: '"1 day 02:00:00"', wrong: ['soon'] },
    { type: 'bit(3)', value: '"101"', wrong: ['x', '1'] },
    { type: 'money', value: '"$1.50"', wrong: ['x'] },
    { type: 'int4range', value: '"[1,5)"', wrong: ['[1'] },
    { type: 'tsvector', value: `"'a' 'b'"`, wrong: [`'`] },
    { type: 'pg_lsn', value: '"16/B374D848"', wrong: ['x'] },
    { type: 'oid', value: '"12"', wrong: ['x'] },
    { type: 'regtype', value: '"integer"', wrong: ['notype'] },
    { type: 'regrole', value: '"pg_monitor"', wrong: ['nobody of that name'] },
    { type: 'hstore', value: '"\\"a\\"=>\\"1\\""', wrong: ['abc', 'a=>'], extension: 'hstore' },
    { type: 'ltree', value: '"a.b"', wrong: ['a b', '-1', 'x'.repeat(300)], extension: 'ltree' },
    { type: 'citext', value: '"Word"', extension: 'citext' },
  ],
  mysql: [
    { type: 'int(8) zerofill', value: '42', wrong: ['x', '-1'] },
    { type: 'bigint zerofill', value: '9007199254740993' },
    { type: 'decimal(10,2) zerofill', value: '1.50' },
    { type: 'double zerofill', value: '1.5' },
    { type: 'time', value: '"23:59:59"', wrong: ['25:00:00', '-01:00:00'] },
    { type: 'year', value: '2024', wrong: ['1900'] },
    { type: "set('a','b')", value: '"a,b"', wrong: ['c'] },
  ],
  sqlite: [
    { type: 'colour', value: '"red"' },
    { type: '', value: '"x"' },
  ],
};

type Send = (method: string, path: string, body?: string) => Promise<Answer>;

/** JSON of a member, with its digits. */
const member = (text: string, name: string): string | undefined => new RegExp(`"${name}": ?("(?:[^"\\\\]|\\\\.)*"|[^,}]*)`).exec(text)?.[1];

async function kept(t: Tester, send: Send, table: string, { type, value, wrong = [] }: Kind): Promise<void> {
  const text = JSON.parse(value) as unknown;
  const sought = encodeURIComponent(typeof text === 'string' ? text : value).replaceAll("'", '%27');
  const made = await send('POST', `items/${table}`, `{"k":${value},"other":${value},"word":"one"}`);
  t.equal(made.status, 200, `${type}: ${told(made)}`);
  t.equal(member(made.text, 'k'), value, `${type}: ${made.text}`);
  t.equal(member(made.text, 'other'), value, `${type}: ${made.text}`);
  const again = await send('POST', `items/${table}?upsert=k`, `{"k":${value},"word":"two"}`);
  t.equal(again.status, 200, `${type}, upsert: ${told(again)}`);
  t.equal(member(again.text, 'word'), '"two"', `${type}, upsert: ${again.text}`);
  const many = await send('POST', `items/${table}?upsert=k`, `[{"k":${value},"word":"three"}]`);
  t.equal(many.status, 200, `${type}, upsert of a list: ${told(many)}`);
  const history = await send('GET', `revisions?fields=item,data&filter[collection]=${table}&sort=id`);
  t.equal(rows(history).length, 3, `${type}: ${told(history)}`);
  t.equal(member(history.text, 'word'), '"one"', history.text);
  const item = at(history.json, 'data', 0, 'item');
  if (!String(item).includes(',')) {
    const one = await send('GET', `items/${table}/${encodeURIComponent(String(item))}?fields=word`);
    t.strictSame(at(one.json, 'data'), { word: 'three' }, `${type}, by its key ${item}: ${told(one)}`);
  }
  for (const query of [`filter[k]=${sought}`, `filter[other]=${sought}`, 'sort=-k', 'sort=other']) {
    const found = await send('GET', `items/${table}?fields=word&${query}`);
    t.strictSame(at(found.json, 'data'), [{ word: 'three' }], `${type}, ${query}: ${told(found)}`);
  }
  for (const query of ['aggregate[count]=*&groupBy=k', 'aggregate[min]=k&aggregate[max]=other', 'export=json&fields=*']) {
    const all = await send('GET', `items/${table}?${query}`);
    t.ok(all.json !== undefined && all.status < 500, `${type}, ${query}: ${told(all)}`);
  }
  for (const no of wrong) {
    const body = `{"k":${value},"other":${JSON.stringify(no)}}`;
    for (const path of [`items/${table}?upsert=k`, `items/${table}`]) {
      const refused = await send('POST', path, body);
      t.ok(refused.status === 422, `${type} takes no ${no} (${path}): ${told(refused)}`);
    }
    const key = await send('POST', `items/${table}?upsert=k`, `{"k":${JSON.stringify(no)},"word":"no"}`);
    t.equal(key.status, 422, `${type} takes no ${no} as a key: ${told(key)}`);
  }
}

async function run(t: Tester, vendor: TestVendor): Promise<void> {
  const missing = vendor === 'postgres' ? await missingExtensions(['hstore', 'ltree', 'citext']) : [];
  const chosen = kinds[vendor].filter(({ extension }) => extension === undefined || !missing.includes(extension));
  await withDatabase(vendor, async (config) => {
    const extensions = chosen.flatMap(({ extension }) => (extension === undefined ? [] : [`create extension ${extension};`]));
    const made = chosen.map(({ type }, i) => `create table t${i} (k ${type} not null primary key, other ${type}, word varchar(20));`);
    await loadSql(config, [...extensions, ...made].join('\n'));
    await installSystem(config, token);
    const gateway = await startGateway({ [project]: config });
    const send: Send = (method, path, body) =>
      ask(gateway.url, `/${project}/${path}`, { token, method, ...(body === undefined ? {} : { body }) });
    try {
      for (const [i, kind] of chosen.entries()) {
        await send('PATCH', `collections/t${i}`, '{"managed":true}');
        await kept(t, send, `t${i}`, kind);
      }
    } finally {
      await gateway.close();
    }
  });
}

export const ownColumns: Feature = {
  promise: 'columns of types that one database alone has are served like any',
  run: (t, { vendor }) => run(t, vendor),
};
