/** Promise: many write at once, in whatever order they meet, and none of them loses anything; a write of many rows takes few statements. */
import { Agent } from 'node:http';
import { tokens } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { type Answer, ask, rows } from '../support/http.ts';
import { withDatabase } from '../support/vendors.ts';
import { historySince, lastActivity, loadWriting, served, type WritingWorld } from '../support/writing.ts';

type Send = (method: string, path: string, body: unknown) => Promise<Answer>;

/** Requests of which all are under way at once. */
async function atOnce<T>(world: WritingWorld, run: (send: Send) => Promise<T>): Promise<T> {
  const agent = new Agent({ keepAlive: true });
  try {
    return await run((method, path, body) =>
      ask(world.gateway.url, `/${project}/items/${path}`, { method, body: JSON.stringify(body), token: tokens.admin, agent }),
    );
  } finally {
    agent.destroy();
  }
}

function allDone(t: Tester, answers: readonly Answer[], what: string): void {
  const refused = answers.filter(({ status }) => status !== 200);
  t.strictSame(refused.map(told), [], `${what}: all ${answers.length} are answered`);
}

async function manyWriters(t: Tester, world: WritingWorld): Promise<void> {
  const since = await lastActivity(world);
  const answers = await atOnce(world, (send) =>
    Promise.all(
      Array.from({ length: 200 }, () =>
        send('POST', 'knots?fields=id', { name: 'many', children: [{ name: 'child' }], remarks: [{ words: 'a' }, { words: 'b' }] }),
      ),
    ),
  );
  allDone(t, answers, '200 writers');
  t.equal((await world.knex('knots').where({ name: 'many' })).length, 200, 'each made its row');
  t.equal((await world.knex('remarks')).length, 400, 'and its rows below');
  t.equal((await historySince(world, since)).length, 800, 'and its history');
}

/** They lock the same rows, each beginning at another. */
async function crossing(t: Tester, world: WritingWorld): Promise<void> {
  const ids = [9001, 9002, 9003, 9004, 9005, 9006];
  await world.knex('marks').insert(ids.map((id) => ({ id, name: 'start' })));
  await world.knex('knots').insert(ids.map((id) => ({ id, name: 'start' })));
  const turned = (by: number): number[] => [...ids.slice(by), ...ids.slice(0, by)];
  const since = await lastActivity(world);
  const answers = await atOnce(world, (send) =>
    Promise.all(
      Array.from({ length: 40 }, (_, i) => {
        const order = i % 2 === 0 ? turned(i % 6) : turned(i % 6).reverse();
        if (i % 4 < 2) return send('PATCH', `marks/${order.join(',')}?fields=id`, { name: `w${i}` });
        return send(
          'PATCH',
          'marks?fields=id',
          order.map((id) => ({ id, name: `w${i}` })),
        );
      }),
    ),
  );
  allDone(t, answers, 'the same rows in any order');
  const names = new Set((await world.knex('marks').whereIn('id', ids)).map(({ name }) => String(name)));
  t.equal(names.size, 1, `one of them was the last, with all of its rows (${[...names].join(', ')})`);
  t.equal((await historySince(world, since)).length, 240, 'each is told once, however often it was tried');

  const tables = await atOnce(world, (send) =>
    Promise.all(
      Array.from({ length: 4 }, (_, i) =>
        i % 2 === 0
          ? send('PATCH', 'knots/9001?fields=id', { name: `a${i}`, marks: [{ mark: { id: 9001, name: `a${i}` } }] })
          : send('PATCH', 'marks/9001?fields=id', { name: `b${i}`, knots: [{ knot: { id: 9001, name: `b${i}` } }] }),
      ),
    ),
  );
  allDone(t, tables, 'two tables in opposite order');
  t.equal((await world.knex('knot_marks').where({ knot: 9001, mark: 9001 })).length, 4, 'each tied both once');
}

