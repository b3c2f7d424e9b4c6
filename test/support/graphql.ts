/** GraphQL requests of the tests. */
import type { Who } from '../fixtures/garden-people.ts';
import type { Tester } from './expect.ts';
import { told } from './expect.ts';
import type { World } from './garden.ts';
import { type Answer, at, type Json } from './http.ts';

type Variables = Readonly<Record<string, unknown>>;

/** Sends a document; without `who` as the public. */
export function gql(
  world: Pick<World, 'get'>,
  query: string,
  who: Who | null = 'admin',
  variables: Variables = {},
  headers = {},
): Promise<Answer> {
  return world.get('gql', who ?? undefined, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
}

/** The document is answered without errors, with these data. */
export async function gives(
  t: Tester,
  world: Pick<World, 'get'>,
  query: string,
  data: unknown,
  who: Who | null = 'admin',
  variables: Variables = {},
): Promise<Answer> {
  const answer = await gql(world, query, who, variables);
  const ok = answer.status === 200 && at(answer.json, 'errors') === undefined;
  t.strictSame(ok ? at(answer.json, 'data') : told(answer), data, `${who ?? 'public'}: ${query}`);
  return answer;
}

/** The first error of the answer has that code; its sentence says nothing that the database would say. */
export async function fails(
  t: Tester,
  world: Pick<World, 'get'>,
  query: string,
  code: string,
  who: Who | null = 'admin',
  variables: Variables = {},
): Promise<Answer> {
  const answer = await gql(world, query, who, variables);
  t.equal(at(answer.json, 'errors', 0, 'extensions', 'code'), code, `${who ?? 'public'}: ${query} (${told(answer)})`);
  t.ok(answer.status < 500, 'no fault of ours');
  t.notMatch(answer.text, /select .* from |SQLITE|SQLSTATE|\bER_[A-Z]/, 'nothing of the database');
  return answer;
}

/** The rows of a list. */
export function data(answer: Answer, field: string): Json {
  return at(answer.json, 'data', field, 'data');
}
