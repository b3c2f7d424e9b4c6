/** Promise: a write that fails anywhere has not happened: not its rows, not its history; and the project serves on. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { root } from '../support/entry.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { saysWhy, told } from '../support/expect.ts';
import type { Answer } from '../support/http.ts';
import { loadSql, urlOf } from '../support/sql-text.ts';
import { openProxy } from '../support/tcp-proxy.ts';
import type { TestVendor } from '../support/vendors.ts';
import { withDatabase } from '../support/vendors.ts';
import { dump, leavesAll, loadWriting, served, type WritingWorld, withWriting } from '../support/writing.ts';

/** Rows before it, its own, behind it; made, changed and deleted. */
const body = {
  title: 'Apple of faults',
  family: { code: 'FLT', name: 'made' },
  zone: { id: 4, name: 'changed' },
  sightings: [{ note: 'made' }, { id: 1, note: 'changed' }, { id: 2, $delete: true }],
  labels: [
    { language: 'xx', name: 'made' },
    { id: 1, name: 'changed' },
  ],
  uses: [{ use_id: { name: 'made' }, weight: 1 }],
};
const write = (world: WritingWorld): Promise<Answer> => world.send('PATCH', 'plants/1?fields=*.*&comment=faults', body);

/** Whether the statement that is being sent is one that a project sends by itself, told by where it comes from. */
function asksBeside(): boolean {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const from = new Error('where from').stack?.replaceAll(root, '') ?? '';
  Error.stackTraceLimit = limit;
  return /src\/(?:projects|extensions)\//.test(from);
}

/** A write of which the nth statement fails. `fail` is called as that is sent. */
async function failing(world: WritingWorld, nth: number, fail: () => void): Promise<Answer> {
  const { connection } = world.gateway;
  if (!connection) throw new Error('no connection');
  const observe = connection.onStatement;
  let count = 0;
  connection.onStatement = () => {
    // Whether schema, rules and rows of the system are those of now is asked beside the write, which goes on without an answer.
    if (asksBeside()) return;
    count += 1;
    if (count === nth) fail();
  };
  try {
    return await write(world);
  } finally {
    if (observe) connection.onStatement = observe;
  }
}

async function servesOn(t: Tester, world: WritingWorld): Promise<void> {
  const end = Date.now() + 10_000;
  let answer = await world.send('PATCH', 'zones/9?activity_skip=1', { name: 'Pond' });
  while (answer.status !== 200 && Date.now() < end) {
    await pause(50);
    answer = await world.send('PATCH', 'zones/9?activity_skip=1', { name: 'Pond' });
  }
  t.equal(answer.status, 200, `serves on (${told(answer)})`);
}

/** For every statement of the write: it fails there, nothing has changed, the next write works. Ends with the write that nothing disturbs. */
async function everyStatement(t: Tester, world: WritingWorld, fail: () => void, mend: () => Promise<void>): Promise<void> {
  for (let nth = 1; nth < 100; nth += 1) {
    const before = await dump(world);
    let reached = false;
    const answer = await failing(world, nth, () => {
      reached = true;
      fail();
    });
    await mend();
    if (!reached) {
      t.equal(answer.status, 200, `undisturbed it works (${told(answer)})`);
      t.ok(nth > 12, `${nth - 1} statements failed one after another`);
      return;
    }
    t.ok(answer.status >= 500, `statement ${nth}: ${told(answer)}`);
    saysWhy(t, answer, `statement ${nth}`);
    await servesOn(t, world);
    t.strictSame(Object.fromEntries(await dump(world)), Object.fromEntries(before), `statement ${nth}: nothing has changed`);
  }
  t.fail('no end of statements');
}

/** The gateway itself fails between two statements. */
async function ownFaults(t: Tester, world: WritingWorld): Promise<void> {
  const fail = (): void => {
    throw new Error('insert into plants: a fault that nobody is told of');
  };
  await everyStatement(t, world, fail, async () => undefined);
}

/** The way to the database is cut as a statement is sent. */
async function cuts(t: Tester, vendor: TestVendor, config: DatabaseConfig): Promise<void> {
  const url = new URL(urlOf(config));
  const proxy = await openProxy(url.hostname, Number(url.port || (vendor === 'postgres' ? 5432 : 3306)));
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  try {
    await served(vendor, { ...config, connection: url.href }, async (world) => {
      let cut: Promise<void> | undefined;
      const fail = (): void => {
        cut = proxy.cut();
      };
      const mend = async (): Promise<void> => {
        if (!cut) return;
        await cut;
        cut = undefined;
        await proxy.mend();
      };
      await everyStatement(t, world, fail, mend);
    });
  } finally {
    await proxy.cut();
  }
}

const events: readonly (readonly [table: string, event: 'insert' | 'update' | 'delete'])[] = [
  ['families', 'insert'],
  ['zones', 'update'],
  ['plants', 'update'],
  ['sightings', 'insert'],
  ['sightings', 'update'],
  ['sightings', 'delete'],
  ['plant_texts', 'update'],
  ['uses', 'insert'],
  ['plant_uses', 'insert'],
  ['directus_activity', 'insert'],
  ['directus_revisions', 'insert'],
];

function triggerText(vendor: TestVendor, table: string, event: string): string {
  switch (vendor) {
    case 'sqlite':
      return `create trigger refuses after ${event} on ${table} begin select raise(abort, 'refused by a trigger'); end;`;
    case 'postgres':
      return `create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused by a trigger'; end $$;
        create trigger refuses after ${event} on ${table} for each row execute function refuse();`;
    case 'mysql':
      return `DELIMITER //\ncreate trigger refuses after ${event} on ${table} for each row signal sqlstate '45000' set message_text = 'refused by a trigger'//\nDELIMITER ;`;
  }
}

/** The database refuses a row. */
async function triggers(t: Tester, world: WritingWorld): Promise<void> {
  for (const [table, event] of events) {
    await loadSql(world.config, triggerText(world.vendor, table, event));
    await leavesAll(t, world, `${event} of ${table}`, async () => {
      const answer = await write(world);
      t.ok(answer.status >= 400, `${event} of ${table}: ${told(answer)}`);
      saysWhy(t, answer, `${event} of ${table}`);
    });
    await loadSql(world.config, `drop trigger refuses${world.vendor === 'postgres' ? ` on ${table}` : ''};`);
  }
  await servesOn(t, world);
}

export const writingFaults: Feature = {
  promise: 'a write that fails anywhere has not happened',
  run: (t, { vendor }) =>
    withDatabase(vendor, async (config) => {
      await loadWriting(vendor, config);
      await served(vendor, config, async (world) => {
        await t.test('refused by the database', (t) => triggers(t, world));
      });
      // A file is not reached over a network.
      if (vendor !== 'sqlite') await t.test('the way is cut', (t) => cuts(t, vendor, config));
      await withWriting(vendor, async (world) => {
        await t.test('between two statements', (t) => ownFaults(t, world));
      });
    }),
};
