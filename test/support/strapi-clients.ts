/** Drives the Strapi surface by the clients that are published for Strapi, unmodified. */
import { strapi as connect } from '@strapi/client';
import Strapi from 'strapi-sdk-js';
import { adminToken } from '../fixtures/garden-people.ts';
import type { Tester } from './expect.ts';
import { project } from './gateway.ts';
import type { OwnGarden } from './own-garden.ts';

// The package's types are those of its CommonJS build.
const Sdk = Strapi as unknown as typeof Strapi.default;

const attributesOf = (data: unknown): Record<string, unknown> => (data as { attributes: Record<string, unknown> }).attributes;

/** What the client throws, as text. */
const refusalOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );

/** `@strapi/client`, in the form of entries that it knows. */
export async function drivesClient(t: Tester, garden: OwnGarden): Promise<void> {
  const baseURL = `${garden.gateway.url}/${project}/strapi/api`;
  const client = connect({ baseURL, auth: adminToken, headers: { 'Strapi-Response-Format': 'v5' } });
  const zones = client.collection('zones');
  const found = await zones.find({
    filters: { $or: [{ name: { $startsWith: 'N' } }, { id: { $in: [8, 9] } }], parent: { $notNull: true } },
    sort: ['name:desc'],
    fields: ['name'],
    populate: { plants: { fields: ['title'], filters: { hardy: true } } },
    pagination: { page: 1, pageSize: 2, withCount: true },
  } as never);
  t.strictSame(
    found.data.map(({ documentId, ['name']: name }) => [documentId, name]),
    [
      ['8', 'South'],
      ['9', 'Pond'],
    ],
    'a list',
  );
  t.strictSame(found.meta.pagination, { page: 1, pageSize: 2, pageCount: 2, total: 3 }, 'and its page');
  const one = await zones.findOne('2', { populate: ['parent'] } as never);
  t.match(one.data, { id: 2, documentId: '2', name: 'North', parent: { id: 1, name: 'Garden' } }, 'an entry');
  const made = await zones.create({ name: 'By the client', parent: { connect: [{ documentId: '2' }] } });
  const { documentId } = made.data;
  t.match(made.data, { name: 'By the client', parent: 2 }, 'made');
  t.match((await zones.update(documentId, { name: 'Changed' }, { fields: ['name'] })).data, { documentId, name: 'Changed' }, 'changed');
  t.equal(await zones.delete(documentId), undefined, 'deleted');
  t.match(await refusalOf(zones.findOne(documentId)), { name: /NotFound/ }, 'gone');
  t.match(await refusalOf(zones.find({ filters: { nope: 1 } } as never)), { name: /ValidationError|BadRequest/ }, 'refused');
  t.strictSame(
    (await zones.find({ filters: { parent: { $eq: null } }, fields: ['name'] } as never)).data.length,
    1,
    'null is written empty',
  );
  const users = client.collection('users');
  const [first] = (await users.find({ sort: ['id'], filters: { email: { $containsi: 'EDDA' } } } as never)) as unknown as {
    email: string;
  }[];
  t.equal(first?.email, 'edda@garden.test', 'users are bare');
  const { files } = client;
  const [stored] = (await files.upload(new Blob(['of the client']), {
    fileInfo: { name: 'client.txt', alternativeText: 'words' },
  } as never)) as unknown as { id: number }[];
  const id = Number(stored?.id);
  t.match(await files.findOne(id), { id, name: 'client.txt', alternativeText: 'words' }, 'a file');
  t.match(await files.update(id, { caption: 'said' } as never), { id, caption: 'said' }, 'said of it');
  t.ok((await files.find({ filters: { name: { $eq: 'client.txt' } } } as never)).length === 1, 'found');
  t.match(await files.delete(id), { id }, 'deleted');
}

/** `strapi-sdk-js`, which signs in by a password; in the older form. */
export async function drivesSdk(t: Tester, garden: OwnGarden): Promise<void> {
  const place = { url: garden.gateway.url, prefix: `/${project}/strapi/api` };
  const nobody = new Sdk(place);
  const { user, jwt } = await nobody.login({ identifier: 'admin@example.com', password: 'password' });
  // Outside of browsers it keeps no token by itself.
  const client = new Sdk({ ...place, axiosOptions: { headers: { Authorization: `Bearer ${jwt}` } } });
  t.match([user, typeof jwt], [{ email: 'admin@example.com' }, 'string'], 'signed in');
  t.match(await client.fetchUser(), { email: 'admin@example.com' }, 'who one is');
  const found = await client.find<{ name: string }>('zones', {
    filters: { name: { $contains: 'o' } },
    sort: ['name'],
    fields: ['name'],
    pagination: { start: 0, limit: 2 },
    populate: '*',
  });
  t.strictSame(
    (found.data as unknown as unknown[]).map((entry) => attributesOf(entry)['name']),
    ['North', 'Pond'],
    'a list',
  );
  const made = await client.create('zones', { name: 'By the SDK', plants: [1] }, { populate: ['plants'] });
  const { id } = made.data;
  t.match(attributesOf(made.data), { name: 'By the SDK', plants: { data: [{ id: 1 }] } }, 'made');
  t.match(attributesOf((await client.update('zones', String(id), { name: 'Other' })).data), { name: 'Other' }, 'changed');
  t.match(attributesOf((await client.findOne('zones', String(id))).data), { name: 'Other' }, 'one');
  await client.update('plants', '1', { zone: 4 });
  await client.delete('zones', String(id));
  t.match(await refusalOf(client.findOne('zones', String(id))), { error: { status: 404, name: 'NotFoundError' } }, 'gone');
  const drafts = await client.find('plants', { state: 'draft', fields: ['title'] });
  t.equal((drafts.data as unknown as unknown[]).length, 9, 'drafts, as it names them');
  t.match(await refusalOf(nobody.find('zones')), { error: { status: 403 } }, 'signed out');
}
