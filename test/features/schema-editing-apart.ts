/** Promise: while a table is being changed, and many ask for its rows, everything else of the project is answered. */
import { Agent } from 'node:http';
import knex from 'knex';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };

/** Whether a change of a table waits for a lock. */
async function waits(outside: knex.Knex, postgres: boolean): Promise<boolean> {
  const found = postgres
    ? await outside('pg_locks')
        .where({ granted: false, mode: 'AccessExclusiveLock' })
        .whereRaw('database = (select oid from pg_database where datname = current_database())')
        .select('pid')
    : await outside('information_schema.processlist')
        .where('state', 'like', '%table metadata lock%')
        .whereRaw('db = database()')
        .select('id');
  return found.length > 0;
}

/** Somebody else holds a lock on the table, so that its change has to wait. */
async function apart(t: Tester, garden: OwnGarden): Promise<void> {
  const { client, connection } = garden.config;
  const outside = knex({ client, connection, pool: { min: 2, max: 2 } });
  // Those who wait have connections of their own to the server too.
  const agent = new Agent({ maxSockets: 30 });
  const holding = await outside.transaction();
  try {
    await holding('sheds').select('id');
    const change = garden.send('POST', 'fields/sheds', { field: 'more', type: 'integer', datatype: 'INT' });
    t.ok(await eventually(() => waits(outside, client === 'pg')), 'the change waits');
    let answered = 0;
    const reads = Array.from({ length: 30 }, () =>
      garden.get('items/sheds', 'admin', { agent }).then((answer) => {
        answered += 1;
        return answer;
      }),
    );
    const others = await Promise.all(['items/doors', 'users/me', 'fields/doors'].map((path) => garden.get(path, 'admin')));
    const written = await garden.send('POST', 'items/doors', {});
    t.equal(answered, 0, 'while none of those who wait for it is answered');
    for (const answer of [...others, written]) t.equal(answer.status, 200, told(answer));
    await holding.rollback();
    t.equal((await change).status, 200, told(await change));
    for (const answer of await Promise.all(reads)) t.equal(answer.status, 200, told(answer));
  } finally {
    if (!holding.isCompleted()) await holding.rollback();
    agent.destroy();
    await outside.destroy();
  }
}

export const schemaEditingApart: Feature = {
  promise: 'while a table is being changed, and many ask for its rows, everything else is answered',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await garden.send('POST', 'collections', { collection: 'sheds', fields: [key] });
      await garden.send('POST', 'collections', { collection: 'doors', fields: [key] });
      if (garden.vendor === 'sqlite') t.pass('one connection, which never waits for a lock of a table');
      else await apart(t, garden);
    }),
};
