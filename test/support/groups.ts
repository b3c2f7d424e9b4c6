/** Assertions about groups and aggregates. */
import type { Who } from '../fixtures/garden-people.ts';
import { type Tester, told } from './expect.ts';
import type { World } from './garden.ts';
import { at, exact, rows } from './http.ts';

/** Numbers in `expected` are texts such as `#20.95`, as `exact` gives them. */
export async function gives(t: Tester, world: World, path: string, expected: unknown, who: Who | null = 'admin'): Promise<void> {
  const answer = await world.get(`items/${path}`, who ?? undefined);
  t.strictSame(answer.status === 200 ? at(exact(answer), 'data') : told(answer), expected, `${who ?? 'public'}: ${path}`);
}

/** One column of groups and their counts, in order. */
export async function counts(
  t: Tester,
  world: World,
  path: string,
  key: string,
  expected: unknown,
  who: Who | null = 'admin',
): Promise<void> {
  const answer = await world.get(`items/${path}`, who ?? undefined);
  const found = answer.status === 200 ? rows(answer).map((row) => [row[key], row['count']]) : told(answer);
  t.strictSame(found, expected, `${who ?? 'public'}: ${path}`);
}
