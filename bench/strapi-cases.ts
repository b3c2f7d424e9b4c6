/** The rows of `list` and `nested` over the Strapi surface, and what makes the shape of the other answers of its own. */
import { type Case, commentLimit, project, spread } from './cases.ts';

const articles = `/${project}/strapi/api/articles`;

type Value = unknown;
type Row = Record<string, Value>;

const isRow = (value: Value): value is Row => value !== null && typeof value === 'object' && !Array.isArray(value);

/** A moment in one spelling, wherever it stands. */
function spelled(value: Value): Value {
  if (typeof value === 'string') return value.replace(/^(\d{4}-\d\d-\d\d)[T ]([\d:]{8})(?:\.000Z|\+00:00)?$/, '$1 $2');
  if (Array.isArray(value)) return value.map(spelled);
  return isRow(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, spelled(one)])) : value;
}

/** An entry as a row; `shown` has its relations look as those of the other servers. */
function rowOf(entry: Value, shown: (row: Row) => Row): Row {
  const { id, attributes } = entry as { id: Value; attributes: Row };
  const row = Object.entries(attributes).map(([name, value]) => [name, isRow(value) && 'data' in value ? value['data'] : value] as const);
  return shown({ id, ...Object.fromEntries(row) });
}

const only = (entry: Value, name: string): Row => ({ [name]: (entry as { attributes: Row }).attributes[name] });

const byName = (a: Row, b: Row): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function nestedRow({ author_id: author, tags, comments, ...row }: Row): Row {
  const { attributes } = author as { attributes: Row };
  const country = (attributes['country_id'] as { data: Value }).data;
  return {
    ...row,
    author_id: { name: attributes['name'], country_id: only(country, 'name') },
    tags: (tags as readonly Value[]).map((tag) => ({ tag_id: only(tag, 'name') })).sort(byName),
    comments: (comments as readonly Value[]).map((comment) => rowOf(comment, (one) => one)),
  };
}

const rewritten = (text: string, change: (rows: readonly Value[]) => readonly Value[]): string => {
  const { data } = JSON.parse(text) as { data: readonly Value[] };
  return JSON.stringify({ data: spelled(change(data)) });
};

/** The same rows as of `list`. */
export const strapiList: Case = {
  name: 'strapi-list',
  title: 'the list over the Strapi surface',
  paths(i) {
    const views = spread(i, 37, 1_000);
    const page = 1 + spread(i, 1, 3);
    const fields = 'title,slug,status,views,rating,price,published_on';
    return {
      asked: `${articles}?fields=${fields}&filters[status]=published&filters[views][$gte]=${views}&sort=published_on:desc&pagination[page]=${page}&pagination[pageSize]=50&pagination[withCount]=false`,
      handwritten: `/list?status=published&views=${views}&page=${page}`,
    };
  },
  same: (text) => rewritten(text, (rows) => rows.map((row) => rowOf(row, (one) => one))),
  others: (text) => rewritten(text, (rows) => rows),
};

/** The same rows as of `nested`; tags come by their keys, not by those of the junction. */
export const strapiNested: Case = {
  name: 'strapi-nested',
  title: 'the nested rows over the Strapi surface',
  paths(i) {
    const views = spread(i, 41, 1_000);
    const page = 1 + spread(i, 3, 5);
    const populate = [
      'populate[author_id][fields]=name',
      'populate[author_id][populate][country_id][fields]=name',
      'populate[tags][fields]=name',
      'populate[comments][fields]=author_name,body,created_on',
      `populate[comments][limit]=${commentLimit}`,
    ].join('&');
    return {
      asked: `${articles}?fields=title,slug,summary,views,published_on&${populate}&filters[views][$gte]=${views}&sort=published_on:desc&pagination[page]=${page}&pagination[pageSize]=25&pagination[withCount]=false`,
      handwritten: `/nested?views=${views}&page=${page}`,
    };
  },
  same: (text) => rewritten(text, (rows) => rows.map((row) => rowOf(row, nestedRow))),
  others: (text) =>
    rewritten(text, (rows) => (rows as readonly Row[]).map((row) => ({ ...row, tags: [...(row['tags'] as Row[])].sort(byName) }))),
};
