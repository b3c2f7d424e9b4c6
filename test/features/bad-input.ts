/** Promise: whatever is sent, the answer is an error object of a 4xx with a sentence, and the server goes on (issue 2, "bad input"). */
import type { Feature, Tester } from '../support/expect.ts';
import { answers, saysWhy, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';

const deep = (n: number, one: string): string => Array.from({ length: n }, () => one).join('.');

/** Query strings that cannot be served. */
const refusedQueries: readonly string[] = [
  'fields=nope',
  'fields=id;drop table plants',
  "fields=id'",
  'fields=(select password)',
  'fields=__proto__',
  'fields=__proto__.polluted',
  'fields=constructor.prototype',
  'fields=owner.__proto__',
  `fields=${deep(40, 'zone')}`,
  `fields=${deep(40, '*')}`,
  `fields=${deep(30, 'zone.plants')}.id`,
  `fields=${Array.from({ length: 1500 }, (_, i) => `zone.a${i}`).join(',')}`,
  'filter[id][nope]=1',
  'filter[id][]=',
  'filter[nope]=1',
  'filter[__proto__]=1',
  'filter[__proto__][eq]=1',
  'filter[constructor][prototype]=1',
  'filter[id][__proto__]=1',
  'filter[id][constructor]=1',
  'filter[id][hasOwnProperty]=1',
  'filter[id][eq][eq]=1',
  'filter[id][eq][]=1',
  'filter[id][gt][x]=1',
  'filter=1',
  'filter[',
  'filter]=1',
  'filter[id=1',
  'filter[id]]=1',
  'filter[id][eq=1',
  '[id]=1',
  `filter[${deep(40, 'zone')}]=1`,
  `filter${'[a]'.repeat(60)}=1`,
  'filter[id][in]%5B=1',
  'sort=nope',
  'sort=id;drop table plants',
  'sort=(select 1)',
  'sort[a][b]=nope',
  'fields=%',
  'q=%E0%A4%A',
  'filter[title]=%ff',
  'fields=%00',
  'q=%00',
  'filter[title]=a%00b',
  'filter[na%00me]=1',
  'limit[]=1&limit[]=2',
  'offset[a]=1',
  'q[a]=1',
  'single[]=1',
];

/** Odd, and still to be served: they ask for something that exists, or for nothing. */
const servedQueries: readonly string[] = [
  'nope=1',
  '__proto__=1',
  'constructor[prototype][polluted]=1',
  '__proto__[polluted]=1',
  '&&&',
  '=',
  '=1',
  'fields',
  'filter',
  'filter[id][in]=',
  "filter[title]='; drop table plants; --",
  "q='; drop table plants; --",
  'q=%25%25%25%25',
  'q=\\',
  'filter[id]=9e999',
  'filter[id]=NaN',
  'filter[id]=Infinity',
  'filter[id]=0x10',
  `filter[id]=${'9'.repeat(400)}`,
  `filter[price]=${'9'.repeat(400)}.${'9'.repeat(400)}`,
  'filter[price]=1e400',
  'filter[hardy]=null',
  'filter[created_on]=0000-00-00',
  'filter[created_on]=99999-01-01',
  'filter[created_on]=infinity',
  'filter[watered]=99:99:99',
  'filter[planted]=2020-02-30',
  `filter[title][contains]=${'x'.repeat(5000)}`,
  `filter[id][in]=${Array.from({ length: 3000 }, (_, i) => i).join(',')}`,
  `q=${'y'.repeat(5000)}`,
  'lang=__proto__',
  'meta=__proto__,constructor',
  'status=__proto__',
  'status=constructor,*',
  'limit=1e3',
  'limit=0x10',
  'limit=-99999999999',
  'single=%7B',
  'access_token=',
];

const paths: readonly string[] = [
  'items/plants/%00',
  'items/plants/%E0%A4%A',
  'items/%00',
  'items/plants/1%00',
  `items/plants/${'9'.repeat(5000)}`,
  `items/plants/${Array.from({ length: 6000 }, () => '1').join(',')}`,
  `items/${'x'.repeat(5000)}`,
  'items/plants/1/2/3',
  'items/__proto__',
  'items/constructor/1',
  'items/..%2f..%2fetc%2fpasswd',
  '__proto__/constructor',
];

async function refusedInput(t: Tester, world: World): Promise<void> {
  for (const query of refusedQueries) {
    const what = query.slice(0, 90);
    const answer = await world.get(`items/plants?${query}`, 'admin');
    t.ok(answer.status >= 400 && answer.status < 500, `${what}: a 4xx (${told(answer)})`);
    saysWhy(t, answer, what);
  }
  for (const path of paths) {
    const what = path.slice(0, 60);
    const answer = await world.get(path, 'admin');
    t.ok(answer.status >= 400 && answer.status < 500, `${what}: a 4xx (${told(answer)})`);
    saysWhy(t, answer, what);
  }
}

async function servedInput(t: Tester, world: World): Promise<void> {
  for (const query of servedQueries) {
    const answer = await world.get(`items/plants?${query}`, 'admin');
    t.equal(answer.status, 200, `${query.slice(0, 90)} (${told(answer)})`);
  }
  await answers(t, world, 'items/plants/1?fields=title', { title: 'Apple' });
  t.equal(Object.hasOwn(Object.prototype, 'polluted'), false, 'no prototype was touched');
}

async function bodies(t: Tester, world: World): Promise<void> {
  const post = (body: string, type = 'application/json') =>
    world.get('auth/authenticate', undefined, { method: 'POST', body, headers: { 'content-type': type } });
  for (const [body, type] of [
    ['{', undefined],
    ['', undefined],
    ['null', undefined],
    ['"text"', undefined],
    ['[]', undefined],
    ['{"email":1,"password":[]}', undefined],
    ['{"email":"a@b.c"}', undefined],
    ['{"__proto__":{"email":"a@b.c"},"password":"x"}', undefined],
    ['{"constructor":{"prototype":{"x":1}},"email":"a@b.c","password":""}', undefined],
    ['email=a', 'application/x-unknown'],
    [`${'['.repeat(20000)}${']'.repeat(20000)}`, undefined],
  ] as const) {
    const answer = await post(body, type);
    t.ok(answer.status >= 400 && answer.status < 500, `sign in with ${body.slice(0, 40)} (${told(answer)})`);
    saysWhy(t, answer, body.slice(0, 40));
  }
}

async function stillThere(t: Tester, world: World): Promise<void> {
  await answers(t, world, 'items/plants/1?fields=id,title', { id: 1, title: 'Apple' });
  await answers(t, world, 'items/plants?fields=id&filter[id]=1', [{ id: 1 }]);
}

export const badInput: Feature = {
  promise: 'bad input is told what is wrong with it',
  async run(t, world) {
    await t.test('what cannot be served', (t) => refusedInput(t, world));
    await t.test('what is odd and means something', (t) => servedInput(t, world));
    await t.test('bodies', (t) => bodies(t, world));
    await t.test('the server still answers', (t) => stillThere(t, world));
  },
};
