/** Promise: nobody learns or changes by way of the Strapi and Payload surfaces what is kept from him everywhere else. */
import type { Who } from '../fixtures/garden-people.ts';
import { type Feature, type Tester, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { send } from '../support/payload.ts';

const none = { read: 'none', update: 'none', delete: 'none' } as const;

/** Filters without a condition, as they are left of a client's where values were missing. */
const open = [
  {},
  { and: [] },
  { or: '' },
  { and: [{}] },
  { or: [{}, { id: { equals: 1 } }] },
  { name: {} },
  { and: [{ or: [{ and: [{ name: {} }] }] }] },
];

async function writesOfSeveral(t: Tester, garden: OwnGarden): Promise<void> {
  const written = async () => (await garden.rows('uses', { name: 'written' })).length;
  const change = (where: string) => send(garden, 'PATCH', `/uses?${where}&depth=0`, { name: 'written' });
  const named = ['where[__proto__][id][equals]=1', 'QueryError'] as const;
  for (const [where, name] of [...open.map((one) => [`where=${encodeURIComponent(JSON.stringify(one))}`, 'APIError'] as const), named]) {
    const answer = await change(where);
    t.strictSame([answer.status, at(answer.json, 'errors', 0, 'name'), await written()], [400, name, 0], `${where}: ${told(answer)}`);
  }
  const gone = await garden.send('DELETE', 'payload/api/uses?where[and][0]=');
  t.strictSame([gone.status, (await garden.rows('uses')).length], [400, 4], told(gone));
  t.equal((await change('where[id][exists]=true&limit=1')).status, 200);
  t.equal(await written(), 1, 'who means every document says so');
  const pairs = await garden.send('PATCH', 'payload/api/bed-plants?where[id][exists]=true&limit=1', {});
  t.equal(pairs.status, 200, `a key of several columns: ${told(pairs)}`);
}

/** The answer to a set of links does not depend on links that the caller may not read. */
async function linksUnseen(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.permit(4, 'plants', { update: 'full' });
  await garden.permit(4, 'plant_uses', { ...none, create: 'full' });
  const before = await garden.rows('plant_uses');
  const asked = [
    [3, [4]],
    [3, [1]],
    [3, []],
    [7, []],
  ] as const;
  for (const [plant, uses] of asked) {
    const answer = await send(garden, 'PATCH', `/plants/${plant}`, { uses }, 'writer');
    t.equal(answer.status, 403, `${plant} ${uses}: ${told(answer)}`);
  }
  t.strictSame(await garden.rows('plant_uses'), before);
  t.equal((await send(garden, 'PATCH', '/plants/3?depth=0', { latin: 'cedrus' }, 'writer')).status, 200, 'other members are written');
}

/** Whether a document is in the trash is looked at as far as the caller may know. */
async function statusUnseen(t: Tester, garden: OwnGarden): Promise<void> {
  await garden.permit(8, 'plants', { update: 'full', delete: 'full' });
  const drafted = await send(garden, 'PATCH', '/plants/11?depth=0&draft=true', { latin: 'malus' }, 'sleuth');
  t.equal(drafted.status, 200, told(drafted));
  const gone = await garden.send('DELETE', 'payload/api/plants/7?depth=0', undefined, 'sleuth');
  t.strictSame([gone.status, (await garden.rows('plants', { id: 7 })).length], [200, 0], told(gone));
}

/** What hangs on a document is compared with what is there once, whoever else is at it. */
async function together(t: Tester, garden: OwnGarden): Promise<void> {
  const links = async (plant: number) => (await garden.rows('plant_uses', { plant })).map(({ use_id }) => Number(use_id)).sort();
  const four = async (method: string, path: string, body: unknown, who: Who = 'admin') => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => garden.send(method, path, body, who)));
    t.strictSame(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
      `${path}: ${answers.map(told)}`,
    );
  };
  await four('PATCH', 'payload/api/plants/1?depth=0&locale=la', { uses: [3, 4], name: 'Malus' });
  await four('PUT', 'strapi/api/plants/12?locale=la', { data: { uses: [3, 4], name: 'Rosa' } });
  for (const plant of [1, 12]) {
    t.strictSame(await links(plant), [3, 4], `links of ${plant}`);
    t.equal((await garden.rows('plant_texts', { plant, language: 'la' })).length, 1, `texts of ${plant}`);
  }
}

/** Who registers is told whether an address is taken, and may not go through a list of them. */
async function registrations(t: Tester, garden: OwnGarden): Promise<void> {
  const register = (email: string) =>
    garden.send(
      'POST',
      'strapi/api/auth/local/register',
      { email, password: 'a long password', role: 1, status: 'invited', token: 'mine' },
      null,
    );
  const statuses: number[] = [];
  for (const email of ['ann@garden.test', 'ANN@garden.test', 'ann@garden.test']) statuses.push((await register(email)).status);
  t.strictSame(statuses, [200, 400, 429], 'the third time in a row it is not asked for');
  const [ann] = await garden.rows('directus_users', { email: 'ann@garden.test' });
  t.match(ann, { role: 5, status: 'active', token: null }, 'nobody chooses his own role');
}

export const doorsClosed: Feature = {
  promise: 'Strapi and Payload: what is kept from a caller stays so',
  run: (t, world) =>
    ownGarden(
      world,
      async (garden) => {
        await t.test('writes of several documents', (t) => writesOfSeveral(t, garden));
        await t.test('links that are not read', (t) => linksUnseen(t, garden));
        await t.test('statuses that are not read', (t) => statusUnseen(t, garden));
        await t.test('writes at the same time', (t) => together(t, garden));
        await t.test('registrations', (t) => registrations(t, garden));
      },
      { strapi: { registerRole: 5 }, auth: { attempts: 2 } },
    ),
};
