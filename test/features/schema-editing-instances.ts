/** Part of a promise: instances in front of one database see each other's changes of the schema, and never make two of them at once (architecture §9). */

import { tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at } from '../support/http.ts';
import type { OwnGarden } from '../support/own-garden.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
const text = (field: string) => ({ field, type: 'string', datatype: 'VARCHAR', length: 20 });

type Send = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Longer than it takes a busy machine to look at what others have changed. */
const patience = 60_000;

async function seen(t: Tester, one: Send, other: Send): Promise<void> {
  const gets = (path: string, status: number) => eventually(async () => (await other('GET', path)).status === status, patience);
  const made = await one('POST', 'collections', { collection: 'huts', fields: [key, text('name'), text('colour')] });
  t.equal(made.status, 200, told(made));
  t.ok(await gets('items/huts', 200), 'a collection is served by the other one');
  t.equal((await other('POST', 'items/huts', { name: 'x' })).status, 200, 'and written to');
  t.equal((await one('PATCH', 'fields/huts/name', { length: 30 })).status, 200);
  const changed = await other('PATCH', 'fields/huts/name', { note: 'y' });
  t.match(at(changed.json, 'data'), { length: '30', note: 'y' }, 'whoever changes something sees first what the other one changed');
  await one('DELETE', 'fields/huts/colour');
  t.ok(await gets('items/huts?fields=colour', 422), 'what is gone is gone everywhere');
}

/** Both change the same table at the same time. */
async function together(t: Tester, garden: OwnGarden, one: Send, other: Send): Promise<void> {
  const names = ['a', 'b', 'c'];
  const own = names.flatMap((name) => [
    one('POST', 'fields/huts', text(`one_${name}`)),
    other('POST', 'fields/huts', text(`other_${name}`)),
  ]);
  const same = [one, other].map((send) => send('POST', 'fields/huts', text('both')));
  for (const answer of await Promise.all(own)) t.equal(answer.status, 200, told(answer));
  const both = await Promise.all(same);
  t.strictSame(both.map(({ status }) => status).sort(), [200, 422], `one of two makes it: ${both.map(told).join(' ')}`);
  const rows = (await garden.rows('directus_fields', { collection: 'huts' })).map((row) => String(row['field']));
  const wanted = ['both', 'id', 'name', ...names.map((name) => `one_${name}`), ...names.map((name) => `other_${name}`)].sort();
  t.strictSame(rows.sort(), wanted, 'each is said once');
  const columns = await garden.gateway.connection?.knex('huts').columnInfo();
  t.strictSame(Object.keys(columns ?? {}).sort(), wanted, 'and is there');
}

/** Over the garden's database. */
export async function instances(t: Tester, garden: OwnGarden): Promise<void> {
  const second = await startGateway({ [project]: garden.config });
  try {
    const other: Send = (method, path, body) =>
      ask(second.url, `/${project}/${path}`, {
        method,
        token: tokens.admin,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    await t.test('each sees what the other one has changed', (t) => seen(t, garden.send, other));
    await t.test('changes at the same time are made one after the other', (t) => together(t, garden, garden.send, other));
  } finally {
    await second.close();
  }
}
