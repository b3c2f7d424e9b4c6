/** Groups and aggregates of PostgreSQL's own types: what has no order or no equality of its own, what is no number, long names. */
import t from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { aggregateTexts } from '../aggregate-texts.ts';
import { scratch } from './scratch.ts';

const absent = (await whyNot('postgres')) ?? false;

const texts = (connection: Connection, query: string): Promise<readonly string[]> => aggregateTexts(postgres, connection, query);

const long = 'a_name_that_is_as_long_as_names_may_be_which_is_sixty_three_byte';

t.test('types', { skip: absent }, async (t) => {
  const { connection } = await scratch(t, [
    `create domain euro as numeric(8,2)`,
    `create collation if not exists blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    `create table x (id int, f8 float8, f4 float4, n numeric, e euro, i interval, a inet, c char(5), w text collate blind, d date,
      z timestamptz, u uuid, b boolean, m money, ${long.slice(0, 62)}1 int, ${long.slice(0, 62)}2 int)`,
    `insert into x values
      (1, 'NaN', 0.1, 1.50, 1.5, '1 day', '10.0.0.1', 'ab', 'Word', 'infinity', '2024-12-31 23:30:00-01', '00000000-0000-0000-0000-000000000001', true, 1.5, 1, 10),
      (2, 0.1, 0.2, 'NaN', null, '24 hours', '10.0.0.1', 'ab  ', 'word', '2024-02-29', '2025-01-01 00:30:00+00', null, false, 1.5, 2, 20),
      (3, 0.2, 0.3, 2, 2.25, '1 day', '10.0.0.2', 'b', 'word', '0044-03-15 BC', 'infinity', null, false, 2, 3, 30)`,
  ]);
  const cases: readonly (readonly [query: string, texts: readonly string[]])[] = [
    ['aggregate[sum]=f8,f4,n,e', ['{"sum":{"f8":"NaN","f4":0.6,"n":"NaN","e":3.75}}']],
    ['aggregate[sum]=f8,n&filter[id][in]=2,3&aggregate[avg]=f8,f4', ['{"sum":{"f8":0.3,"n":"NaN"},"avg":{"f8":0.15,"f4":0.25}}']],
    ['aggregate[sum]=n&filter[id][in]=1,3', ['{"sum":{"n":3.50}}']],
    ['groupBy=i', ['{"i":"1 day"}', '{"i":"24:00:00"}']],
    ['groupBy=a&aggregate[count]=*', ['{"a":"10.0.0.1/32","count":2}', '{"a":"10.0.0.2/32","count":1}']],
    ['groupBy=c&aggregate[count]=*', ['{"c":"ab","count":2}', '{"c":"b","count":1}']],
    ['groupBy=w&aggregate[count]=*', ['{"w":"Word","count":1}', '{"w":"word","count":2}']],
    [
      'aggregate[countDistinct]=w,i,m,u&aggregate[min]=w&aggregate[max]=c',
      ['{"countDistinct":{"w":2,"i":2,"m":2,"u":1},"min":{"w":"Word"},"max":{"c":"b"}}'],
    ],
    ['groupBy=year(d)', ['{"d_year":-44}', '{"d_year":2024}', '{"d_year":null}']],
    ['groupBy=year(z),hour(z)', ['{"z_year":2025,"z_hour":0}', '{"z_year":null,"z_hour":null}']],
    ['aggregate[min]=z,d&aggregate[max]=d', ['{"min":{"z":"2025-01-01T00:30:00+00:00","d":"0044-03-15 BC"},"max":{"d":"infinity"}}']],
    ['groupBy=b&aggregate[count]=b,u', ['{"b":false,"count":{"b":2,"u":0}}', '{"b":true,"count":{"b":1,"u":1}}']],
    [`aggregate[sum]=${long.slice(0, 62)}1,${long.slice(0, 62)}2`, [`{"sum":{"${long.slice(0, 62)}1":6,"${long.slice(0, 62)}2":60}}`]],
  ];
  for (const [query, expected] of cases) t.strictSame(await texts(connection, query), expected, query);
});
