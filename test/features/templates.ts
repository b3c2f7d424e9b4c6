/** Promise: surfaces that name every output get values in the form they ask for, and lists as values, rows or counts. */
import type { Actor } from '../../src/access/types.ts';
import { read } from '../../src/engine/read.ts';
import type { RequestedOutput, RequestedTemplate } from '../../src/query/requested-template.ts';
import type { RequestedRead } from '../../src/query/types.ts';
import type { Feature, Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';
import { isMariadb } from '../support/vendors.ts';

const system: Actor = { is: 'system', reason: 'test' };
const nobody: Actor = { is: 'public', role: '2', ip: '127.0.0.1' };
const field = (name: string, form?: Extract<RequestedOutput, { is: 'field' }>['form']): RequestedOutput => ({
  is: 'field',
  name,
  ...(form ? { form } : {}),
});
const template = (outputs: Readonly<Record<string, RequestedOutput>>): RequestedTemplate => new Map(Object.entries(outputs));

type Asked = Pick<RequestedRead, 'collection' | 'template'> & Partial<RequestedRead>;

/** The rows' JSON, each a text. */
async function rows(world: World, asked: Asked, actor: Actor = system): Promise<readonly string[]> {
  const { registry } = world.gateway;
  const lease = await registry.lease(project);
  try {
    const { schemas, rules, connection, limits, sealer } = lease.project;
    const context = { actor, schema: schemas.current, rules: rules.current, connection, limits, sealer };
    const counts = { filtered: false, total: false, byStatus: false };
    const selection = { all: false, named: new Map(), without: new Set<string>() };
    const { texts } = await read(context, { offset: 0, stubs: false, counts, selection, ...asked });
    // MariaDB puts blanks between what it writes.
    const text = String(texts.between('', ''))
      .replace(/": /g, '":')
      .replace(/, (?=["{\d])/g, ',');
    return text.split(/(?<=\}),(?=\{"k":)/);
  } finally {
    lease.release();
  }
}

/** Text for text, where the vendor keeps the order of members. */
async function same(t: Tester, world: World, found: readonly string[], wanted: readonly string[], what: string): Promise<void> {
  if (world.vendor !== 'mysql' || (await isMariadb())) t.strictSame(found, wanted, what);
  else t.strictSame(found.map(parsed), wanted.map(parsed), what);
}

const parsed = (text: string): unknown => JSON.parse(text);

const byId = [{ path: ['id'], descending: false }];

async function forms(t: Tester, world: World): Promise<void> {
  const measures = (name: string, form: Extract<RequestedOutput, { is: 'field' }>['form']) =>
    rows(world, { collection: 'measures', template: template({ k: field('id'), v: field(name, form) }), order: byId }).then((found) =>
      found.map((text) => /"v":(.*)\}$/.exec(text)?.[1]),
    );
  t.strictSame(await measures('big', 'text'), ['"9007199254740993"', '"-9223372036854775808"', '"9223372036854775807"', 'null'], 'as text');
  const numbers = ['"9007199254740993"', '"-9223372036854775808"', '"9223372036854775807"', 'null'];
  t.strictSame(await measures('big', 'safe number'), numbers, 'whole numbers that a double does not hold');
  t.strictSame(await measures('id', 'safe number'), ['1', '2', '3', '4'], 'small ones');
  const wide = ['"99999999999999.123456"', '"-99999999999999.999999"'];
  t.strictSame((await measures('wide', 'safe number')).slice(0, 2), wide, 'decimals of more digits than a double keeps');
  t.strictSame(JSON.parse(`[${(await measures('exact', 'safe number')).join()}]`), [123456789.123456, -0.000001, 0, null], 'decimals');
  const moments = ['"2024-02-29T23:59:59.123Z"', '"1969-12-31T23:59:59.000Z"', '"2024-03-31T02:30:00.000Z"', 'null'];
  t.strictSame(await measures('at', 'instant'), moments, 'moments');
  t.strictSame(await measures('clock', 'clock'), ['"07:08:09.000"', '"00:00:00.000"', '"23:59:59.250"', 'null'], 'times of day');
  t.strictSame((await measures('label', 'instant'))[3], 'null', 'what is no moment stays as it is');
  const stamp = await rows(world, {
    collection: 'plants',
    template: template({
      k: field('id', 'text'),
      at: field('modified_on', 'instant'),
      watered: field('watered', 'clock'),
      title: field('title'),
      key: field('title', 'text'),
      kind: field('kind', 'text'),
    }),
    keys: ['1'],
  });
  const whole = '"at":"2021-02-03T04:05:06.700Z","watered":"06:30:00.000","title":"Apple","key":"Apple","kind":"tree"';
  await same(t, world, stamp, [`{"k":"1",${whole}}`], 'stamps, keys and texts beside each other');
  const below = await rows(world, {
    collection: 'zones',
    template: template({
      k: field('id'),
      plants: {
        is: 'relation',
        name: 'plants',
        of: template({ id: field('id', 'text'), at: field('created_on', 'instant') }),
        asked: { order: byId },
      },
    }),
    keys: ['4'],
  });
  const plants = '[{"id":"1","at":"2020-01-02T03:04:05.000Z"}]';
  await same(t, world, below, [`{"k":4,"plants":${plants}}`], 'in lists');
}

async function lists(t: Tester, world: World): Promise<void> {
  const uses = (
    more: Partial<Extract<RequestedOutput, { is: 'relation' }>>,
    of: Readonly<Record<string, RequestedOutput>>,
  ): RequestedOutput => ({
    is: 'relation',
    name: 'uses',
    of: template(of),
    asked: { order: byId },
    ...more,
  });
  const use: RequestedOutput = { is: 'relation', name: 'use_id', of: template({ n: field('name') }) };
  const found = await rows(world, {
    collection: 'plants',
    template: template({
      k: field('id'),
      keys: uses({ as: 'values' }, { it: field('use_id') }),
      texts: uses({ as: 'values' }, { it: field('use_id', 'text') }),
      objects: uses({ as: 'values' }, { it: use }),
      first: uses({ as: 'row' }, { it: field('id'), to: use }),
      weight: uses({ as: 'value' }, { it: field('weight') }),
      name: uses({ as: 'value', asked: { order: byId, offset: 1 } }, { it: use }),
      heavy: uses({ as: 'count', asked: { where: { is: 'compare', path: ['weight'], operator: 'gte', value: 4 } } }, {}),
      more: uses({ as: 'more', asked: { limit: 2 } }, {}),
      last: uses({ as: 'more', asked: { limit: 1, offset: 2 } }, {}),
    }),
    keys: ['7', '12'],
    order: byId,
  });
  t.strictSame(
    found.map((text) => JSON.parse(text)),
    [
      { k: 7, keys: [], texts: [], objects: [], first: null, weight: null, name: null, heavy: 0, more: false, last: false },
      {
        k: 12,
        keys: [1, 2, 3],
        texts: ['1', '2', '3'],
        objects: [{ n: 'food' }, { n: 'medicine' }, { n: 'dye' }],
        first: { it: 7, to: { n: 'food' } },
        weight: 4,
        name: { n: 'medicine' },
        heavy: 3,
        more: true,
        last: false,
      },
    ],
    'values, rows and counts',
  );
}

/** The name in a language, else in another, else the row's own. */
const named = (...languages: readonly string[]): RequestedOutput => ({
  is: 'first',
  of: [
    ...languages.map(
      (language): RequestedOutput => ({
        is: 'relation',
        name: 'labels',
        of: template({ it: field('name') }),
        as: 'value',
        asked: { where: { is: 'compare', path: ['language'], operator: 'eq', value: language } },
      }),
    ),
    field('title'),
  ],
});

async function firsts(t: Tester, world: World): Promise<void> {
  const found = await rows(world, {
    collection: 'plants',
    template: template({ k: field('id'), name: named('fr', 'en') }),
    keys: ['1', '2', '8'],
    order: byId,
  });
  const names = ['{"k":1,"name":"Pommier"}', '{"k":2,"name":"Bramble"}', '{"k":8,"name":"hazel \\\\ nut"}'];
  t.strictSame(found, names, 'the first that is there');
}

async function keys(t: Tester, world: World): Promise<void> {
  const zone = (orKey: Extract<RequestedOutput, { is: 'relation' }>['orKey']): RequestedOutput => ({
    is: 'relation',
    name: 'zone',
    of: template({ name: field('name') }),
    ...(orKey ? { orKey } : {}),
  });
  const asked: Asked = { collection: 'plants', template: template({ k: field('id'), zone: zone('text') }), keys: ['1', '7'], order: byId };
  t.strictSame(await rows(world, asked), ['{"k":1,"zone":{"name":"Row A"}}', '{"k":7,"zone":null}'], 'a row that may be read');
  t.strictSame(await rows(world, asked, nobody), ['{"k":1,"zone":"4"}', '{"k":7,"zone":null}'], 'a collection that may not be read');
  const seen: Asked = {
    collection: 'sightings',
    template: template({
      k: field('id'),
      plant: { is: 'relation', name: 'plant', of: template({ id: field('id') }), orKey: 'plain' },
    }),
    keys: ['1', '4'],
    order: byId,
  };
  const crew: Actor = { is: 'user', id: '7', role: '6', admin: false, ip: '127.0.0.1' };
  t.strictSame(await rows(world, seen, crew), ['{"k":4,"plant":2}'], 'a row that may not be read');
}

async function absent(t: Tester, world: World): Promise<void> {
  const asked: Asked = {
    collection: 'plants',
    template: template({ k: field('id'), notes: field('notes') }),
    keys: ['1', '8'],
    order: byId,
  };
  const editor: Actor = { is: 'user', id: '2', role: '3', admin: false, ip: '127.0.0.1' };
  t.strictSame(await rows(world, asked, editor), ['{"k":1,"notes":null}', '{"k":8,"notes":"draft note"}'], 'hidden in some rows: null');
  t.strictSame(await rows(world, { ...asked, absent: 'out' }, editor), ['{"k":1}', '{"k":8,"notes":"draft note"}'], 'or left out');
}

async function madeObjects(t: Tester, world: World): Promise<void> {
  const make = (text: string): string => JSON.stringify({ of: JSON.parse(text) });
  const group: RequestedOutput = { is: 'group', of: template({ name: field('name') }), make };
  const zones: RequestedOutput = { is: 'relation', name: 'zone', of: template({ name: field('name') }), make };
  const uses: RequestedOutput = { is: 'relation', name: 'use_id', of: template({ it: group }) };
  const found = await rows(world, {
    collection: 'plants',
    template: template({
      k: field('id'),
      zone: zones,
      uses: { is: 'relation', name: 'uses', as: 'values', of: template({ it: uses }), asked: { order: byId } },
    }),
    keys: ['3', '7'],
    order: byId,
  });
  const wanted = ['{"k":3,"zone":{"of":{"name":"Twig"}},"uses":[{"it":{"of":{"name":"timber"}}}]}', '{"k":7,"zone":null,"uses":[]}'];
  await same(t, world, found, wanted, 'objects that are made of others');
}

async function conditions(t: Tester, world: World): Promise<void> {
  const when = (status: string, of: RequestedOutput): RequestedOutput => ({
    is: 'when',
    where: { is: 'compare', path: ['status'], operator: 'in', value: [status], strict: true },
    of,
  });
  const found = await rows(world, {
    collection: 'plants',
    template: template({
      k: field('id'),
      at: when('published', { is: 'first', of: [field('modified_on', 'instant'), { is: 'constant', json: '"never"' }] }),
      zone: when('draft', { is: 'relation', name: 'zone', of: template({ name: field('name') }) }),
    }),
    keys: ['1', '2', '7'],
    order: byId,
  });
  const wanted = ['{"k":1,"at":"2021-02-03T04:05:06.700Z","zone":null}', '{"k":2,"at":null,"zone":{"name":"Pond"}}'];
  t.strictSame(found, [...wanted, '{"k":7,"at":"never","zone":null}'], 'in rows that match');
  const shipments = await rows(world, { collection: 'shipments', template: template({ k: { is: 'key' }, at: field('depot') }) });
  const keys = [
    '{"k":"a~2cb~2fc;7","at":"a,b/c"}',
    '{"k":"north;1","at":"north"}',
    '{"k":"north;2","at":"north"}',
    '{"k":"so~3bu~7eth;1","at":"so;u~th"}',
  ];
  t.strictSame(shipments, keys, 'the text of a key of several columns');
}

export const templates: Feature = {
  promise: 'outputs in the form asked for',
  async run(t, world) {
    await t.test('forms of values', (t) => forms(t, world));
    await t.test('lists as values, rows and counts', (t) => lists(t, world));
    await t.test('the first that is not null', (t) => firsts(t, world));
    await t.test('a key where there is no row to read', (t) => keys(t, world));
    await t.test('objects made of others', (t) => madeObjects(t, world));
    await t.test('only in some rows, and keys', (t) => conditions(t, world));
    await t.test('what may not be read is null, or left out', (t) => absent(t, world));
  },
};
