/** The leaks that the proof of permissions plants find the text that they replace; the proof itself takes minutes to say so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { leaks } from '../prove/leaks.ts';
import { root } from '../support/entry.ts';

t.test('each leak replaces one place of its module', async (t) => {
  const times = leaks.map(
    ({ name, file, rule }) => `${name}: ${readFileSync(join(root, 'dist/src', `${file}.js`), 'utf8').split(rule).length - 1}`,
  );
  t.strictSame(
    times.filter((one) => !one.endsWith(': 1')),
    [],
  );
});
