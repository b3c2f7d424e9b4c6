/** What is asked: per case an endless sequence of inputs, and how each input is written for Sallyport and for the hand-written servers. */
import { parsePlainJson, writePlainJson } from '../src/lib/plain-json.ts';
import { readableColumns, sizes } from './data/tables.ts';

export interface Paths {
  /** Of Sallyport. */
  readonly asked: string;
  /** Of both hand-written servers. */
  readonly handwritten: string;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  /** The i-th request, the same for all servers. */
  paths(i: number): Paths;
  /** What of Sallyport's answer the others answer with, where that is not all of it. */
  readonly same?: (text: string) => string;
  /** The same of what the others answer. */
  readonly others?: (text: string) => string;
}

/** The project's key in URLs. */
export const project = 'bench';

/** Different requests of a case. */
export const distinct = 1_000;

const listFields = 'id,title,slug,status,views,rating,price,published_on';
const wideFields = readableColumns.filter((column) => column !== 'body').join(',');
const nestedFields =
  'id,title,slug,summary,views,published_on,author_id.name,author_id.country_id.name,tags.tag_id.name,comments.id,comments.author_name,comments.body,comments.created_on';

const articles = `/${project}/items/articles`;

/** A number from 0 to `below`, the same for the same `i` every time, and all of them in turn. */
export const spread = (i: number, step: number, below: number): number => (i * step) % below;

/** Nested comments are limited where the server knows how to. */
export const commentLimit = 10;

const list: Case = {
  name: 'list',
  title: '50 rows x 8 fields, filtered, sorted',
  paths(i) {
    const views = spread(i, 37, 1_000);
    const page = 1 + spread(i, 1, 3);
    return {
      asked: `${articles}?fields=${listFields}&filter[status]=published&filter[views][gte]=${views}&sort=-published_on&limit=50&page=${page}`,
      handwritten: `/list?status=published&views=${views}&page=${page}`,
    };
  },
};

const key: Case = {
  name: 'key',
  title: 'one row by key',
  paths(i) {
    const id = 1 + spread(i, 7_919, sizes.articles);
    return { asked: `${articles}/${id}`, handwritten: `/articles/${id}` };
  },
};

const nested = (limited: boolean): Case => ({
  name: 'nested',
  title: `25 rows, to-one, to-one, m2m, o2m${limited ? ` (${commentLimit})` : ' (all)'}`,
  paths(i) {
    const views = spread(i, 41, 1_000);
    const page = 1 + spread(i, 3, 5);
    const deep = limited ? `&deep[comments][_limit]=${commentLimit}` : '';
    return {
      asked: `${articles}?fields=${nestedFields}&filter[views][gte]=${views}&sort=-published_on&limit=25&page=${page}${deep}`,
      handwritten: `/nested?views=${views}&page=${page}`,
    };
  },
});

const nestedDocument = `query ($views: Int, $page: Int) { articles(filter: {views_gte: $views}, sort: ["-published_on"], limit: 25, offset: $page) { data {
  id title slug summary views published_on author_id { name country_id { name } } tags { tag_id { name } }
  comments(limit: ${commentLimit}) { id author_name body created_on } } } }`;

/** The same rows as of `nested`, by the other door. */
const gql: Case = {
  name: 'gql',
  title: 'the same over GraphQL',
  paths(i) {
    const views = spread(i, 41, 1_000);
    const page = 1 + spread(i, 3, 5);
    const query = new URLSearchParams({ query: nestedDocument, variables: JSON.stringify({ views, page: (page - 1) * 25 }) });
    return { asked: `/${project}/gql?${query}`, handwritten: `/nested?views=${views}&page=${page}` };
  },
  // Keys are texts there.
  same: (text) =>
    text
      .replace(/^\{"data":\{"articles":/, '')
      .replace(/\}\}$/, '')
      .replace(/"id":"(\d+)"/g, '"id":$1'),
};

const documents = `/${project}/payload/api/articles`;

const selected = (names: string): string =>
  names
    .split(',')
    .map((name) => `select[${name}]=true`)
    .join('&');

