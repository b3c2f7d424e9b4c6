/** Promise: filters of extensions see every row before it is written, and what they make of it is checked as if the caller had sent it. */

import { tokens } from '../fixtures/garden-people.ts';
import { filterFiles } from '../fixtures/hooks-of-writes.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type HookedWorld, withHooks } from '../support/hooked.ts';
import { type Answer, at } from '../support/http.ts';
import { gives, leavesAll } from '../support/writing.ts';

const name = (answer: Answer): unknown => (answer.status === 200 ? at(answer.json, 'data', 'name') : told(answer));

async function everyWay(t: Tester, world: HookedWorld): Promise<void> {
  const { send, ask } = world;
  const made = await send('POST', 'makers?fields=id,name', { name: 'Eve' });
  t.equal(name(made), 'Eve+', 'create');
  const id = String(at(made.json, 'data', 'id'));
  gives(t, await send('POST', 'makers?fields=name', [{ name: 'Fay' }, { name: 'Gil' }]), [{ name: 'Fay+' }, { name: 'Gil+' }], 'several');
  t.equal(name(await send('PATCH', `makers/${id}?fields=name`, { name: 'Eva' })), 'Eva~', 'update');
  gives(t, await send('PATCH', `makers/1,${id}?fields=name`, { name: 'Two' }), [{ name: 'Two~' }, { name: 'Two~' }], 'of several keys');
  await world.said();
  t.equal((await send('PATCH', 'makers?filter[name]=Two~&limit=5', { name: 'Three' })).status, 200);
  t.strictSame(
    await world
      .knex('makers')
      .where({ name: 'Three~' })
      .count({ n: '*' })
      .then(([row]) => Number(row?.['n'])),
    2,
    'by filter',
  );
  t.equal((await world.said()).length, 1, 'seen once');
  gives(
    t,
    await ask('POST', 'batch', {
      operations: [
        { method: 'create', collection: 'makers', item: { name: 'Hal' }, as: 'hal', fields: 'name' },
        { method: 'update', collection: 'makers', key: { $ref: 'hal' }, item: { name: 'Ian' }, fields: 'name' },
        { method: 'create', collection: 'things', item: { name: 'Saw', maker: { $ref: 'hal' } }, fields: 'name,maker.name' },
      ],
    }).then((answer) => ({ ...answer, json: { data: [0, 1, 2].map((i) => at(answer.json, 'data', i, 'item') ?? told(answer)) } })),
    [{ name: 'Hal+' }, { name: 'Ian~' }, { name: 'Saw+', maker: { name: 'Ian~' } }],
    'a batch',
  );
  const byGraphql = await ask('POST', 'gql', { query: 'mutation { create_makers_item(data: {name: "Joe"}) { name } }' });
  t.equal(at(byGraphql.json, 'data', 'create_makers_item', 'name'), 'Joe+', told(byGraphql));
  const byStrapi = await ask('POST', 'strapi/api/makers?fields=name', { data: { name: 'Kit' } });
  t.equal(at(byStrapi.json, 'data', 'attributes', 'name'), 'Kit+', told(byStrapi));
  await world.said();
  refused(t, await send('DELETE', 'things/2,1'), 409, 2, 'delete');
  t.match(await world.said(), [{ event: '- things', keys: ['2', '1'] }]);
}

async function upserts(t: Tester, world: HookedWorld): Promise<void> {
  const items = [
    { code: 'ham', name: 'Hammer' },
    { code: 'axe', name: 'Axe' },
  ];
  const answer = await world.send('POST', 'things?upsert=code&fields=name', items);
  gives(t, answer, [{ name: 'Hammer~' }, { name: 'Axe+' }], 'what is there is changed, what is not is made');
  refused(t, await world.send('POST', 'things?upsert=code', [{ code: 'new', name: 'Refuse' }]), 409, 2, 'refused');
}

