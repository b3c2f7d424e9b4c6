/** Snapshots: the same configuration on every database, applied as one or not at all. */
import t from 'tap';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { silentLog } from '../../src/lib/log.ts';
import { planSnapshot } from '../../src/system/snapshot/apply.ts';
import { printLines } from '../../src/system/snapshot/lines.ts';
import { readState, type State } from '../../src/system/snapshot/open.ts';
import { takeSnapshot } from '../../src/system/snapshot/take.ts';
import { parseSnapshot, printSnapshot } from '../../src/system/snapshot/text.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import type { Tester } from '../support/expect.ts';
import { installSystem } from '../support/garden.ts';
import { type TestVendor, testVendors, whyNot, withDatabase } from '../support/vendors.ts';
import { makeWorld } from './snapshot-world.ts';

async function within<T>(database: DatabaseConfig, run: (state: State) => Promise<T>): Promise<T> {
  const vendor = vendorOf(database.client);
  const connection = await vendor.connect(database);
  try {
    const storage = { driver: 'local', root: '.' } as const;
    const config = { key: 'boats', database, secret: 'long enough for a test', storage, private: false };
    return await run(await readState(connection, vendor, config));
  } finally {
    await connection.close();
  }
}

const taken = (database: DatabaseConfig): Promise<string> => within(database, async (state) => printSnapshot(takeSnapshot(state)));

interface Applied {
  readonly lines: readonly string[];
  readonly changes: boolean;
}

const applied = (database: DatabaseConfig, text: string, dry = false): Promise<Applied> =>
  within(database, async (state) => {
    const plan = planSnapshot(state, parseSnapshot(text), { log: silentLog, force: false });
    if (plan.changes && !dry) await plan.run();
    return { lines: printLines(plan.lines), changes: plan.changes };
  });

/** Only MySQL has unsigned numbers. */
const portable = (text: string): string => text.replaceAll(/ *"unsigned": true,\n/g, '');

async function moves(t: Tester, text: string, to: TestVendor): Promise<void> {
  await withDatabase(to, async (database) => {
    await installSystem(database, 'token');
    const dry = await applied(database, text, true);
    t.ok(dry.changes && dry.lines.some((line) => line.startsWith('+ collection boats: code, status')), 'the difference is told first');
    const first = await applied(database, text);
    t.strictSame(first.lines, dry.lines, 'a dry run changed nothing');
    t.strictSame(await applied(database, text), { lines: [], changes: false }, 'a second time there is nothing to do');
    t.equal(portable(await taken(database)), portable(text), 'its own snapshot says the same');
    if (to !== 'sqlite') return;
    await changes(t, database, text);
    await refuses(t, database, text);
  });
}

async function changes(t: Tester, database: DatabaseConfig, text: string): Promise<void> {
  const other = text
    .replace('"length": "80"', '"length": "90"')
    .replace('"icon": "person"', '"icon": "work"')
    .replace('"value": "North"', '"value": "South"')
    .replace('"status": "inactive"', '"status": "active"')
    .replace(/,\n *\{\n *"role": "Public",\n *"collection": "makers",[^}]*\}/, '');
  const { lines } = await applied(database, other);
  t.strictSame(lines, [
    '~ column makers.name: VARCHAR(80) -> VARCHAR(90)',
    '~ collection makers: icon',
    '- permission Public makers',
    '~ setting harbour: value',
    '~ webhook boats item.create:after post https://example.com/boats: status',
  ]);
  t.equal(await taken(database), other, 'what differs is changed, and nothing else');
  t.ok((await applied(database, text)).changes, 'and back');
}

/** Each of these is wrong in one place. */
const broken: readonly [what: string, spoil: (text: string) => string, refusal: RegExp][] = [
  ['no JSON', (text) => text.replace('"roles": [', '"roles": '), /not valid JSON: see line/],
  ['an unknown part', (text) => text.replace('"format": 1', '"format": 1, "users": []'), /"users" is not known/],
  ['another format', (text) => text.replace('"format": 1', '"format": 2'), /format: This must be 1/],
  ['an unknown type', (text) => text.replace('"type": "m2o"', '"type": "m2many"'), /boats\.maker: .*m2many/],
  ['an unknown datatype', (text) => text.replace('"DOUBLE"', '"TRIPLE"'), /boats\.weight: .*TRIPLE/],
  ['a column where none can be', (text) => text.replace('"type": "m2o"', '"type": "alias"'), /boats\.maker: .* have no column/],
  [
    'a permission on nothing',
    (text) => text.replace('"collection": "makers",\n      "status"', '"collection": "nobody",\n      "status"'),
    /"nobody"/,
  ],
  ['an unknown level', (text) => text.replace('"read": "mine"', '"read": "some"'), /read: This must be one of none, mine/],
  ['an unknown role', (text) => text.replace('"role": "Harbour"', '"role": "Sea"'), /role: The role is none of those/],
  ['a relation of nothing', (text) => text.replace('"field_many": "maker"', '"field_many": "builder"'), /no field "builder"/],
  ['a value that no column takes', (text) => text.replace('"sort": 4', '"sort": "first"'), /boats\.story: /],
  ['a default that is none', (text) => text.replace('"default": "3"', '"default": "three"'), /boats\.count: default_value/],
  ['a secret address', (text) => text.replace('example.com/boats', 'example.com/boats?***'), /stars for what is secret/],
  ['another primary key', (text) => text.replace('"primary_key": true', '"primary_key": false'), /boats\.code: primary_key/],
  ['a shorter column', (text) => text.replace('"length": "80"', '"length": "2"'), /do not fit/],
];

async function refuses(t: Tester, database: DatabaseConfig, text: string): Promise<void> {
  const vendor = vendorOf(database.client);
  const connection = await vendor.connect(database);
  await connection.knex('makers').insert({ name: 'Anna Long' });
  await connection.close();
  for (const [what, spoil, refusal] of broken) {
    const spoilt = spoil(text);
    if (spoilt === text) t.fail(`${what}: there is nothing to spoil`);
    const refused: unknown = await applied(database, spoilt).catch((error: unknown) => error);
    t.match(refused instanceof GatewayError ? refused.message : refused, refusal, what);
  }
  t.equal(await taken(database), text, 'and none of them changed anything');
}

const ways: readonly (readonly [from: TestVendor, to: readonly TestVendor[]])[] = [
  ['sqlite', ['postgres', 'mysql']],
  ['postgres', ['sqlite']],
  ['mysql', []],
];

t.setTimeout(700_000);
for (const [from, targets] of ways) {
  t.test(`snapshots of ${from}`, async (t) => {
    for (const vendor of testVendors) {
      const missing = targets.includes(vendor) || vendor === from ? await whyNot(vendor) : undefined;
      if (missing !== undefined) return t.comment(missing);
    }
    const text = await withDatabase(from, async (database) => {
      await makeWorld(database);
      const first = await taken(database);
      t.equal(await taken(database), first, 'the same configuration is the same text');
      t.strictSame(await applied(database, first), { lines: [], changes: false }, 'it is what it says');
      return first;
    });
    t.notMatch(text, /token-of-the-admin|youtube_api_key|app_url|external_id|"title": "mine"|\$2y\$/, 'no secrets, and nothing of people');
    for (const to of targets) await t.test(`on ${to}`, (t) => moves(t, text, to));
  });
}
