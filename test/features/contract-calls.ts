/** Promise: what the OpenAPI document says can be called, and answers as it says, by a client that is made of it. */
import createClient from 'openapi-fetch';
import { TOTP } from 'otpauth';
import qs from 'qs';
import { adminToken } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { at, type Json } from '../support/http.ts';
import { client as known, startIdentityProvider } from '../support/identity-provider.ts';
import { openMailbox } from '../support/mailbox.ts';
import { clientTypes, compilerFaults, componentFaults, type Operation, operationsOf, validatorOf } from '../support/openapi.ts';
import { keyOf, madeBy, programBody, programHead, refused, secondFactor } from '../support/openapi-calls.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { begin, callbackOf } from '../support/sso-way.ts';

interface Told {
  readonly response: { readonly status: number; readonly headers: { get(name: string): string | null } };
  readonly data?: unknown;
  readonly error?: unknown;
}

/** What the program asks of its surroundings. */
interface Surroundings {
  reset(): Promise<string>;
  callback(): Promise<object>;
}

/** Runs the program, holding every answer against the document; gives the ids of what was called. */
async function run(t: Tester, garden: OwnGarden, document: Json, body: string, around: Surroundings): Promise<string[]> {
  const operations = new Map(operationsOf(document).map((one) => [one.id, one]));
  const faults = validatorOf(document);
  const ids = new Map<string, string>();
  const rows = new Map<string, Json>();
  const called: string[] = [];
  const learn = (operation: Operation, data: Json): void => {
    const name = madeBy(operation);
    const first = at(data, 'data', 0) ?? at(data, 'data');
    if (name) {
      ids.set(name, encodedKey(keyOf(name).map((key) => String(at(first, key)))));
      rows.set(name, Object.fromEntries(keyOf(name).map((key) => [key, at(first, key)])));
    }
    if (operation.id === 'sign_in') ids.set('sign_in', String(at(data, 'data', 'token')));
    if (operation.id === 'create_comment') ids.set('create_comment', String(at(first, 'id')));
    if (operation.id === 'upload_file') {
      for (const one of ['upload_file', 'directus_files']) ids.set(one, String(at(first, 'id')));
      rows.set('directus_files', { id: at(first, 'id') });
      ids.set('asset', String(at(first, 'private_hash')));
    }
    if (operation.id.startsWith('list_revisions_')) ids.set(`revision ${operation.id.slice(15)}`, String(at(first, 'id')));
  };
  const w = {
    ...around,
    id: (name: string) => ids.get(name) ?? '1',
    row: (name: string) => rows.get(name),
    otp: () => new TOTP({ secret: secondFactor }).generate(),
    tell(id: string, { response, data, error }: Told) {
      const operation = operations.get(id);
      if (!operation) return void t.fail(`${id} is not in the document`);
      called.push(id);
      const value = (data ?? error) as Json;
      const { status } = response;
      t.ok(refused.get(id) === status || (status >= 200 && status < 400), `${id}: ${status} ${JSON.stringify(value)?.slice(0, 200)}`);
      if (status >= 400) return;
      t.strictSame(status === 204 ? [] : faults(operation, status, value), [], `${id} answers as the document says`);
      learn(operation, value);
    },
  };
  const client = createClient({
    baseUrl: `${garden.gateway.url}/garden`,
    headers: { authorization: `Bearer ${adminToken}` },
    redirect: 'manual',
    querySerializer: (query) => qs.stringify(query, { arrayFormat: 'comma', encodeValuesOnly: true }),
  });
  const program = new Function('client', 'w', `return (async () => { ${typeless(body)} })()`) as (
    client: unknown,
    w: unknown,
  ) => Promise<void>;
  await program(client, w);
  return called;
}

const encodedKey = (parts: readonly string[]): string => parts.join(';');

/** The few types in the program's text. */
const typeless = (text: string): string => text.replace(/ as never/g, '').replace(/w\.row<[^>]*>/g, 'w.row');