async function nested(t: Tester, world: HookedWorld): Promise<void> {
  const { send } = world;
  const fields = 'fields=name,boss.name,team.name,things.name';
  gives(
    t,
    await send('POST', `makers?${fields}`, {
      name: 'Jo',
      boss: { name: 'Kim' },
      team: [{ id: 2, name: 'Bob' }, 3, { name: 'Lou', things: [{ name: 'Nail' }] }],
      things: { create: [{ name: 'Peg' }], update: [{ id: 2, name: 'Saw' }] },
    }),
    {
      name: 'Jo+',
      boss: { name: 'Kim+' },
      team: [{ name: 'Bob~' }, { name: 'Cyd' }, { name: 'Lou+' }],
      things: [{ name: 'Saw~' }, { name: 'Peg+' }],
    },
    'rows of every kind',
  );
  t.equal((await world.knex('things').where({ name: 'Nail+' })).length, 1, 'two levels down');
  const seen = (await world.said()).map(({ event, keys, name }) => [event, name, keys ?? []]);
  t.ok(
    seen.some((one) => JSON.stringify(one) === '["~ things","Saw",["2"]]'),
    `a row that is named is told by its key: ${JSON.stringify(seen)}`,
  );
  gives(
    t,
    await send('PATCH', `makers/1?fields=boss.name`, { boss: { id: 2, name: 'Bo', $delete: false } }),
    { boss: { name: 'Bo~' } },
    'a mark that says no',
  );
  const shared = await send('PATCH', 'makers/2,3?fields=things.name', { things: [{ name: 'Twin' }] });
  gives(t, shared, [{ things: [{ name: 'Twin+' }] }, { things: [{ name: 'Twin+' }] }], 'one object for two rows is seen once for each');
  await send('POST', 'knots', [
    { id: 201, name: 'one' },
    { id: 202, name: 'two' },
  ]);
  await send('PATCH', 'knots/201,202', { remarks: [{ words: 'twin' }], children: [{ name: 'below', remarks: [{ words: 'deep' }] }] });
  const words = (await world.knex('remarks').select('words')).map((row) => row.words).sort();
  t.strictSame(words, ['deep+', 'deep+', 'twin+', 'twin+'], 'also where nobody looks at the rows themselves');
  gives(t, await send('PATCH', 'makers/3?fields=boss', { boss: { id: 4711, name: 'Max' } }), { boss: 4711 }, 'a key that is not there');
  t.match(await world.knex('makers').where({ id: 4711 }), [{ name: 'Max+' }], 'is made, and seen as such');
  for (const body of [{ things: [{ id: 1, $delete: true }] }, { things: { delete: [1] } }, { things: { delete: [{ id: 1 }] } }]) {
    await leavesAll(t, world, JSON.stringify(body), async () =>
      refused(t, await send('PATCH', 'makers/1', body), 409, 2, 'a deletion below'),
    );
  }
  for (const body of [{ things: [{ name: 'Refuse' }] }, { boss: { name: 'Refuse' } }, { team: { create: [{ name: 'Refuse' }] } }]) {
    await leavesAll(t, world, JSON.stringify(body), async () =>
      refused(t, await send('PATCH', 'makers/1', body), 409, 2, 'a refusal below'),
    );
  }
  gives(
    t,
    await send('POST', 'makers?fields=name,things.name', { name: 'Nesting' }),
    { name: 'Nesting', things: [{ name: 'by the hook+' }] },
    'rows that a hook adds are seen too',
  );
  gives(
    t,
    await send('POST', 'makers?fields=name,things.name', { name: 'Emptying', things: [{ name: 'Refuse' }] }),
    { name: 'Emptying', things: [] },
    'those that it takes away are not',
  );
}

async function refusals(t: Tester, world: HookedWorld): Promise<void> {
  const sent: readonly [string, number, number | null][] = [
    ['Refuse', 409, 2],
    ['Break', 500, null],
    ['Slow', 500, null],
    ['Kind', 500, null],
    ['Lower', 422, 4],
    ['Unknown', 422, 12],
  ];
  for (const [word, status, code] of sent) {
    await leavesAll(t, world, word, async () => {
      const operations = [
        { method: 'create', collection: 'labels', item: { word: 'x' }, as: 'one' },
        { method: 'create', collection: 'makers', item: { name: word } },
      ];
      for (const answer of [
        await world.send('POST', 'makers', [{ name: 'Ann' }, { name: word }]),
        await world.send('PATCH', 'makers/1', { name: word }),
        await world.send('PATCH', 'makers?filter[id]=1&limit=1', { name: word }),
        await world.ask('POST', 'batch', { operations }),
      ]) {
        refused(t, answer, status, code, word);
        if (word === 'Refuse') t.match(at(answer.json, 'error', 'message'), /not this one/);
      }
    });
  }
  t.equal(name(await world.send('POST', 'makers?fields=name', { name: 'Late' })), 'Late', 'who changes it later changes nothing');
}

