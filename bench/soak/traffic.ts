/** The requests of a soak: what a busy project is asked, and now and then something that nobody should send. */
import { project } from '../cases.ts';
import { benchToken } from '../data/rights.ts';

export interface SoakRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  /** The server may hang up on it. */
  readonly broken?: true;
}

/** Rows that are there at the start. */
export const rows = 5_000;

type Make = (i: number) => { readonly method?: string; readonly path: string; readonly body?: unknown };

const items = `/${project}/items/articles`;
const article = (i: number) => ({
  title: `Storm ${i}`,
  slug: `storm-${i}`,
  body: 'Canvas and temple. '.repeat(10),
  status: 'published',
  price: '12.50',
});
const gql =
  '{ articles(limit: 20, sort: ["-views", "id"], filter: {views_gte: 10}) { data { id title views price } meta { filter_count } } }';

/** Kinds by their share of a hundred. */
const kinds: readonly (readonly [kind: string, share: number, make: Make])[] = [
  [
    'list',
    30,
    (i) => ({
      path: `${items}?fields=id,title,status,views,price&filter[status][eq]=published&sort=-views,id&limit=25&page=${1 + (i % 20)}`,
    }),
  ],
  ['key', 20, (i) => ({ path: `${items}/${1 + ((i * 7) % rows)}` })],
  ['search', 5, (i) => ({ path: `${items}?q=winter ${1 + (i % 50)}&limit=10`.replace(' ', '%20') })],
  ['count', 10, (i) => ({ path: `${items}?limit=5&meta=*&offset=${i % 1000}` })],
  ['groups', 5, () => ({ path: `${items}?aggregate[count]=*&groupBy=status` })],
  ['gql', 10, () => ({ method: 'POST', path: `/${project}/gql`, body: { query: gql } })],
  ['me', 5, () => ({ path: `/${project}/users/me` })],
  ['create', 6, (i) => ({ method: 'POST', path: items, body: article(i) })],
  ['change', 4, (i) => ({ method: 'PATCH', path: `${items}/${1 + ((i * 13) % rows)}`, body: { views: i % 1000 } })],
];

/** One of each is sent in turn. */
const malformed: readonly ((i: number) => string | Buffer)[] = [
  () => request('GET', `${items}?filter[views][nope]=1`),
  () => request('GET', `${items}?fields=nothing_like_it`),
  () => request('GET', `${items}?sort[[[=x&&&=%%`),
  () => request('GET', `/${project}/items/%ff%fe`),
  () => request('GET', `${items}?q=%00`),
  () => request('GET', `${items}/not-a-number`),
  () => request('GET', `${items}?limit=999999999999999999999`),
  () => request('POST', items, '{"title": "half of'),
  () => request('POST', items, JSON.stringify({ title: 5, price: 'dear', nothing: [] })),
  () => request('POST', items, '['.repeat(20_000)),
  () => request('PUT', items, '{}'),
  () => request('POST', `/${project}/gql`, JSON.stringify({ query: `{ ${'articles { data { '.repeat(200)}` })),
  () => request('POST', `/${project}/auth/authenticate`, JSON.stringify({ email: { a: 1 }, password: [] })),
  () => request('GET', `${items}?${'a=1&'.repeat(5_000)}`),
  () => request('GET', `/${project}/nothing/here`),
  () => request('GET', '/nobody/items/x'),
];

/** What is no HTTP at all; the connection ends with it. */
const garbage: readonly string[] = [
  'GET / HTTP/9.9\r\n\r\n',
  `GET ${items} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: nine\r\n\r\n`,
  `POST ${items} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
  `GET ${items} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${'x'.repeat(200_000)}\r\n\r\n`,
];

function request(method: string, path: string, body?: string): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${benchToken}\r\n`;
  return body === undefined
    ? `${head}\r\n`
    : `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A hundred kinds in a fixed order that mixes them. */
const deck: readonly (number | 'malformed')[] = Array.from({ length: 100 }, (_, i) => (i * 37) % 100).map((place) => {
  let below = 0;
  for (const [at, [, share]] of kinds.entries()) {
    below += share;
    if (place < below) return at;
  }
  return 'malformed';
});

/** The request of a number. */
export function requestOf(i: number): SoakRequest {
  const at = deck[i % 100] ?? 'malformed';
  const chosen = at === 'malformed' ? undefined : kinds[at];
  if (chosen) {
    const [kind, , make] = chosen;
    const { method = 'GET', path, body } = make(i);
    return { kind, bytes: Buffer.from(request(method, path, body === undefined ? undefined : JSON.stringify(body))) };
  }
  const turn = Math.floor(i / 20);
  if (turn % 5 === 4) return { kind: 'garbage', bytes: Buffer.from(garbage[turn % garbage.length] ?? ''), broken: true };
  return { kind: 'malformed', bytes: Buffer.from(malformed[turn % malformed.length]?.(i) ?? '') };
}
