/** Groups and aggregates of MySQL's own types: dates that are none, bits, sets, years, other character sets, large floats. */
import t from 'tap';
import type { Connection } from '../../../src/dialect/types.ts';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { aggregateTexts } from '../aggregate-texts.ts';
import { scratch } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;

const texts = (connection: Connection, query: string): Promise<readonly string[]> => aggregateTexts(mysql, connection, query);

t.test('types', { skip: absent }, async (t) => {
  const { connection, end } = await scratch([
    `create table x (id int primary key, d date, m datetime(3), b bit(1), bits bit(4), s set('a','b'), y year, l varchar(20) character set latin1,
      big bigint unsigned, f double, g float, wide decimal(65,30))`,
    `insert ignore into x values
      (1, '0000-00-00', '2024-12-31 23:59:59.500', b'1', b'0101', 'a,b', 2024, 'été', 18446744073709551615, 1e200, 0.1, 99999999999999999999999999999999999.5),
      (2, null, '2024-12-31 23:59:59.000', b'0', b'0101', 'a', 2020, 'ete', 18446744073709551615, -1e200, 0.2, 99999999999999999999999999999999999.5),
      (3, '2024-02-29', '0000-00-00', null, b'0001', '', 2022, 'Été', 1, 0.5, 0.3, null)`,
  ]);
  t.teardown(end);
  const cases: readonly (readonly [query: string, texts: readonly string[]])[] = [
    ['groupBy=d&aggregate[count]=*', ['{"d":"2024-02-29","count":1}', '{"d":null,"count":2}']],
    ['groupBy=m', ['{"m":"2024-12-31 23:59:59"}', '{"m":"2024-12-31 23:59:59.5"}', '{"m":null}']],
    ['groupBy=year(m),second(m)&aggregate[count]=*', ['{"m_year":2024,"m_second":59,"count":2}', '{"m_year":null,"m_second":0,"count":1}']],
    ['groupBy=b&aggregate[count]=*', ['{"b":false,"count":1}', '{"b":true,"count":1}', '{"b":null,"count":1}']],
    ['groupBy=bits&aggregate[count]=*', ['{"bits":1,"count":1}', '{"bits":5,"count":2}']],
    ['groupBy=s&sort=-s', ['{"s":"a,b"}', '{"s":"a"}', '{"s":""}']],
    ['aggregate[min]=y&aggregate[max]=y&aggregate[avg]=y', ['{"min":{"y":2020},"max":{"y":2024},"avg":{"y":2022}}']],
    ['groupBy=l&aggregate[count]=*', ['{"l":"ete","count":1}', '{"l":"Été","count":1}', '{"l":"été","count":1}']],
    ['aggregate[countDistinct]=l,b,d,s&aggregate[max]=l', ['{"countDistinct":{"l":3,"b":2,"d":1,"s":3},"max":{"l":"été"}}']],
    [
      'aggregate[sum]=big,wide',
      ['{"sum":{"big":36893488147419103231,"wide":199999999999999999999999999999999999.000000000000000000000000000000}}'],
    ],
    ['aggregate[sum]=g', ['{"sum":{"g":0.6}}']],
    ['aggregate[sum]=f&filter[id][in]=1,3', ['{"sum":{"f":1e+200}}']],
  ];
  for (const [query, expected] of cases) t.strictSame(await texts(connection, query), expected, query);
});
