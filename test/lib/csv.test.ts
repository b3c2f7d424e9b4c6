import fc from 'fast-check';
import t from 'tap';
import { csvOf } from '../../src/lib/csv.ts';
import { readCsv } from '../support/csv.ts';

t.test('a line', async (t) => {
  const { header, line } = csvOf(['id', 'a b', 'x,y', 'q"', 'Größe']);
  t.equal(header, 'id,a b,"x,y","q""",Größe\r\n');
  t.equal(line('{"id":1,"a b":"text","x,y":null,"q\\"":true,"Größe":-1.50}'), '1,text,,true,-1.50\r\n');
  t.equal(
    line('{"id":"a,b","a b":"say \\"no\\"","x,y":"two\\r\\nlines","q\\"":"","Größe":" "}'),
    '"a,b","say ""no""","two\r\nlines","", \r\n',
  );
  t.equal(line('{"id":{"a":[1,2.50]},"a b":[],"Größe":"\\u00e4"}'), '"{""a"":[1,2.50]}",[],,,ä\r\n', 'lists and objects are JSON');
  t.equal(line('{"Gr\\u00f6\\u00dfe":2,"id":1}'), '1,,,,2\r\n', 'in any order, however the key is written');
  t.equal(line('{}'), ',,,,\r\n');
  t.throws(() => line('{"id":1,"secret":2}'), /secret/, 'what has no column is no silent loss');
  t.equal(csvOf(['a']).header, 'a\r\n');
});

t.test('what is written is read back', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '\\', 'a', ' ') }));
  fc.assert(
    fc.property(
      fc.uniqueArray(text, { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(fc.option(text), { maxLength: 6 })),
      (columns, rows) => {
        const { header, line } = csvOf(columns);
        const full = rows.map((row) => columns.map((_, i) => row[i] ?? null));
        // One field that is nothing is an empty line, which no reader can tell from none.
        const shown = columns.length === 1 ? full.filter(([only]) => only !== null) : full;
        const lines = shown.map((row) => line(JSON.stringify(Object.fromEntries(columns.map((column, i) => [column, row[i]])))));
        t.strictSame(readCsv(header + lines.join('')), [columns, ...shown]);
      },
    ),
  );
});
