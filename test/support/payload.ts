/** Requests of the Payload surface. */
import type { Who } from '../fixtures/garden-people.ts';
import { type Tester, told } from './expect.ts';
import type { World } from './garden.ts';
import { type Answer, type Ask, at, type Json } from './http.ts';

/** A path below the API, as somebody; null is the public. */
export function api(world: World, path: string, who: Who | null = 'admin', options: Omit<Ask, 'token'> = {}): Promise<Answer> {
  return world.get(`payload/api${path}`, who ?? undefined, options);
}

/** The same with a JSON body. */
export function send(world: World, method: string, path: string, body: unknown, who: Who | null = 'admin'): Promise<Answer> {
  return api(world, path, who, { method, body: JSON.stringify(body) });
}

/** The values of one member of all documents of a list. */
export function column(answer: Answer, name = 'id'): Json[] {
  const docs = at(answer.json, 'docs');
  return Array.isArray(docs) ? docs.map((doc) => at(doc, name)) : [];
}

/** The list holds those documents, in that order. */
export async function finds(t: Tester, world: World, path: string, ids: readonly Json[], who: Who | null = 'admin'): Promise<Answer> {
  const answer = await api(world, path, who);
  t.strictSame(answer.status === 200 ? column(answer) : told(answer), ids, `${who ?? 'public'}: ${path}`);
  return answer;
}

/** The answer is an error of that status, with that sentence where it begins so; nothing of the database is in it. */
export function refused(t: Tester, answer: Answer, status: number, message: string, what: string): void {
  const said = String(at(answer.json, 'errors', 0, 'message') ?? at(answer.json, 'message') ?? '');
  t.equal(answer.status, status, `${what}: ${told(answer)}`);
  t.equal(said.slice(0, message.length), message, what);
  t.notMatch(answer.text, /select .* from |SQLITE|SQLSTATE|\bER_[A-Z]/, `${what}: nothing of the database`);
}

/** Asks and expects a refusal. */
export async function refuses(
  t: Tester,
  world: World,
  path: string,
  status: number,
  message: string,
  who: Who | null = 'admin',
): Promise<void> {
  refused(t, await api(world, path, who), status, message, `${who ?? 'public'}: ${path}`);
}
