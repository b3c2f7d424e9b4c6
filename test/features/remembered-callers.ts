/** Promise: a caller who is remembered from an earlier request is served as what he is now (architecture §5). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { column } from '../support/http.ts';

type Values = Readonly<Record<string, string | number | null>>;

/** Runs with a row of a system table changed, and puts it back. */
async function changed(world: World, table: string, id: number, values: Values, run: () => Promise<void>): Promise<void> {
  const lease = await world.gateway.registry.lease(project);
  const { connection, rules } = lease.project;
  const write = async (to: Values): Promise<void> => {
    await connection.knex(table).where({ id }).update(to);
    await rules.reload();
  };
  try {
    const [before] = await connection.knex(table).where({ id }).select(Object.keys(values));
    await write(values);
    await run().finally(() => write(before as Values));
  } finally {
    lease.release();
  }
}

const list = 'items/families?fields=code&sort=code&limit=2&meta=filter_count';

async function secondFactor(t: Tester, world: World): Promise<void> {
  const whole = await world.get(list, 'otherWriter');
  t.equal(column(whole, 'code').length, 2, told(whole));
  await changed(world, 'directus_users', 4, { '2fa_secret': null }, async () => {
    const answer = await world.get(list, 'otherWriter');
    t.equal(answer.text, whole.text, 'the first answer after it was given up is whole');
  });
  t.equal((await world.get(list, 'otherWriter')).text, whole.text, 'and so is the one after it is back');
}

async function addresses(t: Tester, world: World): Promise<void> {
  const path = 'items/families?fields=code&limit=1';
  t.equal((await world.get(path, 'writer')).status, 200, 'from anywhere');
  await changed(world, 'directus_roles', 4, { ip_whitelist: '10.9.9.9' }, async () => {
    refused(t, await world.get(path, 'writer'), 401, 19, 'the role is fenced in');
    await changed(world, 'directus_roles', 4, { ip_whitelist: '10.0.0.0/8, 127.0.0.0/8,::1' }, async () => {
      const answer = await world.get(path, 'writer');
      t.equal(answer.status, 200, `into a network that he is in (${told(answer)})`);
    });
    await changed(world, 'directus_users', 3, { role: 3 }, async () => {
      const answer = await world.get(path, 'writer');
      t.equal(answer.status, 200, `in another role he is not (${told(answer)})`);
    });
    await changed(world, 'directus_users', 3, { status: 'suspended' }, async () => {
      const answer = await world.get(path, 'writer');
      t.equal(answer.text, (await world.get(path)).text, 'suspended he is the public');
    });
  });
  t.equal((await world.get(path, 'writer')).status, 200, 'from anywhere again');
}

async function revoked(t: Tester, world: World): Promise<void> {
  const paths = [
    list,
    'items/families/ROS?fields=code',
    'items/plants/2?status=*',
    'items/plants?status=*&meta=*',
    'items/zones?export=ndjson',
    'items/zones?aggregate[count]=*',
    'items/plants?aggregate[count]=*&groupBy=status&status=*&meta=*',
    'items/plants?aggregate[count]=*&groupBy=status&status=*&filter[id]=404',
    `gql?query=${encodeURIComponent('{ zones_aggregated { count } }')}`,
  ];
  const cases: readonly (readonly [what: string, values: Values, as: Who | undefined])[] = [
    ['suspended', { status: 'suspended' }, undefined],
    ['without the token', { token: 'another-token-of-the-garden' }, undefined],
    ['without a role', { role: null }, undefined],
    ['in the role of nobody', { role: 5 }, 'nobody'],
  ];
  for (const [what, values, as] of cases) {
    for (const path of paths) {
      for (let i = 0; i < 3; i += 1) await world.get(path, 'editor');
      await changed(world, 'directus_users', 2, values, async () => {
        const answer = await world.get(path, 'editor');
        t.equal(answer.text, (await world.get(path, as)).text, `${what}: ${path}`);
      });
    }
  }
}

export const rememberedCallers: Feature = {
  promise: 'who is remembered is served as what he is now',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  async run(t, world) {
    await t.test('a second factor that is given up', (t) => secondFactor(t, world));
    await t.test('addresses of a role', (t) => addresses(t, world));
    await t.test('revoked, suspended, moved', (t) => revoked(t, world));
  },
};
