/** Assertions that the features share. */
import type { TAP } from 'tap';
import type { Who } from '../fixtures/garden-people.ts';
import type { World } from './garden.ts';
import { type Answer, at, column } from './http.ts';

/** A tap test, as far as features use one. */
export type Tester = Pick<
  TAP,
  'ok' | 'notOk' | 'equal' | 'not' | 'same' | 'strictSame' | 'match' | 'notMatch' | 'fail' | 'pass' | 'comment'
> & {
  test(name: string, run: (t: Tester) => Promise<unknown>): PromiseLike<unknown>;
};

/** What one promise to users is called, and its tests. */
export interface Feature {
  readonly promise: string;
  /** Why it is not kept on MySQL itself too: what it is about instead of the database, whose part in it other promises keep. */
  readonly databaseIndependent?: string;
  run(t: Tester, world: World): Promise<void>;
}

/** A short form of an answer for the messages of failing tests. */
export function told(answer: Answer): string {
  return `${answer.status} ${answer.text.slice(0, 300)}`;
}

/** The list holds the rows with these keys in this order. */
export async function lists(
  t: Tester,
  world: World,
  path: string,
  keys: readonly unknown[],
  who: Who | null = 'admin',
  key = 'id',
): Promise<Answer> {
  const answer = await world.get(path, who ?? undefined);
  const found = answer.status === 200 ? column(answer, key) : told(answer);
  t.strictSame(found, keys, `${who ?? 'public'}: ${path}`);
  return answer;
}

/** Words that only a database or the process says. */
const databaseWords =
  /\b(select|insert|update|delete)\b[^"]*\b(from|into|set)\b|syntax error|no such column|unknown column|at character|node_modules|\.[jt]s:\d/i;
const databaseCodes = /SQLSTATE|\bER_[A-Z]|SQLITE_|ECONN/;

/** The answer is an error object of that status and code, with a sentence and nothing else. */
export function refused(t: Tester, answer: Answer, status: number, code: number | null, what: string): void {
  t.strictSame([answer.status, at(answer.json, 'error', 'code')], [status, code], `${what}: ${status}/${code} (${told(answer)})`);
  saysWhy(t, answer, what);
}

/** The error object has a code and a sentence, and nothing that the database or the process would say. */
export function saysWhy(t: Tester, answer: Answer, what: string): void {
  const error = at(answer.json, 'error');
  const message = at(answer.json, 'error', 'message');
  const keys = error !== null && typeof error === 'object' ? Object.keys(error).sort() : [];
  t.strictSame(keys, ['code', 'message'], `${what}: an error of code and message (${told(answer)})`);
  t.ok(
    typeof message === 'string' && message.length > 3 && !databaseWords.test(message) && !databaseCodes.test(message),
    `${what}: a sentence (${told(answer)})`,
  );
  t.match(String(answer.headers['content-type']), /^application\/json/, `${what}: JSON`);
}

/** Asks and expects a refusal. */
export async function refuses(
  t: Tester,
  world: World,
  path: string,
  status: number,
  code: number | null,
  who: Who | null = 'admin',
): Promise<void> {
  refused(t, await world.get(path, who ?? undefined), status, code, `${who ?? 'public'}: ${path}`);
}

/** One row, or one object, equals. */
export async function answers(t: Tester, world: World, path: string, data: unknown, who: Who | null = 'admin'): Promise<Answer> {
  const answer = await world.get(path, who ?? undefined);
  t.strictSame(answer.status === 200 ? at(answer.json, 'data') : told(answer), data, `${who ?? 'public'}: ${path}`);
  return answer;
}
