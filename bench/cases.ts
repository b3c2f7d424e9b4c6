/** What is asked: per case an endless sequence of inputs, and how each input is written for Sallyport and for the hand-written servers. */
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
  same: (text) => text.replace(/^\{"data":\{"articles":/, '').replace(/\}\}$/, ''),
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
  return [list, key, nested(limited), ...(limited ? [gql] : []), deep, wide];
}