/** Documents as rows of the other doors: without what the convention adds, moments as those have them. */
function rowsOf(text: string, row: (doc: Readonly<Record<string, unknown>>) => object = (doc) => doc): string {
  const page = parsePlainJson(text) as { readonly docs: readonly Readonly<Record<string, unknown>>[] };
  return writePlainJson({ data: page.docs.map((doc) => row({ ...doc, published_on: inZone(doc['published_on']) })) }) ?? '';
}

const inZone = (moment: unknown): string => String(moment).replace(/\.000Z$/, '+00:00');
const plain = (moment: unknown): string =>
  String(moment)
    .replace('T', ' ')
    .replace(/\.000Z$/, '');

/** The same rows as of `list`, by the Payload surface. */
const payload: Case = {
  name: 'payload',
  title: '`list` over the Payload surface',
  paths(i) {
    const views = spread(i, 37, 1_000);
    const page = 1 + spread(i, 1, 3);
    const where = `where[status][equals]=published&where[views][greater_than_equal]=${views}`;
    return {
      asked: `${documents}?${selected(listFields)}&${where}&sort=-published_on,id&limit=50&page=${page}&pagination=false&depth=0`,
      handwritten: `/list?status=published&views=${views}&page=${page}`,
    };
  },
  same: (text) => rowsOf(text),
};

interface Related {
  readonly name: string;
  readonly country_id: { readonly name: string };
}

/** The same rows as of `nested`, by the Payload surface. */
const payloadNested: Case = {
  name: 'payload-nested',
  title: '`nested` over the Payload surface',
  paths(i) {
    const views = spread(i, 41, 1_000);
    const page = 1 + spread(i, 3, 5);
    const shape = [
      selected('id,title,slug,summary,views,published_on,author_id,tags,comments'),
      'populate[authors][name]=true&populate[authors][country_id]=true&populate[countries][name]=true&populate[tags][name]=true',
      'populate[comments][author_name]=true&populate[comments][body]=true&populate[comments][created_on]=true',
      `joins[comments][limit]=${commentLimit}&joins[comments][sort]=id`,
    ];
    return {
      asked: `${documents}?${shape.join('&')}&where[views][greater_than_equal]=${views}&sort=-published_on,id&limit=25&page=${page}&pagination=false&depth=2`,
      handwritten: `/nested?views=${views}&page=${page}`,
    };
  },
  same: (text) =>
    rowsOf(text, (doc) => {
      const author = doc['author_id'] as Related;
      const comments = doc['comments'] as { readonly docs: readonly Readonly<Record<string, unknown>>[] };
      return {
        ...doc,
        author_id: { name: author.name, country_id: { name: author.country_id.name } },
        tags: (doc['tags'] as readonly Related[]).map(({ name }) => ({ tag_id: { name } })),
        comments: comments.docs.map((one) => ({ ...one, created_on: plain(one['created_on']) })),
      };
    }),
};

const deep: Case = {
  name: 'deep',
  title: '50 rows by a filter through relations, and their count',
  paths(i) {
    const country = spread(i, 1, sizes.countries) + 1;
    const code = String.fromCharCode(65 + Math.floor(country / 26), 65 + (country % 26));
    const tag = `tag-${1 + (Math.floor(i / sizes.countries) % sizes.tags)}`;
    return {
      asked: `${articles}?fields=${listFields}&filter[author_id.country_id.code]=${code}&filter[tags.tag_id.slug]=${tag}&sort=-published_on&limit=50&meta=filter_count`,
      handwritten: `/deep?country=${code}&tag=${tag}&page=1`,
    };
  },
};

const wide: Case = {
  name: 'wide',
  title: '1,000 rows x 13 fields',
  paths(i) {
    const from = 1 + spread(i, 7_919, sizes.articles - 1_000);
    return {
      asked: `${articles}?fields=${wideFields}&filter[id][gte]=${from}&sort=id&limit=1000`,
      handwritten: `/wide?from=${from}`,
    };
  },
};

/** All rows with all columns, as lines. */
export const exportPaths: Paths = { asked: `${articles}?export=ndjson&limit=-1&sort=id`, handwritten: '/export' };

/** The cases in their order; `limited` where the server can limit nested lists. */
export function allCases(limited: boolean): readonly Case[] {
  return [list, key, nested(limited), ...(limited ? [gql, payload, payloadNested] : []), deep, wide];
}