/** What stands behind `dry_run` and `explain` answers as the document says, and stands on every operation that knows it. */
async function asked(t: Tester, garden: OwnGarden, document: Json, operations: readonly Operation[]): Promise<void> {
  const knows = (operation: Operation, name: string): boolean =>
    [at(operation.item, 'parameters')].flat().some((one) => at(one, '$ref') === `#/components/parameters/${name}`);
  for (const [name, sent] of [
    ['dry_run', ['POST', 'items/families?dry_run=1', { code: 'TRY', name: 'Tried' }]],
    ['dry_run', ['PATCH', 'items/families?filter[code][eq]=ROS&limit=1&dry_run=1', { note: 'tried' }]],
    ['explain', ['GET', 'items/plants?explain=1', undefined]],
    ['explain', ['GET', 'items/plants?explain=1&as_role=5', undefined]],
  ] as const) {
    const { status, json } = await garden.send(sent[0], sent[1], sent[2]);
    t.strictSame([status, componentFaults(document, name === 'explain' ? 'Explanation' : 'Trial', json)], [200, []], sent[1]);
  }
  const row = (name: string, known: boolean): void => {
    const all = operations.filter(({ path }) => path.startsWith('/items/') || path === '/batch');
    const few = all.filter(({ method }) => (method === 'get') === (name === 'Explain'));
    t.strictSame(
      few.filter((one) => knows(one, name) !== known).map(({ id }) => id),
      [],
      name,
    );
  };
  row('Explain', true);
  row('DryRun', true);
  row('IdempotencyKey', true);
  const by = (test: RegExp, name: string): void => {
    const those = operations.filter(({ path, id }) => path.startsWith('/items/') && test.test(id));
    t.ok(those.length > 3 && those.every((one) => knows(one, name)), name);
  };
  by(/^(update|delete)_(?!matching)/, 'IfMatch');
  by(/^delete_matching_/, 'Most');
  const upserts = operations.filter(({ item }) => [at(item, 'parameters')].flat().some((one) => at(one, 'name') === 'upsert'));
  t.ok(upserts.length > 3, 'upserts');
}

/** Documents follow rules and tables without being told. */
async function renewed(t: Tester, garden: OwnGarden): Promise<void> {
  const before = await garden.get('types.ts', 'nobody');
  t.notMatch(before.text, 'Families');
  // Rules alone: the schema stays as it is.
  await garden.send('POST', 'permissions', { role: 5, collection: 'families', read: 'full', create: 'full' });
  const permitted = await garden.get('types.ts', 'nobody');
  t.match(
    permitted.text,
    /interface Families [\s\S]*interface FamiliesUpdate [\s\S]*type FamiliesCreate/,
    'with other rules it is another',
  );
  t.not(permitted.headers['etag'], before.headers['etag']);
  const added = await garden.send('POST', 'fields/families', { field: 'seen', type: 'integer', datatype: 'INT' });
  t.equal(added.status, 200, added.text);
  t.match((await garden.get('types.ts', 'nobody')).text, '  seen: number | null;', 'and with another column');
}

/** What a client is written like: lists, conditions through relations, new rows. The last lines are none that it would take. */
const usage = `
  import createClient from 'openapi-fetch';
  import type { paths, components } from './schema.ts';
  const client = createClient<paths, 'application/json'>({ baseUrl: 'https://example.test/garden' });
  const { data } = await client.GET('/items/plants', {
    params: { query: { fields: ['title', 'family.name'], filter: { family: { name: { _contains: 'ros' } }, uses: { _some: { weight: { _gt: 2 } } } }, sort: ['-id'] } },
  });
  for (const row of data?.data ?? []) {
    const title: string | undefined = row.title;
    if ('count' in row) console.log(row.count, title);
  }
  await client.POST('/items/plants', { body: { title: 'x', status: 'draft', uses: [{ weight: 1 }, 4] } });
  const status: components['schemas']['PlantsItem']['status'] = 'review';
  // @ts-expect-error there is no such status
  const wrong: components['schemas']['PlantsItem']['status'] = 'unheard';
  // @ts-expect-error no such collection
  await client.GET('/items/nowhere');
  // @ts-expect-error no such field to look at
  await client.GET('/items/plants', { params: { query: { filter: { nope: { _eq: 1 } } } } });
  console.log(status, wrong);`;

