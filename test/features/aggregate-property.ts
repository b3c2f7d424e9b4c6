/**
 * Promise: aggregates are what anybody could work out from the list of the same request. Random filters of every caller are asked for
 * as rows and as groups, and what the groups say is compared with what the rows add up to.
 */
import fc from 'fast-check';
import type { Who } from '../fixtures/garden-people.ts';
import { callers } from '../support/disturb.ts';
import { canonicalNumber } from '../support/exact-json.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at, exact, type Json } from '../support/http.ts';
import { randomRequests } from '../support/random-query.ts';
import type { Caller } from '../support/readable.ts';

/** Requests for each caller. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 36);

/** Columns to add up, and columns to group by, of single scalar values. */
const columns: Readonly<Record<string, { numbers: readonly string[]; groups: readonly string[] }>> = {
  plants: { numbers: ['heads', 'height', 'price', 'sort'], groups: ['family', 'status', 'zone', 'owner', 'planted', 'notes', 'heads'] },
  sightings: { numbers: ['tally'], groups: ['plant', 'observer', 'note'] },
  plant_uses: { numbers: ['weight', 'id'], groups: ['plant', 'use_id'] },
  tasks: { numbers: ['plant'], groups: ['state', 'title', 'assignee'] },
  plant_texts: { numbers: ['plant'], groups: ['language', 'plant'] },
  zones: { numbers: ['parent', 'id'], groups: ['parent'] },
  shipments: { numbers: ['weight', 'number'], groups: ['depot'] },
  families: { numbers: [], groups: ['name', 'note'] },
  keepers: { numbers: ['id', 'badge'], groups: ['name'] },
  uses: { numbers: ['id'], groups: ['name'] },
  beds: { numbers: ['keeper'], groups: ['label'] },
  order: { numbers: ['plant'], groups: ['group', 'user'] },
};

type ExactRow = { readonly [key: string]: Json };

function rowsOf(answer: Answer): ExactRow[] {
  const data = at(exact(answer), 'data');
  return Array.isArray(data) ? data.filter((row): row is ExactRow => row !== null && typeof row === 'object' && !Array.isArray(row)) : [];
}

/** The exact sum of numbers such as `#1.50`, spelled the same way; null of none. */
function sum(values: readonly string[]): Json {
  if (values.length === 0) return null;
  const places = Math.max(...values.map((value) => value.split('.')[1]?.length ?? 0));
  const units = values.map((value) => {
    const [whole = '', fraction = ''] = value.slice(1).split('.');
    return BigInt(whole + fraction.padEnd(places, '0'));
  });
  const total = units.reduce((a, b) => a + b, 0n);
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0');
  const point = digits.length - places;
  return `#${canonicalNumber(`${total < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}0`)}`;
}

const present = (rows: readonly ExactRow[], name: string): string[] =>
  rows.map((row) => row[name]).filter((value): value is string => typeof value === 'string');

/** What groups of the rows must say. A field that a row lacks is hidden in it, and counts as NULL. */
function expected(
  rows: readonly ExactRow[],
  group: string | undefined,
  numbers: readonly string[],
  texts: readonly string[],
): Map<string, Json> {
  const groups = new Map<string, ExactRow[]>(group === undefined ? [['all', []]] : []);
  for (const row of rows) {
    const key = group === undefined ? 'all' : JSON.stringify(row[group] ?? null);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return new Map(
    [...groups].map(([key, members]): [string, Json] => {
      const each = (names: readonly string[], make: (values: string[]) => Json): Json =>
        Object.fromEntries(names.map((name) => [name, make(present(members, name))]));
      return [
        key,
        {
          count: { '*': `#${members.length}`, ...(each(texts, (values) => `#${values.length}`) as ExactRow) },
          countDistinct: each(texts, (values) => `#${new Set(values).size}`),
          ...(numbers.length === 0 ? {} : { sum: each(numbers, sum), max: each(numbers, highest) }),
        },
      ];
    }),
  );
}

function highest(values: readonly string[]): Json {
  return values.reduce<Json>(
    (most, value) => (most === null || Number(value.slice(1)) > Number(String(most).slice(1)) ? value : most),
    null,
  );
}

/** The list of a random request, with some of its conditions; undefined for a collection that is not in the table. */
function listOf(path: string, kept: readonly boolean[]): { root: string; query: string } | undefined {
  const [, root = '', query = ''] = /^items\/(\w+)[^?]*\?(.*)$/.exec(path) ?? [];
  if (!columns[root]) return undefined;
  const conditions = query.split('&').filter((part) => /^(filter|q|status)\b/.test(part));
  return { root, query: conditions.filter((_, i) => kept[i]).join('&') };
}

async function addsUp(t: Tester, world: World, who: Who | undefined, caller: Caller): Promise<void> {
  let compared = 0;
  const property = fc.asyncProperty(
    randomRequests(caller),
    fc.array(fc.boolean(), { maxLength: 4 }),
    fc.nat(),
    async (path, kept, choice) => {
      const list = listOf(path, kept);
      if (!list) return;
      const { root, query } = list;
      const rows = await world.get(`items/${root}?fields=*&limit=-1&${query}`, who);
      if (rows.status !== 200) return;
      const found = rowsOf(rows);
      const shown = (names: readonly string[]): string[] => names.filter((name) => found.some((row) => name in row));
      const numbers = shown(columns[root]?.numbers ?? []);
      const texts = shown(columns[root]?.groups ?? []);
      const group = [undefined, ...texts][choice % (texts.length + 1)];
      const functions = [
        ['count', ['*', ...texts]],
        ['countDistinct', texts],
        ['sum', numbers],
        ['max', numbers],
      ] as const;
      const asked = functions.filter(([, names]) => names.length > 0).map(([name, names]) => `aggregate[${name}]=${names.join(',')}`);
      const answer = await world.get(`items/${root}?${asked.join('&')}&limit=-1&${query}${group ? `&groupBy=${group}` : ''}`, who);
      if (answer.status !== 200) throw new Error(`${who ?? 'public'}: a list, but no groups: ${told(answer)}`);
      const given = new Map(
        rowsOf(answer).map((row): [string, Json] => {
          const { [group ?? '']: key, count = null, countDistinct = {}, ...values } = row;
          // Rows that are counted alone are a number, not an object.
          const counts = texts.length === 0 ? { '*': count } : count;
          return [group === undefined ? 'all' : JSON.stringify(key), { count: counts, countDistinct, ...values }];
        }),
      );
      const wanted = expected(found, group, numbers, texts);
      const ordered = (map: Map<string, Json>): string => JSON.stringify([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
      if (ordered(given) !== ordered(wanted)) throw new Error(`groups:\n${ordered(given)}\nrows:\n${ordered(wanted)}`);
      if (found.length > 0) compared++;
    },
  );
  const result = await fc.check(property, { numRuns: runs });
  t.notOk(result.failed, `${who ?? 'public'}: ${result.failed ? fc.defaultReportMessage(result) : `${runs} requests`}`);
  t.ok(compared > runs / 12, `${who ?? 'public'}: ${compared} of ${runs} had rows`);
}

export const aggregateProperty: Feature = {
  promise: 'aggregates are what the rows add up to',
  async run(t, world) {
    for (const { who, caller } of callers) await t.test(`for ${who ?? 'the public'}`, (t) => addsUp(t, world, who, caller));
  },
};
