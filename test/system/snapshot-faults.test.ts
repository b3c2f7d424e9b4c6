/** A snapshot whose application fails anywhere on its way leaves tables, rows and metadata as they were. */
import t from 'tap';
import type { Connection, DatabaseConfig, Transaction } from '../../src/dialect/types.ts';
import { silentLog } from '../../src/lib/log.ts';
import { planSnapshot } from '../../src/system/snapshot/apply.ts';
import { readState } from '../../src/system/snapshot/open.ts';
import { takeSnapshot } from '../../src/system/snapshot/take.ts';
import { printSnapshot } from '../../src/system/snapshot/text.ts';
import type { FieldEntry, Snapshot } from '../../src/system/snapshot/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { installSystem } from '../support/garden.ts';
import { testVendors, whyNot, withDatabase } from '../support/vendors.ts';

const key: FieldEntry = {
  field: 'id',
  type: 'integer',
  column: { datatype: 'INT', nullable: false, primary_key: true, auto_increment: true },
};
const text = (field: string, length: string, unique = false): FieldEntry => ({
  field,
  type: 'string',
  column: { datatype: 'VARCHAR', length, nullable: true, unique },
  row: { interface: 'text-input' },
});
const link = (field: string, collection: string): FieldEntry => ({
  field,
  type: 'integer',
  column: { datatype: 'INT', nullable: true, foreign_key: collection },
});
const row = { icon: 'anchor' };

/** With tables, columns and rows that are new, and others that change: of the system's own too, which rows are written to as well. */
const wanted = (is: Snapshot): Snapshot => ({
  ...is,
  roles: [...is.roles, { ...is.roles[0], name: 'Harbour', fixed: null }],
  collections: [
    { collection: 'berths', row, fields: [key, link('pier', 'piers')] },
    { collection: 'directus_roles', fields: [text('desk', '10')] },
    { collection: 'makers', row: { icon: 'person' }, fields: [key, text('name', '90', true), link('pier', 'piers'), text('town', '20')] },
    { collection: 'piers', row, fields: [key, text('name', '20')] },
  ],
  settings: [...is.settings, { key: 'harbour', value: 'North' }],
});

interface Opened {
  readonly connection: Connection;
  /** All that the database has of tables and of what is said of them. */
  state(): Promise<string>;
  snapshot(): Promise<Snapshot>;
  apply(snapshot: Snapshot): Promise<void>;
}

async function opened(database: DatabaseConfig, run: (open: Opened) => Promise<void>): Promise<void> {
  const vendor = vendorOf(database.client);
  const connection = await vendor.connect(database);
  const storage = { driver: 'local', root: '.' } as const;
  const read = () => readState(connection, vendor, { key: 'boats', database, secret: 'long enough for a test', storage, private: false });
  const sorted = (indexes: readonly (readonly string[])[]) => indexes.map((columns) => columns.join()).sort();
  try {
    await run({
      connection,
      snapshot: async () => takeSnapshot(await read()),
      async state() {
        const state = await read();
        const tables = state.introspection.tables.map(({ rowEstimate: _, indexes, unique, ...table }) => ({
          ...table,
          indexes: sorted(indexes),
          unique: sorted(unique),
        }));
        return `${JSON.stringify(tables, undefined, 1)}${printSnapshot(takeSnapshot(state))}`;
      },
      async apply(snapshot) {
        await planSnapshot(await read(), snapshot, { log: silentLog, force: false }).run();
      },
    });
  } finally {
    await connection.close();
  }
}

/** Fails before the n-th statement that changes a table or a row is sent; false where there are fewer. */
async function failsAt(n: number, { connection, apply }: Opened, snapshot: Snapshot): Promise<boolean> {
  let count = 0;
  connection.onStatement = ({ text: sent }) => {
    if (/\b(?:create table|alter table)\b/i.test(sent)) count += 1;
    if (count === n) {
      count += 1;
      throw new Error('injected');
    }
  };
  try {
    await apply(snapshot);
    return false;
  } catch (error) {
    if (!/injected/.test(String(error))) throw error;
    return true;
  } finally {
    connection.onStatement = undefined;
  }
}

/** All statements succeed, and the commit does not. */
async function failsAtCommit({ connection, apply }: Opened, snapshot: Snapshot): Promise<unknown> {
  const { transaction, rebuilding } = connection;
  const failing =
    (begin: Connection['transaction']): Connection['transaction'] =>
    (run) =>
      begin(async (inside: Transaction) => {
        await run(inside);
        throw new Error('injected');
      });
  connection.transaction = failing(transaction);
  if (rebuilding) connection.rebuilding = failing(rebuilding);
  try {
    return await apply(snapshot);
  } catch (error) {
    return error;
  } finally {
    connection.transaction = transaction;
    if (rebuilding) connection.rebuilding = rebuilding;
  }
}

for (const vendor of testVendors) {
  t.test(`a snapshot that fails on ${vendor}`, { timeout: 120_000 }, async (t) => {
    const missing = await whyNot(vendor);
    if (missing !== undefined) return t.comment(missing);
    await withDatabase(vendor, async (database) => {
      await installSystem(database, 'token');
      await opened(database, async (open) => {
        const first = await open.snapshot();
        await open.apply({ ...first, collections: [{ collection: 'makers', row, fields: [key, text('name', '80')] }] });
        await open.connection.knex('makers').insert({ name: 'Anna' });
        const before = await open.state();
        const snapshot = wanted(await open.snapshot());
        t.match(String(await failsAtCommit(open, snapshot)), /injected/, 'the commit fails');
        t.equal(await open.state(), before, 'nothing is left of it without the commit');
        let n = 1;
        for (; await failsAt(n, open, snapshot); n += 1) {
          const after = await open.state();
          if (after !== before) return void t.equal(after, before, `nothing is left of it without change ${n}`);
        }
        t.ok(n > 4, 'it failed at each of its changes');
        t.match(await open.state(), /"harbour"/, 'and is done at last');
        t.equal((await open.connection.knex('makers').select('name'))[0]?.name, 'Anna');
      });
    });
  });
}