/** What rows are written and read like, with the client of Directus 8, and with those that leave types to whoever uses them. */
const typed = `
  import { SDK } from '@directus/sdk-js';
  import { strapi } from '@strapi/client';
  import type { Collections, CreateInputs, Families, Measures, Plants, PlantsCreate, PlantsUpdate, Schema, UpdateInputs } from './types.ts';
  import { PayloadSDK } from '@payloadcms/sdk';
  import type * as editor from './editor.ts';
  import type { Config } from './payload.ts';
  import type { Entries } from './strapi.ts';
  declare const client: SDK;
  const { data } = await client.getItems<Schema['plants']>('plants', { fields: ['title', 'family.*'] });
  for (const { title, status, family, uses } of data) {
    const text: string = title;
    const one: 'draft' | 'review' | 'published' | 'archived' | null = status;
    const code: string | undefined = typeof family === 'object' ? family?.code : family;
    const weights: (number | null | undefined)[] = (uses ?? []).map(({ weight }) => weight);
    console.log(text, one, code, weights);
  }
  const made: PlantsCreate = { title: 'x', price: '123456789.123456', family: { code: 'NEW' }, uses: { create: [{ weight: 1 }], delete: [4] } };
  const change: PlantsUpdate = { status: 'review', tags: ['a'], traits: { deep: [1, null] } };
  await client.createItem<CreateInputs['plants']>('plants', made);
  await client.updateItem<UpdateInputs['plants'], Plants>('plants', 1, change);
  const big: Measures['big'] = 9007199254740993;
  const found = (await strapi({ baseURL: 'https://example.test/api' }).collection('families').findOne('ROS')) as { data: unknown };
  const name: Families['name'] | undefined = (found.data as Entries['families']).attributes.name;
  const { docs } = await new PayloadSDK<Config>({ baseURL: 'https://example.test/api' }).find({ collection: 'plants', limit: 2 });
  for (const { id, title, family } of docs) console.log(id satisfies number, title satisfies string | undefined, typeof family === 'object' ? family?.code : family);
  // @ts-expect-error no such collection
  await new PayloadSDK<Config>({ baseURL: 'https://example.test/api' }).find({ collection: 'nowhere' });
  const plain: Collections['families']['name'] = 'x';
  console.log(plain);
  // @ts-expect-error a plant has a title
  const untitled: PlantsCreate = { latin: 'x' };
  // @ts-expect-error no such status
  const unheard: PlantsUpdate = { status: 'unheard' };
  // @ts-expect-error the editor reads no passcode
  type Hidden = editor.Plants['passcode'];
  // @ts-expect-error nor sightings
  type Unseen = editor.Collections['sightings'];
  // @ts-expect-error and changes nothing
  type Unchanged = editor.UpdateInputs['plants'];
  const dear: editor.Plants['price'] = undefined;
  console.log(big, name, untitled, unheard, dear);`;

export const contractCalls: Feature = {
  promise: 'clients made of the OpenAPI document work',
  databaseIndependent: 'what clients make of answers that other promises look at',
  async run(t, world) {
    const [mailbox, idp] = await Promise.all([openMailbox(), startIdentityProvider()]);
    const provider = { name: 'directory', issuer: idp.issuer, clientId: known.id, clientSecret: known.secret, insecure: true };
    const mail = { url: mailbox.url, from: 'gate@garden.test', publicUrl: 'https://gate.garden.test/' };
    try {
      await ownGarden(
        world,
        async (garden) => {
          idp.register(callbackOf(garden, 'directory'));
          idp.account = { sub: 'edda-1', email: 'edda@garden.test', email_verified: true };
          const answer = await garden.get('openapi.json', 'admin');
          const document = answer.json;
          const operations = operationsOf(document);
          const body = programBody(operations);
          const called = await run(t, garden, document, body, {
            async reset() {
              await mailbox.holds(1);
              return /token=([\w.~-]+)/.exec(mailbox.mails[0]?.text.replaceAll('&amp;', '&') ?? '')?.[1] ?? 'none';
            },
            async callback() {
              const way = await begin(garden, 'directory');
              const url = new URL(await idp.visit(way.url, callbackOf(garden, 'directory')));
              return { ...Object.fromEntries(url.searchParams), cookie: way.cookie };
            },
          });
          t.strictSame(called.sort(), operations.map(({ id }) => id).sort(), 'every operation was called');
          await asked(t, garden, document, operations);
          await renewed(t, garden);
          // The compiler is the same everywhere, and takes its time.
          if (world.vendor !== 'sqlite') return;
          const program = `import type createClient from 'openapi-fetch';\nimport type { paths } from './schema.ts';\n${programHead}\nexport async function run(client: Client, w: World): Promise<void> {\n${body.replace('let c;', 'let c: { code: string; state: string; iss: string; cookie: string };')}\n}`;
          const files = { 'schema.ts': await clientTypes(document), 'program.ts': program, 'usage.ts': usage, 'typed.ts': typed };
          const names = { 'types.ts': '', 'strapi.ts': '?surface=strapi', 'payload.ts': '?surface=payload' };
          for (const [file, query] of Object.entries(names))
            Object.assign(files, { [file]: (await garden.get(`types.ts${query}`, 'admin')).text });
          const editor = await garden.get('types.ts', 'editor');
          t.strictSame(compilerFaults({ ...files, 'editor.ts': editor.text }), [], 'all of it compiles');
        },
        { mail, sso: { providers: [provider], redirects: [] } },
      );
    } finally {
      await Promise.all([mailbox.close(), idp.close()]);
    }
  },
};
