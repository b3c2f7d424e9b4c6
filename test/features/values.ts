/** Promise: values travel exactly; the text of the answer is compared, not what JavaScript makes of it (directus8-data §6). */
import { canonicalNumber } from '../support/exact-json.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { at, exact, type Json } from '../support/http.ts';

async function column(world: World, name: string): Promise<Json[]> {
  const answer = await world.get(`items/measures?fields=${name},id&sort=id`, 'admin');
  return [0, 1, 2, 3].map((row) => (answer.status === 200 ? at(exact(answer), 'data', row, name) : told(answer)));
}

const number = (text: string): string => `#${canonicalNumber(text)}`;

async function numbers(t: Tester, world: World): Promise<void> {
  t.strictSame(await column(world, 'big'), ['#9007199254740993', '#-9223372036854775808', '#9223372036854775807', null], '64-bit integers');
  t.strictSame(await column(world, 'exact'), ['#123456789.123456', '#-0.000001', '#0', null], 'decimals');
  const wide = ['99999999999999.123456', '-99999999999999.999999', '0.000000'];
  // SQLite has no such number: who keeps one there keeps a text.
  t.strictSame(await column(world, 'wide'), [...(world.vendor === 'sqlite' ? wide : wide.map(number)), null], 'decimals of twenty digits');
  t.strictSame(await column(world, 'ratio'), [number('0.1'), number('-2.5e-10'), number('12345678.9'), null], 'floats');
  // MySQL's boolean is a small integer, as Directus has it, unless metadata says more.
  t.strictSame(await column(world, 'flag'), world.vendor === 'mysql' ? ['#1', '#0', '#0', null] : [true, false, false, null], 'booleans');
  const keys = await world.get('items/keepers?fields=id&sort=id', 'admin');
  t.strictSame(at(exact(keys), 'data'), [{ id: '#12' }, { id: '#9007199254740993' }, { id: '#9223372036854775807' }], 'keys');
  const nested = await world.get('items/beds?fields=keeper.id&filter[label]=herb bed', 'admin');
  t.strictSame(at(exact(nested), 'data', 0, 'keeper', 'id'), '#9223372036854775807', 'and below a relation');
}

async function moments(t: Tester, world: World): Promise<void> {
  t.strictSame(
    await column(world, 'at'),
    ['2024-02-29 23:59:59.123456', '1969-12-31 23:59:59.000001', '2024-03-31 02:30:00', null],
    'microseconds, no zone',
  );
  t.strictSame(await column(world, 'day'), ['2024-02-29', '1000-01-01', '9999-12-31', null], 'dates');
  t.strictSame(await column(world, 'clock'), ['07:08:09', '00:00:00', '23:59:59.25', null], 'times');
  const stamps = await world.get('items/plants/1?fields=created_on,modified_on,planted,watered', 'admin');
  t.strictSame(
    at(stamps.json, 'data'),
    { planted: '2019-03-01', watered: '06:30:00', created_on: '2020-01-02T03:04:05+00:00', modified_on: '2021-02-03T04:05:06.7+00:00' },
    'stamps in ISO form',
  );
}

async function bytesAndText(t: Tester, world: World): Promise<void> {
  const long = Buffer.from(Array.from({ length: 100 }, (_, i) => (i * 7) % 256)).toString('base64');
  t.strictSame(await column(world, 'raw'), ['AP8Q', '', long, null], 'bytes in base64, in one line');
  t.strictSame(await column(world, 'label'), ['tab\tnew\nline', '', '😀 "quoted" \\ back', null], 'text');
  const below = await world.get('items/plants/8?fields=title,zone.plants.title', 'admin');
  t.equal(at(below.json, 'data', 'zone', 'plants', 0, 'title'), 'hazel \\ nut', 'a backslash below two relations');
  const quotes = await world.get('items/families/ROS?fields=members.title', 'admin');
  t.equal(at(quotes.json, 'data', 'members', 4, 'title'), 'Elder\'s "gift"', 'quotes below a relation');
}

async function structures(t: Tester, world: World): Promise<void> {
  t.strictSame(
    await column(world, 'doc'),
    [{ a: ['#1', '#2.5', { b: null }], big: '#12345678901234567890' }, 'just text', [], null],
    'JSON, its numbers included',
  );
  const traits = await world.get('items/plants?fields=traits&sort=id&status=*&limit=8', 'admin');
  t.strictSame(
    [0, 1, 2, 3, 4, 5, 6, 7].map((row) => at(traits.json, 'data', row, 'traits')),
    [{ colour: 'red', n: [1, 2] }, null, {}, [], ['a', { b: null }], null, null, { deep: { deeper: [true, false] } }],
    'text that is declared JSON',
  );
  const tags = await world.get('items/plants?fields=tags&sort=id&limit=5', 'admin');
  t.strictSame(
    [0, 1, 2, 3].map((row) => at(tags.json, 'data', row, 'tags')),
    [['fruit', 'old'], [], [], ['fruit']],
    'comma text that is declared a list',
  );
  const below = await world.get('items/zones/4?fields=plants.traits,plants.tags,plants.hardy,plants.price', 'admin');
  t.strictSame(
    at(below.json, 'data', 'plants'),
    [{ price: 12.5, hardy: true, tags: ['fruit', 'old'], traits: { colour: 'red', n: [1, 2] } }],
    'and below a relation',
  );
  const nothing = await world.get('items/plants/7?fields=height,price,heads,hardy,kind,tags,traits,planted,watered,created_on', 'admin');
  t.strictSame(
    at(nothing.json, 'data'),
    {
      height: null,
      price: null,
      heads: null,
      hardy: null,
      kind: null,
      tags: [],
      traits: null,
      planted: null,
      watered: null,
      created_on: null,
    },
    'NULL is null',
  );
}

export const values: Feature = {
  promise: 'values travel exactly',
  async run(t, world) {
    await t.test('numbers', (t) => numbers(t, world));
    await t.test('dates and times', (t) => moments(t, world));
    await t.test('bytes and text', (t) => bytesAndText(t, world));
    await t.test('JSON and lists', (t) => structures(t, world));
  },
};
