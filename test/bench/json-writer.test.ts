/** The writer of the second yardstick writes what JSON.stringify would. */
import fc from 'fast-check';
import t from 'tap';
import { compileWriter, moment, quote, writeList } from '../../bench/servers/json-writer.ts';

t.test('a text is quoted as JSON.stringify quotes it', async (t) => {
  for (const text of ['', 'plain', 'a "word"', 'back\\slash', 'line\nbreak', 'naïve – ok', '\u007f', '\ud83d\ude00', '\ud800'])
    t.equal(quote(text), JSON.stringify(text));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => quote(text) === JSON.stringify(text)));
});

t.test('rows of all kinds of columns, nested objects included', async (t) => {
  const write = compileWriter({
    id: 'plain',
    'a "key"': 'text',
    on: 'boolean',
    at: 'moment',
    made: 'quoted?',
    author: { name: 'text?', country: { meta: 'plain?' } },
  });
  const rows = [
    ['1', 'x "y"', 't', '2024-02-29 12:30:00.5+00', '2024-01-01 00:00:00', 'A', '{"a": 1}'],
    ['12345678901234567890.50', 'z', 'f', '2024-01-01 00:00:00+00', null, null, null],
  ];
  t.same(JSON.parse(writeList(rows.slice(0, 1), write)), [
    {
      id: 1,
      'a "key"': 'x "y"',
      on: true,
      at: '2024-02-29T12:30:00.5+00:00',
      made: '2024-01-01 00:00:00',
      author: { name: 'A', country: { meta: { a: 1 } } },
    },
  ]);
  t.match(
    writeList(rows, write),
    /"id":12345678901234567890\.50,.*"on":false.*"made":null,"author":{"name":null,"country":{"meta":null}}}\]$/,
  );
  t.equal(writeList([], write), '[]');
  t.equal(moment('2024-01-01 00:00:00+00'), '"2024-01-01T00:00:00+00:00"');
});