async function rights(t: Tester, world: HookedWorld): Promise<void> {
  refused(t, await world.send('POST', 'makers', { name: 'Mail' }, 'editor'), 403, 305, 'a field that the caller may not write');
  refused(t, await world.send('POST', 'makers', { name: 'Nesting' }, 'editor'), 403, 301, 'rows that he may not');
  t.equal(name(await world.send('POST', 'makers?fields=name', { name: 'Mail' })), 'Mail', 'who may writes them');
  await world.said();
  refused(t, await world.send('POST', 'things', { name: 'Saw' }, 'editor'), 403, 301, 'what is not granted');
  refused(t, await world.send('POST', 'makers', { name: 5, nosuch: 1 }, 'editor'), 422, 12, 'what is not valid');
  t.strictSame(await world.said(), [], 'is not shown to hooks');
  const read = await world.send('POST', 'makers?fields=name', { name: 'Reads' }, 'editor');
  t.match(name(read), /^R read_denied\/\d+$/, 'services read with permissions');
  t.equal(name(await world.send('POST', 'makers?fields=name', { name: 'Writes' }, 'editor')), 'W 1 create_denied', 'and write with them');
  const labels = () => world.knex('labels').orderBy('word');
  const before = await labels();
  const dryRun = await world.ask('POST', 'items/makers?dry_run=1&fields=name', { name: 'Writes' });
  t.equal(at(dryRun.json, 'data', 'answer', 'body', 'data', 'name'), 'W 1 1', told(dryRun));
  t.strictSame(await labels(), before, 'in a dry run nothing stays of it');
  const operations = ['Reads', 'Writes'].map((word) => ({
    method: 'create',
    collection: 'makers',
    item: { name: word, boss: { $ref: 'a' } },
    fields: 'name',
  }));
  const batch = await world.ask('POST', 'batch', {
    operations: [{ method: 'create', collection: 'makers', as: 'a', item: { name: 'Ann' } }, ...operations],
  });
  t.match(
    [1, 2].map((i) => at(batch.json, 'data', i, 'item', 'name') ?? told(batch)),
    [/^R (\d+)\/\1$/, /^W 1 1$/],
    'within a batch too',
  );
}

async function numbers(t: Tester, world: HookedWorld): Promise<void> {
  await world.said();
  // As many digits as the database keeps.
  const price = world.vendor === 'sqlite' ? '123456789.12345' : '12345678901234.123456';
  const body = `{"status":"published","title":"Yew","price":${price},"heads":3}`;
  const answer = await world.raw('/hooked/items/plants?fields=price,heads', { method: 'POST', body, token: tokens.admin });
  t.ok(answer.text.replaceAll(' ', '').includes(`"price":${price}`), `every digit (${told(answer)})`);
  const [seen] = await world.said();
  t.equal(seen?.text?.replace(`"${price}"`, price), body, 'is seen');
}

async function readHooks(t: Tester, world: HookedWorld): Promise<void> {
  gives(
    t,
    await world.send('POST', 'marks?fields=name', { name: 'Shown' }),
    { name: 'Shown', seen: true },
    'an answer passes the filters of reads',
  );
  const hidden = await world.send('POST', 'marks?fields=name', { name: 'Hidden' });
  t.equal(hidden.status, 204, told(hidden));
  t.equal((await world.knex('marks').where({ name: 'Hidden' })).length, 1, 'and is written all the same');
}

export const hookedWrites: Feature = {
  promise: 'filters of extensions see every row before it is written',
  databaseIndependent: 'modules and hooks within the process',
  async run(t, world) {
    await withHooks(world.vendor, filterFiles, async (hooked) => {
      const own = { role: 3, read: 'full', create: 'full', update: 'full' };
      await hooked.knex('directus_permissions').insert({ ...own, collection: 'makers', write_field_blacklist: 'mail' });
      await hooked.reload();
      await t.test('every way to write', (t) => everyWay(t, hooked));
      await t.test('upserts', (t) => upserts(t, hooked));
      await t.test('nested rows', (t) => nested(t, hooked));
      await t.test('refusals', (t) => refusals(t, hooked));
      await t.test('rights', (t) => rights(t, hooked));
      await t.test('numbers', (t) => numbers(t, hooked));
      await t.test('answers', (t) => readHooks(t, hooked));
    });
  },
};
