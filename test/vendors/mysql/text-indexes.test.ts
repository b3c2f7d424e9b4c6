/** Promise: FULLTEXT indexes of InnoDB are known, with the words that are not in them. */
import t from 'tap';
import { mysql } from '../../../src/vendors/mysql/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { scratch } from './scratch.ts';

const absent = (await whyNot('mysql')) ?? false;

t.test('what there is', { skip: absent }, async (t) => {
  const s = await scratch([
    'create table a (id int primary key, title varchar(100), body text, note text, fulltext key both_ (body, title), fulltext key note_ (note), key plain (title))',
    'create table m (id int primary key, title varchar(100), fulltext key title_ (title)) engine=MyISAM',
    'create table other (id int primary key)',
  ]);
  t.teardown(() => s.end());
  const found = (await mysql.introspect(s.connection)).textIndexes ?? [];
  t.strictSame(
    found.map(({ table, name, form, columns }) => [table, name, form, columns]),
    [
      ['a', 'both_', { is: 'fulltext' }, ['body', 'title']],
      ['a', 'note_', { is: 'fulltext' }, ['note']],
    ],
  );
  t.match(found[0], { schema: null, least: 3, most: 84 });
  t.ok(found[0]?.common?.includes('the'));
});
