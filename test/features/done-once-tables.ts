/** Promise: tables, fields and foreign keys are made, changed and deleted once for each Idempotency-Key. */
import type { Connection } from '../../src/dialect/types.ts';
import { tokens } from '../fixtures/garden-people.ts';
import { doneOnce, freshKey, type KeyedRequest, rowsOf, sendKeyed } from '../support/done-once.ts';
import { type Feature, refused, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { tablesNow } from '../support/schema-state.ts';

type Left = KeyedRequest['left'];

const token = tokens.admin;
const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true, signed: true };
const label = { field: 'label', type: 'string', datatype: 'VARCHAR', length: 9 };

/** Tables that the tests make, and what is said of all of them. */
const schemaOf =
  (garden: OwnGarden): Left =>
  async () => [
    await tablesNow(garden, /^once_/),
    await rowsOf(garden, 'directus_collections', 'directus_fields', 'directus_relations', 'directus_activity')(),
  ];

async function tables(t: Tester, garden: OwnGarden): Promise<void> {
  const left = schemaOf(garden);
  const shed = { collection: 'once_sheds', fields: [key, label] };
  await doneOnce(t, garden, { method: 'POST', path: 'collections', body: shed, other: { ...shed, note: 'x' }, token, left });
  const tool = { collection: 'once_tools', fields: [key, { field: 'shed', type: 'm2o', datatype: 'INT', signed: true }] };
  await doneOnce(t, garden, { method: 'POST', path: 'collections', body: tool, token, left });
  const note = { note: 'a note' };
  await doneOnce(t, garden, { method: 'PATCH', path: 'collections/once_sheds', body: note, other: { note: 'y' }, token, left });
  const size = { field: 'size', type: 'integer', datatype: 'INT' };
  await doneOnce(t, garden, { method: 'POST', path: 'fields/once_sheds', body: size, other: { ...size, note: 'x' }, token, left });
  await doneOnce(t, garden, { method: 'PATCH', path: 'fields/once_sheds/size', body: note, other: { note: 'y' }, token, left });
  const longer = [{ field: 'label', length: 20 }];
  await doneOnce(t, garden, {
    method: 'PATCH',
    path: 'fields/once_sheds',
    body: longer,
    other: [{ field: 'label', length: 21 }],
    token,
    left,
  });
  await doneOnce(t, garden, { method: 'DELETE', path: 'fields/once_sheds/size', status: 204, token, left });

  const relation = { collection_many: 'once_tools', field_many: 'shed', collection_one: 'once_sheds', foreign_key: true };
  const made = await doneOnce(t, garden, {
    method: 'POST',
    path: 'relations',
    body: relation,
    other: { ...relation, foreign_key: null },
    token,
    left,
  });
  const path = `relations/${String(at(made.json, 'data', 'id'))}`;
  await doneOnce(t, garden, { method: 'PATCH', path, body: { foreign_key: null }, other: { foreign_key: true }, token, left });
  await doneOnce(t, garden, { method: 'DELETE', path: `${path}?foreign_key=1`, status: 204, token, left });
  await doneOnce(t, garden, { method: 'DELETE', path: 'collections/once_tools', status: 204, token, left });

  const refusedKey = freshKey();
  const again = { method: 'POST', path: 'collections', token, left };
  refused(t, await sendKeyed(garden, refusedKey, again, shed), 422, 307, 'what is refused');
  t.equal((await sendKeyed(garden, refusedKey, again, { ...shed, collection: 'once_barns' })).status, 200, 'keeps no key');
  t.equal((await tablesNow(garden, /^once_/)).length, 2);
}

/** Who was killed behind the commit leaves a note, and the repetition reads the answer. */
async function noted(t: Tester, garden: OwnGarden): Promise<void> {
  const request = { method: 'POST', path: 'fields/once_sheds', token, left: schemaOf(garden) };
  const [name, body] = [freshKey(), { field: 'colour', type: 'string', datatype: 'VARCHAR', length: 9 }];
  const known = new Set((await garden.rows('sallyport_idempotency')).map(({ id }) => id));
  const first = await sendKeyed(garden, name, request, body);
  t.equal(first.status, 200, told(first));
  const row = (await garden.rows('sallyport_idempotency')).find(({ id }) => !known.has(id));
  const lost = { state: 'noted', answer: 'colour', status: null, content_type: null };
  await garden.gateway.connection?.knex('sallyport_idempotency').where({ id: row?.['id'] }).update(lost);
  const again = await sendKeyed(garden, name, request, body);
  t.strictSame([again.status, again.text, again.headers['idempotency-replayed']], [200, first.text, 'true'], told(again));

  const race = freshKey();
  const many = await Promise.all(Array.from({ length: 6 }, () => sendKeyed(garden, race, request, { ...body, field: 'raced' })));
  t.ok(
    many.every(({ status }) => status === 200 || status === 409),
    many.map(told).join(),
  );
  t.equal(many.filter(({ status, headers }) => status === 200 && !headers['idempotency-replayed']).length, 1, 'one of them does it');
}

/** Whose key somebody else has by now changes nothing: the table goes back with what is said of it. */
async function takenOver(t: Tester, garden: OwnGarden): Promise<void> {
  const { connection } = garden.gateway;
  if (!connection) return void t.fail('the garden is open');
  const left = schemaOf(garden);
  const before = JSON.stringify(await left());
  const real = { ...connection };
  const disturbed =
    (begin: Connection['transaction']): Connection['transaction'] =>
    (run) =>
      begin(async (transaction) => {
        const text = "update sallyport_idempotency set token = 'another' where state = 'running'";
        await transaction.execute({ text, values: [] });
        return run(transaction);
      });
  const { rebuilding } = real;
  Object.assign(connection, {
    transaction: disturbed(real.transaction),
    ...(rebuilding ? { rebuilding: disturbed(rebuilding) } : {}),
  });
  const request = { method: 'POST', path: 'fields/once_sheds', token, left };
  const late = await sendKeyed(garden, freshKey(), request, { field: 'late', type: 'string', datatype: 'VARCHAR', length: 9 });
  Object.assign(connection, { transaction: real.transaction, ...(rebuilding ? { rebuilding } : {}) });
  refused(t, late, 409, 12, 'too late');
  t.equal(JSON.stringify(await left()), before, 'neither the column nor what is said of it');
}

export const doneOnceTables: Feature = {
  promise: 'changes of the schema take an Idempotency-Key',
  databaseIndependent: 'which routes take a key; how one is kept is a promise of its own',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      await t.test('tables', (t) => tables(t, garden));
      await t.test('killed behind the commit', (t) => noted(t, garden));
      await t.test('somebody else’s key by then', (t) => takenOver(t, garden));
    }),
};
