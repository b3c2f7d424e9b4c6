/** Promise: `q` looks into text and numbers that the caller may read, and into nothing else (directus8-data §5.6). */
import type { Who } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { lists } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { visible } from './filter.ts';

async function finds(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['apple', [1, 11]],
    ['APPLE', [1, 11]],
    ['Pommier', [1]],
    ['cone', [3]],
    ['', [...visible]],
    ['100%25', [6]],
    ['%25_', [6]],
    ["'", [5]],
    ['%22gift%22', [5]],
    ['%5C', [8]],
    ['1999.99', [3]],
    ['published', []],
    ['2019-03', []],
    ['Rosaceae', []],
    ['dye', []],
    ['nothing like it', []],
  ];
  for (const [text, ids] of cases) await lists(t, world, `items/plants?fields=id&sort=id&q=${text}`, ids);
  await lists(t, world, 'items/plants?fields=id&sort=id&q=apple&filter[heads]=11', [11]);
  await lists(t, world, 'items/plants?fields=id&sort=id&filter[heads][eq]=5&q=apple&filter[latin][eq]=rosa&filter[latin][logical]=or', [1]);
  await lists(t, world, 'items/plants?fields=id&q=dandelion', []);
  await lists(t, world, 'items/plants?fields=id&q=dandelion&status=archived', [4]);
  await lists(t, world, 'items/keepers?fields=name&q=lou', ['Lou'], 'admin', 'name');
  await lists(t, world, 'items/log_entries?fields=message&q=007', ['entry 007'], 'admin', 'message');
}

async function hidden(t: Tester, world: World): Promise<void> {
  const cases: readonly (readonly [Who | null, string, string, readonly number[]])[] = [
    ['admin', 'sightings', 'shed', [1]],
    ['writer', 'sightings', 'shed', []],
    ['writer', 'sightings', 'bloom', [1]],
    ['writer', 'sightings', 'fruit set', []],
    ['writer', 'plants', 'keep dry', [1]],
    ['writer', 'plants', '1999.99', []],
    [null, 'plants', 'keep dry', []],
    [null, 'plants', 'Pommier', [1]],
    // Hidden in published plants only.
    ['editor', 'plants', 'keep dry', []],
    ['editor', 'plants', 'draft note', [8]],
    ['editor', 'plants', '9.99', [3]],
    ['editor', 'uses', 'code', []],
    // Of the sightings below, each caller's own.
    ['writer', 'plants', 'in bloom', [1]],
    ['writer', 'plants', 'cone', []],
    ['editor', 'plants', 'cone', []],
  ];
  for (const [who, collection, text, ids] of cases)
    await lists(t, world, `items/${collection}?fields=id&sort=id&q=${encodeURIComponent(text)}`, ids, who);
}

export const search: Feature = {
  promise: 'q looks into what the caller may read',
  async run(t, world) {
    await t.test('what it finds', (t) => finds(t, world));
    await t.test('what it does not tell', (t) => hidden(t, world));
  },
};
