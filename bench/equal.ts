/** Whether the servers answer alike, before anything is measured: equal values, numbers to the last digit; white space and the order of keys are free. */
import { isDeepStrictEqual } from 'node:util';
import { exactJson } from '../test/support/exact-json.ts';
import type { Case } from './cases.ts';
import { distinct } from './cases.ts';
import type { RunningServer } from './processes.ts';

/** Asks one path; fails unless the status is 200. */
export async function answerOf(server: RunningServer, path: string): Promise<string> {
  const headers = server.token === undefined ? {} : { authorization: `Bearer ${server.token}` };
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${server.name} answers ${path} with ${response.status}: ${text.slice(0, 600)}`);
  return text;
}

/** The first place where two values differ, with both. */
function difference(own: unknown, other: unknown, path = ''): string {
  const objects = own !== null && other !== null && typeof own === 'object' && typeof other === 'object';
  if (objects) {
    const [a, b] = [own as Record<string, unknown>, other as Record<string, unknown>];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!isDeepStrictEqual(a[key], b[key])) return difference(a[key], b[key], `${path}.${key}`);
    }
  }
  return `${path || 'the whole'}: ${JSON.stringify(own)?.slice(0, 300)} and ${JSON.stringify(other)?.slice(0, 300)}`;
}

/** Throws where two texts are not the same JSON. */
export function demandEqual(what: string, own: string, other: string): void {
  if (own === other) return;
  const [a, b] = [exactJson(own), exactJson(other)];
  if (!isDeepStrictEqual(a, b)) throw new Error(`${what} is not the same: ${difference(a, b)}`);
}

const rowsIn = (text: string): number => {
  const { data }: { data: unknown } = JSON.parse(text);
  return Array.isArray(data) ? data.length : 1;
};

/** Compares what the yardsticks answer with what Sallyport answers, on requests all over the sequence; returns the mean number of rows. */
export async function checkEqual(one: Case, own: RunningServer, others: readonly RunningServer[]): Promise<number> {
  const tried = 25;
  let rows = 0;
  for (let i = 0; i < tried; i++) {
    const paths = one.paths(Math.floor((i * distinct) / tried) + (i % 7));
    const answer = await answerOf(own, paths.asked);
    const expected = one.same ? one.same(answer) : answer;
    rows += rowsIn(expected);
    for (const other of others) {
      const theirs = await answerOf(other, paths.handwritten);
      demandEqual(`${one.name}: ${paths.asked} by ${other.name}`, expected, one.others ? one.others(theirs) : theirs);
    }
  }
  return rows / tried;
}

/** The same for lines of JSON. */
export function demandEqualLines(what: string, own: string, other: string): void {
  if (own === other) return;
  const [a, b] = [own.trimEnd().split('\n'), other.trimEnd().split('\n')];
  if (a.length !== b.length) throw new Error(`${what}: ${a.length} lines and ${b.length}`);
  for (const [i, line] of a.entries()) demandEqual(`${what}, line ${i + 1}`, line, b[i] ?? '');
}