async function fewStatements(t: Tester, world: WritingWorld): Promise<void> {
  const { statements } = world.gateway;
  const count = async (rows: number): Promise<number> => {
    const first = statements.length;
    const items = Array.from({ length: rows }, (_, i) => ({
      name: `r${i}`,
      parent: { name: 'above' },
      children: [{ name: 'below', remarks: [{ words: 'deep' }] }],
      remarks: [{ words: 'x' }, { words: 'y' }],
      marks: [{ weight: 1, mark: { name: 'm' } }],
    }));
    const answer = await world.send('POST', 'knots?fields=id', items);
    t.equal(answer.status, 200, `${rows} rows (${told(answer)})`);
    const made = statements.slice(first).filter(({ text }) => !text.startsWith('pragma')).length;
    const changed = await world.send(
      'PATCH',
      'knots?fields=id',
      JSON.parse(answer.text).data.map(({ id }: { id: number }, i: number) => ({ id, name: `c${i}` })),
    );
    t.equal(changed.status, 200, `${rows} rows are changed (${told(changed)})`);
    return made;
  };
  await count(2);
  const [few, many] = [await count(20), await count(500)];
  // 4,500 rows with their history are more than one statement holds.
  t.ok(many < few + 40, `20 rows with 180 below take ${few} statements, 500 with 4,500 below ${many}`);
  const first = statements.length;
  const ids = (await world.knex('knots').select('id').limit(600)).map(({ id }) => Number(id));
  const changed = await world.send(
    'PATCH',
    'knots?fields=id',
    ids.map((id) => ({ id, name: `n${id}`, children: [] })),
  );
  t.equal(changed.status, 200, told(changed));
  t.ok(statements.length - first < 20, `600 changes take ${statements.length - first} statements`);
  t.equal(
    (await world.knex('knots').whereIn('id', ids)).filter(({ id, name }) => name === `n${id}`).length,
    ids.length,
    'each has its own name',
  );
}

/** Keys of text, and of several columns, have a condition each. */
async function manyKeys(t: Tester, world: WritingWorld): Promise<void> {
  const codes = Array.from({ length: 1500 }, (_, i) => `k${i}`);
  const made = await world.send(
    'POST',
    'families?fields=code',
    codes.map((code) => ({ code, name: 'a' })),
  );
  t.equal(made.status, 200, told(made));
  const changed = await world.send(
    'PATCH',
    'families?fields=code',
    codes.map((code, i) => ({ code, name: `b${i}` })),
  );
  t.equal(changed.status, 200, told(changed));
  const parcels = Array.from({ length: 1500 }, (_, number) => ({ depot: 'big', number, weight: 1 }));
  const sent = await world.send('POST', 'shipments?fields=number', parcels);
  t.equal(sent.status, 200, told(sent));
  const heavier = await world.send(
    'PATCH',
    'shipments?fields=number',
    parcels.map((one) => ({ ...one, weight: one.number })),
  );
  t.equal(heavier.status, 200, told(heavier));
  const deleted = await world.send('DELETE', `families/${codes.slice(0, 1200).join(',')}`);
  t.equal(deleted.status, 204, told(deleted));
  const numbers = Array.from({ length: 6000 }, (_, i) => ({ name: `n${i}` }));
  const many = await world.send('POST', 'marks?fields=name', numbers);
  t.equal(rows(many).length, 6000, `as many as one write may make are answered (${told(many)})`);
  const long = 'x'.repeat(60_000);
  const wide = await world.send(
    'POST',
    'plant_texts?fields=id',
    Array.from({ length: 200 }, () => ({ language: 'xx', blurb: long })),
  );
  t.equal(wide.status, 200, `twelve megabytes (${told(wide)})`);
}

export const writingConcurrency: Feature = {
  promise: 'many write at once and many rows at once',
  run: (t, { vendor }) =>
    withDatabase(vendor, async (config) => {
      await loadWriting(vendor, config);
      await served(vendor, { ...config, pool: { max: 5 } }, async (world) => {
        await t.test('200 writers', (t) => manyWriters(t, world));
        await t.test('crossing one another', (t) => crossing(t, world));
        await t.test('statements', (t) => fewStatements(t, world));
        await t.test('many keys', (t) => manyKeys(t, world));
      });
    }),
};
