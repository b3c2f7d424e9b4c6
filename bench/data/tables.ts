/** The tables of the dataset and their rows: arithmetic alone, so that every run everywhere measures the same data. */

/** Changes with the data: a database of another version is made anew. */
export const datasetVersion = '2';

export const sizes = { countries: 40, authors: 2_000, tags: 50, articles: 100_000, comments: 500_000, links: 300_000 } as const;

/** Of the articles, without the one that the role may not read. */
export const readableColumns = [
  'id',
  'title',
  'slug',
  'summary',
  'body',
  'status',
  'views',
  'rating',
  'price',
  'featured',
  'published_on',
  'created_on',
  'meta',
  'author_id',
] as const;

const structure: readonly string[] = [
  `create table countries (
    id int primary key,
    code varchar(2) not null unique,
    name varchar(80) not null,
    continent varchar(20) not null
  )`,
  `create table authors (
    id int primary key,
    name varchar(80) not null,
    email varchar(120) not null unique,
    bio text,
    country_id int not null references countries
  )`,
  `create table tags (
    id int primary key,
    slug varchar(40) not null unique,
    name varchar(40) not null
  )`,
  `create table articles (
    id int primary key,
    title varchar(200) not null,
    slug varchar(200) not null,
    summary varchar(400) not null,
    body text not null,
    status varchar(20) not null,
    views int not null,
    rating numeric(4,2),
    price numeric(10,2) not null,
    featured boolean not null,
    published_on timestamptz not null,
    created_on timestamp not null,
    meta jsonb,
    author_id int not null references authors,
    internal_note text
  )`,
  `create table comments (
    id int primary key,
    article_id int not null references articles,
    author_name varchar(80) not null,
    body text not null,
    created_on timestamp not null,
    approved boolean not null
  )`,
  `create table articles_tags (
    id int primary key,
    article_id int not null references articles,
    tag_id int not null references tags
  )`,
];

/** Words that turn up again and again, as words do. */
const words =
  "array['harbour','winter','signal','copper','meadow','engine','letter','orchard','silver','garden','bridge','market','violin','lantern','river','canvas','temple','falcon','pepper','thunder']";
const word = (expression: string): string => `(${words})[1 + (${expression}) % 20]`;
const sentence = (seed: string): string =>
  `initcap(${word(seed)}) || ' and ' || ${word(`${seed} / 3`)} || ' meet the ' || ${word(`${seed} / 7 + 5`)} || ' beside a ' || ${word(`${seed} / 11 + 9`)} || '. '`;

/**
 * Ten articles in a row have 0, 1, 2, 3, 4, 5, 6, 7, 10 and 12 comments: five on average, and more than ten now and then. Comments arrive in time,
 * so those of one article lie far apart.
 */
const comments = `
  insert into comments
  select row_number() over (order by (i::bigint * 7919) % 500000), article_id, 'Reader ' || (i % 9973),
    ${sentence('i')} || case when i % 10 = 3 then '"Quite" so. ' else '' end || ${sentence('(i / 13)')},
    timestamp '2021-01-01' + (((i::bigint * 7919) % 500000) * interval '4 minutes'), i % 17 <> 0
  from (
    select a.id as article_id, (a.id - 1) / 10 * 50 + (array[0,0,1,3,6,10,15,21,28,38])[1 + (a.id - 1) % 10] + n as i
    from articles a
    cross join lateral generate_series(0, (array[0,1,2,3,4,5,6,7,10,12])[1 + (a.id - 1) % 10] - 1) n
  ) c
  order by 1`;

/** One to five tags an article, three on average, no tag twice. */
const links = `
  insert into articles_tags
  select row_number() over (order by a.id, n), a.id, 1 + ((a.id::bigint * 31 + n * 7 + a.id / 50) % 50)
  from articles a
  cross join lateral generate_series(0, a.id % 5) n`;

const rows: readonly string[] = [
  `insert into countries
    select i, chr(65 + i / 26) || chr(65 + i % 26), 'Country ' || i, (array['Africa','America','Asia','Europe','Oceania'])[1 + i % 5]
    from generate_series(1, ${sizes.countries}) i`,
  `insert into authors
    select i, initcap(${word('i')}) || ' ' || initcap(${word('i / 20')}) || case when i % 9 = 0 then ' Müller' else '' end,
      'author' || i || '@example.com', case when i % 3 = 0 then null else ${sentence('i')} end, 1 + (i * 7) % ${sizes.countries}
    from generate_series(1, ${sizes.authors}) i`,
  `insert into tags select i, 'tag-' || i, initcap(${word('i')}) || ' ' || i from generate_series(1, ${sizes.tags}) i`,
  // Two articles share each moment of publication: an order needs the key to be one.
  `insert into articles
    select i, initcap(${word('i')}) || ' of the ' || ${word('i / 20')} || ' ' || i || case when i % 12 = 0 then ' – "revisited"' else '' end,
      ${word('i')} || '-' || ${word('i / 20')} || '-' || i,
      ${sentence('i')} || ${sentence('(i / 5)')},
      repeat(${sentence('(i / 2)')} || ${sentence('(i * 3)')}, 3 + i % 2) || case when i % 8 = 0 then E'\\nSecond "paragraph", naïve.' else '' end,
      (array['published','published','published','published','published','published','published','review','draft','draft'])[1 + (i * 3) % 10],
      (i::bigint * 7919 % 10007)::int, case when i % 11 = 0 then null else ((i * 37) % 500)::numeric / 100 end, ((i::bigint * 7321) % 1000000)::numeric / 100,
      i % 20 = 0, timestamptz '2019-01-01 00:00:00+00' + ((i::bigint * 7919) % 50000) * interval '73 minutes',
      timestamp '2018-12-01 08:00:00' + i * interval '31 minutes',
      case when i % 6 = 0 then null else jsonb_build_object('source', ${word('i / 9')}, 'words', 200 + i % 900, 'flags', jsonb_build_array(i % 2 = 0, i % 7)) end,
      1 + (i::bigint * 13 % ${sizes.authors})::int, 'seen by the desk ' || i
    from generate_series(1, ${sizes.articles}) i`,
  comments,
  links,
];

const indexes: readonly string[] = [
  'create index on authors (country_id)',
  'create index on articles (author_id)',
  'create index on articles (published_on)',
  'create index on comments (article_id)',
  'create unique index on articles_tags (article_id, tag_id)',
  'create index on articles_tags (tag_id, article_id)',
];

/** Everything but the system tables, in order. The last statements run outside a transaction. */
export const datasetStatements: readonly string[] = [...structure, ...rows, ...indexes];
