/** Promise: a change of the schema that fails anywhere on its way leaves tables, rows and metadata as they were. */
import type { Connection, Transaction } from '../../src/dialect/types.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { Answer } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { connectionOf, tablesNow } from '../support/schema-state.ts';

const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
const link = (field: string, collection: string) => ({ field, type: 'm2o', datatype: 'INT', foreign_key: collection });

type Step = readonly [method: string, path: string, body?: unknown];

const steps: readonly Step[] = [
  ['POST', 'collections', { collection: 'sheds', fields: [key, { field: 'name', type: 'string', datatype: 'VARCHAR', length: 20 }] }],
  ['POST', 'collections', { collection: 'shed_plants', fields: [key, link('shed', 'sheds'), link('plant', 'plants')] }],
  [
    'POST',
    'relations',
    { collection_many: 'shed_plants', field_many: 'plant', collection_one: 'plants', foreign_key: { on_delete: 'cascade' } },
  ],
  ['DELETE', 'relations/$last?foreign_key=1'],
  ['POST', 'fields/sheds', { field: 'size', type: 'integer', datatype: 'INT', unique: true, note: 'in metres' }],
  ['PATCH', 'fields/sheds/name', { datatype: 'TEXT', length: null, required: true, default_value: null, note: 'changed' }],
  [
    'PATCH',
    'collections/sheds',
    {
      note: 'x',
      fields: [
        { field: 'size', unique: false },
        { field: 'b', type: 'json', datatype: 'JSON' },
      ],
    },
  ],
  [
    'PATCH',
    'fields/sheds',
    [
      { field: 'size', datatype: 'BIGINT' },
      { field: 'name', required: false, sort: 7 },
    ],
  ],
  ['PATCH', 'fields/sheds/name?force=1', { datatype: 'VARCHAR', length: 3 }],
  ['PATCH', 'fields/sheds/b?force=1', { type: 'alias' }],
  ['DELETE', 'fields/sheds/size'],
  ['POST', 'fields/directus_users', { field: 'shed', type: 'm2o', datatype: 'INT', foreign_key: 'sheds' }],
  ['PATCH', 'fields/directus_users/shed', { note: 'where', required: false, unique: true }],
  ['DELETE', 'fields/directus_users/shed'],
  ['POST', 'relations', { collection_many: 'shed_plants', field_many: 'shed', collection_one: 'sheds', foreign_key: true }],
  ['PATCH', 'relations/$last', { foreign_key: { on_delete: 'cascade' }, field_one: 'plants', junction_field: 'plant' }],
  ['POST', 'fields/sheds', { field: 'plants', type: 'o2m' }],
  ['PATCH', 'relations/$last', { foreign_key: false }],
  ['DELETE', 'fields/shed_plants/plant'],
  ['DELETE', 'fields/sheds/plants?delete_junction=1&force=1'],
  ['PATCH', 'collections/sheds', { managed: false }],
  ['POST', 'collections', { collection: 'sheds', fields: [{ field: 'id', type: 'integer', note: 'taken over' }] }],
  ['POST', 'collections', { collection: 'shed_doors', fields: [key, link('shed', 'sheds')] }],
  ['DELETE', 'collections/sheds?force=1'],
];

const described = ['directus_collections', 'directus_fields', 'directus_relations', 'directus_permissions', 'directus_activity'];

/** All that the database has of tables and of what is said of them. */
async function state(garden: OwnGarden): Promise<string> {
  const own = await tablesNow(garden, /shed|directus_users/);
  const rows = await Promise.all(
    described.map(async (table) => JSON.stringify((await garden.rows(table)).map((row) => JSON.stringify(row)).sort())),
  );
  const { connection } = garden.gateway;
  const items = (await connection?.knex.schema.hasTable('sheds')) ? await garden.rows('sheds') : [];
  return JSON.stringify([own, rows, items], undefined, 1);
}

const send = (garden: OwnGarden, [method, path, body]: Step): Promise<Answer> => garden.send(method, path, body);

/** The step with the newest relation in the place of `$last`. */
async function named(garden: OwnGarden, [method, path, body]: Step): Promise<Step> {
  const ids = (await garden.rows('directus_relations')).map((row) => Number(row['id']));
  return [method, path.replace('$last', String(Math.max(...ids))), body];
}

/** The n-th statement of a request fails before it is sent. */
async function withoutStatement(garden: OwnGarden, n: number, run: () => Promise<Answer>): Promise<Answer> {
  const connection = connectionOf(garden);
  let count = 0;
  connection.onStatement = () => {
    count += 1;
    if (count === n) throw new Error('injected');
  };
  try {
    return await run();
  } finally {
    connection.onStatement = () => undefined;
  }
}

/** All statements succeed, and the commit does not. */
async function withoutCommit(garden: OwnGarden, run: () => Promise<Answer>): Promise<Answer> {
  const connection = connectionOf(garden);
  const { transaction, rebuilding } = connection;
  const failing = (begin: Connection['transaction']): Connection['transaction'] => {
    let failed = false;
    return (work) => {
      const once = !failed;
      failed = true;
      return begin(async (inside: Transaction) => {
        const result = await work(inside);
        // One fault at a time.
        if (once) connection.onStatement = () => undefined;
        if (once) throw new Error('injected');
        return result;
      });
    };
  };
  connection.transaction = failing(transaction);
  if (rebuilding) connection.rebuilding = failing(rebuilding);
  try {
    return await run();
  } finally {
    connection.transaction = transaction;
    if (rebuilding) connection.rebuilding = rebuilding;
  }
}

async function survives(t: Tester, garden: OwnGarden, step: Step): Promise<void> {
  const what = `${step[0]} ${step[1]}`;
  const before = await state(garden);
  const run = () => send(garden, step);
  // What cannot be taken back is brought to its end, though the commit fails the first time.
  const forGood = garden.vendor === 'mysql' && (step[1].includes('force=1') || (step[0] === 'DELETE' && !step[1].startsWith('relations')));
  if (!forGood) {
    const answer = await withoutCommit(garden, run);
    t.ok(answer.status >= 500, `${what}: the commit fails (${told(answer)})`);
    t.equal(await state(garden), before, `${what}: nothing is left of it`);
  }
  for (let n = 1; n < 150; n += 1) {
    const answer = await withoutStatement(garden, n, forGood ? () => withoutCommit(garden, run) : run);
    if (answer.status < 300) break;
    const after = await state(garden);
    if (after !== before) return void t.equal(after, before, `${what}: nothing is left of it without statement ${n} (${told(answer)})`);
  }
  t.not(await state(garden), before, `${what}: it is done at last`);
}

export const schemaEditingFaults: Feature = {
  promise: 'a change of the schema that fails leaves nothing behind',
  run: (t, world) =>
    ownGarden(world, async (garden) => {
      for (const step of steps) {
        await survives(t, garden, await named(garden, step));
        if (step[1].startsWith('collections') && step[0] === 'POST')
          await garden.send('POST', 'items/sheds', { name: `row ${Math.random()}` });
      }
    }),
};
