/** Promise: users of a role come from the addresses of the role, as a trusted proxy says them and no caller (directus8-data §10.9, directus8-system §1.2). */
import { tokens } from '../fixtures/garden-people.ts';
import { type Door, type Holder, openDoors, requestDoors } from '../support/doors.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { project, startGateway } from '../support/gateway.ts';
import { ask } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';

const fenced = { authorization: `Bearer ${tokens.fenced}` };
const sentence = 'You are not allowed to sign in from this location';

/** The same garden behind a proxy, or proxies, of those addresses. */
async function behind(garden: OwnGarden, trusted: string[], run: (garden: OwnGarden) => Promise<void>): Promise<void> {
  const gateway = await startGateway({ [project]: garden.config }, {}, undefined, { assets: { access: 'permission' } }, trusted);
  try {
    await run({ ...garden, gateway, raw: (path, options) => ask(gateway.url, path, options) });
  } finally {
    await gateway.close();
  }
}

/** The check says that the credential does not count here, HEAD has no words, and Strapi says no more than "Forbidden". */
const wordless = ['the check', 'tus', 'Strapi', "Strapi's user"];

const doorsOf = (garden: OwnGarden): Door[] => requestDoors(garden, 'none').filter(({ name }) => !wordless.includes(name));

/** Doors at which the holder is told to be in the wrong place. */
async function shut(doors: readonly Door[], holder: Holder): Promise<string[]> {
  const names: string[] = [];
  for (const { name, open } of doors) if ((await open(holder)).includes(sentence)) names.push(name);
  return names;
}

async function proxied(t: Tester, garden: OwnGarden): Promise<void> {
  const from = (chain: string): Holder => ({ ...fenced, 'x-forwarded-for': chain });
  const all = doorsOf(garden).map(({ name }) => name);
  t.strictSame(await shut(doorsOf(garden), fenced), all, 'from elsewhere');
  t.strictSame(await shut(doorsOf(garden), from('10.9.9.9')), all, 'whatever a caller claims where no proxy is trusted');
  for (const name of ['client-ip', 'x-real-ip', 'forwarded', 'x-client-ip']) {
    t.strictSame(await shut(doorsOf(garden), { ...fenced, [name]: '10.9.9.9' }), all, `nor by ${name}`);
  }
  await behind(garden, ['127.0.0.1'], async (here) => {
    t.strictSame(await shut(doorsOf(here), from('10.9.9.9')), [], 'from there, as the proxy says');
    const quiet = async (chain: string): Promise<number[]> => {
      const paths = ['strapi/api/users/me', 'payload/api/users/me'];
      return Promise.all(paths.map(async (path) => (await here.raw(`/garden/${path}`, { headers: from(chain) })).status));
    };
    t.strictSame(
      [await quiet('10.9.9.9'), await quiet('10.9.9.8')],
      [
        [200, 200],
        [403, 401],
      ],
      'Strapi says no more than that',
    );
    t.strictSame(await shut(doorsOf(here), from('::ffff:10.9.9.9')), [], 'and as a socket of both kinds has it');
    for (const chain of ['10.9.9.8', '10.9.9.9, 192.0.2.1', '10.9.9.9,10.9.9.9, 192.0.2.1', '10.9.9.90', 'x', '10.9.9.9:x', '']) {
      t.strictSame(await shut(doorsOf(here), from(chain)), all, `not from "${chain}"`);
    }
    t.strictSame(await shut(doorsOf(here), fenced), all, 'nor where the proxy says nothing');
    for (const [chain, opens] of [
      ['10.9.9.9', true],
      ['10.9.9.9, 192.0.2.1', false],
    ] as const) {
      for (const { name, open } of openDoors(here)) {
        const came = await open(from(chain));
        t.equal(/^(401|4403)$/.test(came), !opens, `${name}, from ${chain}: ${came.slice(0, 60)}`);
      }
    }
  });
  await behind(garden, ['127.0.0.1', '192.0.2.0/24'], async (here) => {
    t.strictSame(await shut(doorsOf(here), from('10.9.9.9, 192.0.2.1')), [], 'through two proxies');
    t.strictSame(await shut(doorsOf(here), from('10.9.9.9, 203.0.113.1, 192.0.2.1')), all, 'not through a stranger between');
  });
}

/** The public has addresses as well; who signs in is asked for his own. */
async function ofThePublic(t: Tester, garden: OwnGarden): Promise<void> {
  t.equal((await garden.send('PATCH', 'roles/2', { ip_whitelist: ['10.9.9.0/24'] })).status, 200);
  const doors = doorsOf(garden);
  const all = doors.map(({ name }) => name);
  t.strictSame(await shut(doors, {}), all, 'nobody, from elsewhere');
  t.strictSame(await shut(doors, { authorization: 'Bearer nobody-has-this' }), all, 'nor whose token is not good');
  t.strictSame(await shut(doors, { authorization: `Bearer ${tokens.admin}` }), [], 'the administrator');
  const login = { email: 'edda@garden.test', password: 'password' };
  t.equal((await garden.send('POST', 'auth/authenticate', login, null)).status, 200, 'one signs in from anywhere');
  await behind(garden, ['127.0.0.1'], async (here) => {
    t.strictSame(await shut(doorsOf(here), { 'x-forwarded-for': '10.9.9.77' }), [], 'nobody, from the network');
  });
}

export const addresses: Feature = {
  promise: 'users come from the addresses of their role, as trusted proxies say them',
  databaseIndependent: 'who asks: tokens, passwords and links, kept in rows like any others',
  run: (t, world) =>
    ownGarden(
      world,
      async (garden) => {
        await t.test('of a role', (t) => proxied(t, garden));
        await t.test('of the public', (t) => ofThePublic(t, garden));
      },
      { assets: { access: 'permission' } },
    ),
};
