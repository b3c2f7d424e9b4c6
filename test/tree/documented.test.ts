/** Every exported function says what goes in and what comes out, in a comment of its own: the head of its file does not count. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../support/entry.ts';

const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const aFunction = /^export (?:async )?function\*? (\w+)/;
const aConstant = /^export const (\w+)(?:: (\w+)[^=]*)? = (?:async )?(.*)$/;

/** The name of the function that is exported there: a constant that holds one counts, and a plugin with routes. */
function exportedFunction(lines: readonly string[], at: number): string | undefined {
  const [, named] = aFunction.exec(lines[at] ?? '') ?? [];
  if (named !== undefined) return named;
  const [, constant, type = '', value = ''] = aConstant.exec(lines[at] ?? '') ?? [];
  const begins = value === '' ? (lines[at + 1] ?? '').trim() : value;
  return type.startsWith('FastifyPlugin') || /^(?:<[^(]*>)?\([^)]*\)[^=]*=>|^(?:<[^(]*>)?\($|^\w+ =>/.test(begins) ? constant : undefined;
}

/** Whether a comment of its own ends right above that line; of overloads the first one has it. */
function isDocumented(lines: readonly string[], at: number): boolean {
  const above = lines[at - 1] ?? '';
  if (aFunction.test(above) && above.endsWith(';')) return isDocumented(lines, at - 1);
  if (!above.endsWith('*/')) return false;
  const begin = lines.slice(0, at).findLastIndex((line) => line.startsWith('/**'));
  return begin > 0;
}

t.test('exported functions are documented', async (t) => {
  let found = 0;
  const bare = files.flatMap((file) => {
    const lines = readFileSync(join(root, 'src', file), 'utf8').split('\n');
    return lines.flatMap((_, at) => {
      const name = exportedFunction(lines, at);
      if (name === undefined) return [];
      found += 1;
      return isDocumented(lines, at) ? [] : [`${file}: ${name}`];
    });
  });
  t.ok(found > 1000, 'functions were found');
  t.strictSame(bare, []);
});
