/** Promise: extensions are told of answers, and make of their bodies what they like; without them nothing of an answer changes (directus8-system §22.3). */
import { secrets, tokens } from '../fixtures/garden-people.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { withExtensions } from '../support/extended-project.ts';
import type { World } from '../support/garden.ts';
import { type Answer, type Ask, at } from '../support/http.ts';

const key = 'answering';

const acts = `actions: { response(answer, body, about) { told.push({ answer, body, user: about.caller.user, collection: about.collection }); } }`;
const filters = `
    'response.zones.GET'(body) { body.order += ' both'; },
    'response.zones'(body, { services, caller, request }) {
      body.order += ' zones';
      body.asked = [request.method, request.path, caller.user, typeof services.items];
    },
    'response.GET'(body) { body.order += ' GET'; },
    response(body) {
      if (body.data?.name === 'North') throw Object.assign(new Error('not the north'), { status: 409 });
      if (body.data?.name === 'Orchard') throw new Error('select secret from somewhere');
      return { ...body, order: 'all' };
    },`;
const head = 'const told = (globalThis.toldOfAnswers ??= []);';
const acting = { 'hooks/answers/index.mjs': `${head} export default { ${acts} };` };
const filtering = { 'hooks/answers/index.mjs': `${head} export default { filters: { ${filters} }, ${acts} };` };

interface Told {
  readonly answer: {
    readonly path: string;
    readonly query: unknown;
    readonly status: number;
    readonly size: number;
    readonly method: string;
  };
  readonly body?: string;
  readonly user: string | null;
  readonly collection: string;
}

const heard = (): Told[] => Reflect.get(globalThis, 'toldOfAnswers') ?? [];

async function next(): Promise<Told | undefined> {
  await eventually(() => heard().length > 0);
  return heard().splice(0)[0];
}

type Get = (path: string, options?: Ask) => Promise<Answer>;

async function actions(t: Tester, get: Get, world: World): Promise<void> {
  const path = 'items/plants?fields=id,price,height&limit=3&status=published&filter[id][gt]=0';
  const plain = await world.get(path, 'admin');
  const answer = await get(path);
  t.equal(answer.text, plain.text, 'an action changes nothing');
  t.equal(answer.headers['etag'], plain.headers['etag'], 'nor the tag');
  const first = await next();
  const query = { fields: 'id,price,height', limit: '3', status: 'published', filter: { id: { gt: '0' } } };
  const size = Buffer.byteLength(plain.text);
  t.strictSame(first, {
    answer: { path: `/${key}/items/plants`, query, method: 'GET', status: 200, size },
    body: plain.text,
    user: '1',
    collection: 'plants',
  });
  refused(t, await get(`items/nowhere?access_token=${tokens.editor}`, { token: '' }), 404, 200, 'an error');
  t.match(await next(), { answer: { status: 404, query: {} }, user: '2', body: /^\{"error"/ }, 'errors too, as whom they were told');
  const body = JSON.stringify({ email: 'edda@garden.test', password: 'password' });
  const signedIn = await get('auth/authenticate', { method: 'POST', body, token: '' });
  t.equal(signedIn.status, 200, told(signedIn));
  const last = await next();
  t.match(last, { answer: { path: `/${key}/auth/authenticate`, status: 200 }, user: null });
  t.equal(last?.body, undefined, 'tokens are shown to nobody');
  t.equal((await get('items/plants?export=json&fields=id')).status, 200);
  t.match(await next(), { answer: { size: null }, body: undefined }, 'nor is a stream');
}

async function bodies(t: Tester, get: Get, world: World): Promise<void> {
  const zone = await get('items/zones/1?fields=id');
  t.strictSame(
    zone.json,
    { data: { id: 1 }, order: 'all GET zones both', asked: ['GET', `/${key}/items/zones/1`, '1', 'function'] },
    'from all answers to those of one collection and method',
  );
  t.equal(zone.headers['content-length'], String(Buffer.byteLength(zone.text)));
  t.equal((await next())?.body, zone.text, 'actions are told what was sent');
  const path = 'items/plants?fields=id,price,height&status=published&sort=id';
  const [plain, hooked] = [await world.get(path, 'admin'), await get(path)];
  const compact = plain.text.replaceAll('": ', '":').replaceAll(', "', ',"');
  t.equal(hooked.text, compact.replace(/\}$/, ',"order":"all GET"}'), 'no digit of a number changes');
  t.notOk(hooked.headers['etag'], 'what the tag was made of is not what is sent');
  const guessed = await get(path, { headers: { 'if-none-match': String(plain.headers['etag']) } });
  t.strictSame([guessed.status, guessed.text], [200, hooked.text], 'and nobody hears that he guessed it');
  await next();
  refused(t, await get('items/zones/2?fields=name'), 409, 2, 'a refusal');
  const broken = await get('items/zones/3?fields=name');
  refused(t, broken, 500, null, 'a failure');
  t.notOk(broken.text.includes('secret'));
  const body = JSON.stringify({ email: 'edda@garden.test', password: 'password' });
  const signedIn = await get('auth/authenticate', { method: 'POST', body, token: '' });
  t.equal(at(signedIn.json, 'order'), undefined, 'answers with tokens are as they are');
  refused(t, await get('items/nowhere'), 404, 200, 'and so are errors');
  t.equal(at((await get('users/me?fields=id')).json, 'order'), 'all GET');
  const strapi = await get('strapi/api/zones/1');
  t.equal(at(strapi.json, 'order'), undefined, 'other dialects have answers of their own');
  await eventually(() => heard().length >= 6);
  const seen = JSON.stringify(heard().splice(0));
  for (const secret of secrets) t.notOk(seen.includes(secret), secret);
}

export const answerEvents: Feature = {
  promise: 'extensions are told of answers, and may replace their bodies',
  databaseIndependent: 'modules and hooks within the process',
  async run(t, world) {
    const get: Get = (path, options = {}) => world.raw(`/${key}/${path}`, { token: tokens.admin, ...options });
    await withExtensions(world, key, acting, async () => t.test('actions', (t) => actions(t, get, world)));
    await withExtensions(world, key, filtering, async () => t.test('filters', (t) => bodies(t, get, world)));
  },
};
