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
  ['DELETE', 'fields/sheds/size'],
  ['DELETE', 'collections/sheds?force=1'],
];

const described = ['directus_collections', 'directus_fields', 'directus_relations', 'directus_permissions', 'directus_activity'];

/** All that the database has of tables and of what is said of them. */
async function state(garden: OwnGarden): Promise<string> {
  const own = await tablesNow(garden, /shed/);
  const rows = await Promise.all(
    described.map(async (table) => JSON.stringify((await garden.rows(table)).map((row) => JSON.stringify(row)).sort())),
  );
  return JSON.stringify([own, rows], undefined, 1);
}

const send = (garden: OwnGarden, [method, path, body]: Step): Promise<Answer> => garden.send(method, path, body);

/** The step with the newest relation in the place of `$last`. */
async function named(garden: OwnGarden, [method, path, body]: Step): Promise<Step> {
  const ids = (await garden.rows('directus_relations')).map((row) => Number(row['id']));
  return [method, path.replace('$last', String(Math.max(...ids))), body];
}

/** The n-th statement of a request fails before it is sent. */
async function withoutStatement(garden: OwnGarden, step: Step, n: number): Promise<Answer> {
  const connection = connectionOf(garden);
  let count = 0;
  connection.onStatement = () => {
    count += 1;
    if (count === n) throw new Error('injected');
  };
  try {
    return await send(garden, step);
  } finally {
    connection.onStatement = () => undefined;
  }
}

/** All statements succeed, and the commit does not. */
async function withoutCommit(garden: OwnGarden, step: Step): Promise<Answer> {
  const connection = connectionOf(garden);
  const { transaction, rebuilding } = connection;
  const failing = (begin: Connection['transaction']): Connection['transaction'] => {
    let failed = false;
    return (run) => {
      const once = !failed;
      failed = true;
      return begin(async (inside: Transaction) => {
        const result = await run(inside);
        if (once) throw new Error('injected');
        return result;
      });
    };
  };
  connection.transaction = failing(transaction);
  if (rebuilding) connection.rebuilding = failing(rebuilding);
  try {
    return await send(garden, step);
  } finally {
    connection.transaction = transaction;
    if (rebuilding) connection.rebuilding = rebuilding;
  }
}

async function survives(t: Tester, garden: OwnGarden, step: Step): Promise<void> {
  const what = `${step[0]} ${step[1]}`;
  const before = await state(garden);
  // What cannot be taken back is brought to its end.
  const forGood = garden.vendor === 'mysql' && step[0] === 'DELETE';
  if (!forGood) {
    const answer = await withoutCommit(garden, step);
    t.ok(answer.status >= 500, `${what}: the commit fails (${told(answer)})`);
    t.equal(await state(garden), before, `${what}: nothing is left of it`);
  }
  for (let n = 1; n < 150; n += 1) {
    const answer = await withoutStatement(garden, step, n);
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
