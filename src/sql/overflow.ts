/** Nested lists that are too long: the list leaves the database as a marked text, which no stored text can be taken for. */
import { randomBytes } from 'node:crypto';
import type { Output, Template } from '../query/types.ts';

/** Random in each process, and never sent to anybody. */
const mark = `sallyport:${randomBytes(12).toString('hex')}:`;

/** What stands for a list that is too long: a JSON text that names it. */
export function overflowJson(list: string): string {
  return JSON.stringify(mark + list);
}

/** The name of a list of the row that was too long, if there is one. */
export function overflownList(text: string): string | undefined {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : /^[^"\\]*/.exec(text.slice(at + mark.length))?.[0];
}

/** Whether some list of the template has a length to look at. */
export function hasGuardedList(template: Template): boolean {
  for (const output of template.values()) if (isGuarded(output)) return true;
  return false;
}

function isGuarded(output: Output): boolean {
  if (output.is === 'group') return hasGuardedList(output.of);
  if (output.is === 'first') return output.of.some(isGuarded);
  if (output.is === 'when') return isGuarded(output.of);
  return output.is === 'relation' && (output.query.most !== undefined || hasGuardedList(output.query.template));
}
