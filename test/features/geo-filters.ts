/** Promise: points are found by how far they are and by what they lie within, the same on every database, and tell nothing that is hidden. */
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { gives } from '../support/graphql.ts';
import { at, column as rowsColumn } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { api, column, finds, refuses, send } from '../support/payload.ts';
import { finds as strapiFinds, refuses as strapiRefuses } from '../support/strapi.ts';
import type { TestVendor } from '../support/vendors.ts';

type Position = readonly [lng: number, lat: number];

/** By key, the nearest to Berlin first; the last two lie on both sides of the date line. */
export const cities: readonly (readonly [name: string, position: Position])[] = [
  ['Berlin', [13.405, 52.52]],
  ['Potsdam', [13.0635, 52.3906]],
  ['Hamburg', [9.9937, 53.5511]],
  ['Paris', [2.3522, 48.8566]],
  ['North Pole', [0, 90]],
  ['New York', [-74.006, 40.7128]],
  ['Taveuni', [179.9, -16.5]],
  ['Rabi', [-179.9, -17]],
];

/** Metres between two places as atlases of a round Earth have them, by a formula other than ours. */
function apart([a, b]: Position, [c, d]: Position): number {
  const unit = ([lng, lat]: Position): number[] => {
    const [l, p] = [(lng * Math.PI) / 180, (lat * Math.PI) / 180];
    return [Math.cos(p) * Math.cos(l), Math.cos(p) * Math.sin(l), Math.sin(p)];
  };
  const [u, v] = [unit([a, b]), unit([c, d])];
  return 6_371_008.8 * 2 * Math.asin(Math.hypot(...u.map((part, i) => part - (v[i] ?? 0))) / 2);
}

const columnTypes: Readonly<Record<TestVendor, readonly [point: string, json: string, text: string]>> = {
  sqlite: ['point', 'json', 'text'],
  postgres: ['point', 'jsonb', 'text'],
  mysql: ['point', 'json', 'longtext'],
};

const ownPoint: Readonly<Record<TestVendor, (position: Position) => string>> = {
  sqlite: ([lng, lat]) => `'POINT(${lng} ${lat})'`,
  postgres: ([lng, lat]) => `'(${lng},${lat})'`,
  mysql: ([lng, lat]) => `point(${lng}, ${lat})`,
};

/** What maps did not write; none of it is a point. */
const odd = [
  '{"zoom":3}',
  '[13.4]',
  '"13.4,52.5"',
  '{"lat":"52.5","lng":"13.4"}',
  '{"lat":52.5}',
  '[null,1]',
  '7',
  '{"lat":1e300,"lng":0}',
];

/** The forms of a map, each in a column of its own beside that of the database. */
const forms: Readonly<Record<'drawn' | 'geo' | 'pair', (position: Position) => unknown>> = {
  drawn: ([lng, lat]) => ({ lat, lng }),
  geo: (coordinates) => ({ type: 'Point', coordinates }),
  pair: (position) => position,
};

const pointColumns = ['here', ...Object.keys(forms)];
const last = cities.length;

/** Makes tables of places, some in forms that maps write. */
export async function plant(garden: OwnGarden): Promise<void> {
  const { vendor, gateway } = garden;
  const knex = gateway.connection?.knex;
  if (!knex) throw new Error('The garden is not open');
  const [point, json, text] = columnTypes[vendor];
  await knex.raw(
    `create table spots (id integer primary key, name varchar(40), hidden_at ${json}, here ${point}, drawn ${json}, geo ${vendor === 'postgres' ? 'json' : json}, pair ${text})`,
  );
  await knex.raw('create table camps (id integer primary key, name varchar(40), spot_id integer references spots (id))');
  const json_ = (value: unknown): string => `'${JSON.stringify(value)}'`;
  for (const [i, [name, position]] of cities.entries()) {
    const maps = Object.values(forms).map((form) => json_(form(position)));
    await knex.raw(
      `insert into spots (id, name, hidden_at, here, drawn, geo, pair) values (${i + 1}, '${name}', ${json_(position)}, ${ownPoint[vendor](position)}, ${maps.join(', ')})`,
    );
    await knex.raw(`insert into camps (id, name, spot_id) values (${i + 1}, 'camp ${name}', ${i + 1})`);
  }
  await knex.raw(`insert into spots (id, name) values (${last + 1}, 'nowhere')`);
  for (const [i, value] of odd.entries()) {
    await knex.raw(`insert into spots (id, name, drawn, geo) values (${last + 2 + i}, 'odd', '${value}', '${value}')`);
  }
  // PostgreSQL keeps it, and reads nothing of it.
  await knex('spots').insert({ id: last + 2 + odd.length, name: 'odd', geo: String.raw`{"x":"\u0000"}` });
  for (const field of [...Object.keys(forms), 'hidden_at']) {
    await knex('directus_fields').insert({ collection: 'spots', field, type: 'json', interface: 'map' });
  }
  await knex('directus_permissions').insert({ role: 3, collection: 'spots', read: 'full', read_field_blacklist: 'hidden_at' });
  await garden.permit(3, 'camps', { read: 'full' });
}

const spots = (names: readonly string[]): number[] => names.map((name) => cities.findIndex(([city]) => city === name) + 1);

/** How far each city is from each other, on every column of points: bounds a metre beside it decide. */
export async function distances(t: Tester, world: World, columns: readonly string[]): Promise<void> {
  const [, berlin] = cities[0] ?? ['', [0, 0] as const];
  for (const of of columns) {
    const every = cities.map((_, i) => i + 1);
    await finds(t, world, `/spots?where[${of}][near]=${berlin}&limit=0&depth=0`, every);
    for (const [from, [name, position]] of cities.entries()) {
      const sorted = [...cities.entries()].sort(([, [, a]], [, [, b]]) => apart(position, a) - apart(position, b)).map(([i]) => i + 1);
      await finds(t, world, `/spots?where[${of}][near]=${position}&limit=0&depth=0&select[id]=true`, sorted);
      const [other] = cities[(from + 3) % cities.length]?.slice(1) ?? [];
      const metres = other ? apart(position, other as Position) : 0;
      const ask = (bounds: string): Promise<unknown> =>
        api(world, `/spots?where[${of}][near]=${position},${bounds}&limit=0&depth=0&select[id]=true`).then((answer) => column(answer));
      const wanted = ((from + 3) % cities.length) + 1;
      const within = (await ask(`${metres + 1}`)) as number[];
      const without = (await ask(`${metres - 1}`)) as number[];
      t.ok(within.includes(wanted) && !without.includes(wanted), `${of}: ${name} has it ${metres} m away`);
      const beyond = (await ask(`,${metres - 1}`)) as number[];
      const behind = (await ask(`null,${metres + 1}`)) as number[];
      t.ok(beyond.includes(wanted) && !behind.includes(wanted), `${of}: and so from the other side`);
    }
  }
}

const ring = (...positions: readonly Position[]): number[][] => [...positions, ...positions.slice(0, 1)].map(([lng, lat]) => [lng, lat]);
const polygon = (...rings: readonly number[][][]) => ({ type: 'Polygon', coordinates: rings });
const asText = (value: unknown): string => encodeURIComponent(JSON.stringify(value));

/** Berlin and Potsdam, whose corner in the south-west is Potsdam itself. */
const around = polygon(ring([13.0635, 52.3906], [14, 52.3906], [14, 53], [13.0635, 53]));
/** From Paris to Berlin, with both ends on a slanting side. */
const slanting = polygon(ring([2.3522, 48.8566], [13.405, 52.52], [13.405, 54], [2.3522, 54]));
const europe = ring([-10, 35], [40, 35], [40, 70], [-10, 70]);

/** Which cities lie within an area, on each of the columns. */
export async function areas(t: Tester, world: World, columns: readonly string[]): Promise<void> {
  for (const of of columns) {
    const found = (operator: string, area: unknown, names: readonly string[]): Promise<unknown> =>
      finds(t, world, `/spots?where[${of}][${operator}]=${asText(area)}&sort=id&limit=0&depth=0`, spots(names));
    await found('within', around, ['Berlin']);
    await found('intersects', around, ['Berlin', 'Potsdam']);
    await found('within', slanting, ['Hamburg']);
    await found('intersects', slanting, ['Berlin', 'Hamburg', 'Paris']);
    await found('within', polygon(europe), ['Berlin', 'Potsdam', 'Hamburg', 'Paris']);
    await found('within', polygon(europe, ring([13, 52], [13, 53], [14, 53], [14, 52])), ['Hamburg', 'Paris']);
    const both = { type: 'MultiPolygon', coordinates: [around.coordinates, [ring([-75, 40], [-73, 40], [-73, 42])]] };
    await found('within', both, ['Berlin', 'New York']);
    await found('intersects', both, ['Berlin', 'Potsdam', 'New York']);
    await found('intersects', polygon(ring([-180, 80], [180, 80], [180, 90], [-180, 90])), ['North Pole']);
    // The map ends at the date line.
    await found('within', polygon(ring([170, -20], [180, -20], [180, 0], [170, 0])), ['Taveuni']);
  }
  const nested = around.coordinates[0]?.flatMap((at, i) =>
    at.map((part, j) => `&where[here][intersects][coordinates][0][${i}][${j}]=${part}`),
  );
  await finds(t, world, `/spots?where[here][intersects][type]=Polygon${nested?.join('')}&sort=id&depth=0`, spots(['Berlin', 'Potsdam']));
  const many = Array.from({ length: 990 }, (_, i): Position => {
    const angle = (i * Math.PI * 2) / 990;
    return [13.2 + Math.cos(angle) * 0.5, 52.45 + Math.sin(angle) * 0.3];
  });
  const body = JSON.stringify({ where: { here: { within: polygon(ring(...many)) } }, sort: 'id' });
  const over = JSON.stringify({ where: { here: { within: polygon(ring(...many, ...many.slice(0, 20))) } } });
  const override = { method: 'POST', headers: { 'x-http-method-override': 'GET' } };
  t.strictSame(column(await api(world, '/spots', 'admin', { ...override, body })), spots(['Berlin', 'Potsdam']), '990 corners');
  const refusal = await api(world, '/spots', 'admin', { ...override, body: over });
  t.match([refusal.status, refusal.text], [400, /areaPositions/], told(refusal));
}

/** A random polygon, asked of random points, against a count of crossings in whole numbers that is written otherwise. */
async function sameAnswer(t: Tester, world: World): Promise<void> {
  let state = 20_240_501;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  for (let i = 0; i < 12; i += 1) {
    const corners = Array.from({ length: 3 + Math.floor(random() * 9) }, (): Position => [random() * 360 - 180, random() * 180 - 90]);
    const area = ring(...corners);
    const inside = cities.flatMap(([, [x, y]], key) => {
      let odd = false;
      for (let j = 1; j < area.length; j += 1) {
        const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = []] = [area[j - 1], area[j]];
        if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) odd = !odd;
      }
      return odd ? [key + 1] : [];
    });
    for (const of of ['here', 'drawn']) {
      await finds(t, world, `/spots?where[${of}][within]=${asText(polygon(area))}&sort=id&limit=0&depth=0`, inside);
    }
  }
}

async function beside(t: Tester, world: World): Promise<void> {
  await finds(t, world, '/spots?where[here][near]=13.4,52.5&sort=name&limit=2&depth=0', spots(['Berlin', 'Hamburg']));
  await finds(t, world, '/spots?where[here][near]=13.4,52.5&limit=2&page=2&depth=0', spots(['Hamburg', 'Paris']));
  await finds(
    t,
    world,
    '/spots?where[here][near]=13.4,52.5&where[name][contains]=a&limit=0&depth=0',
    spots(['Potsdam', 'Hamburg', 'Paris', 'Taveuni', 'Rabi']),
  );
  await finds(t, world, '/spots?where[and][0][here][near]=13.4,52.5,30000&depth=0', spots(['Berlin', 'Potsdam']));
  await finds(t, world, `/spots?where[or][0][here][near]=13.4,52.5,30000&where[or][1][name][equals]=nowhere&depth=0`, [1, 2, last + 1]);
  await finds(t, world, '/camps?where[spot_id.here][near]=13.4,52.5,300000&depth=0', spots(['Berlin', 'Potsdam', 'Hamburg']));
  await finds(t, world, '/spots?where[camps.spot_id.drawn][near]=13.4,52.5,300000&depth=0', spots(['Berlin', 'Potsdam', 'Hamburg']));
  const count = await api(world, `/camps/count?where[spot.geo][within]=${asText(around)}`);
  t.strictSame(count.json, { totalDocs: 1 }, 'counted');
  const joined = await api(world, '/spots/1?joins[camps][where][spot_id.here][near]=13.4,52.5');
  t.strictSame(at(joined.json, 'camps', 'docs', 0, 'id'), 1, told(joined));
  const shown = await api(world, '/spots/1?depth=0');
  for (const of of pointColumns) t.strictSame(at(shown.json, of), [13.405, 52.52], `${of}: ${told(shown)}`);
  const deep = await api(world, '/camps/1?depth=1');
  t.strictSame(at(deep.json, 'spot_id', 'here'), [13.405, 52.52], 'populated');
  const nowhere = await api(world, `/spots/${last + 1}?depth=0`);
  for (const of of pointColumns) t.strictSame(at(nowhere.json, of), null, `${of} of nowhere`);
  const list = await api(world, `/spots?where[name][equals]=odd&sort=id&limit=0&depth=0`);
  t.strictSame(
    column(list, 'drawn').slice(0, 7),
    odd.slice(0, 7).map((text) => JSON.parse(text)),
    'what is no point stays as it is',
  );
}

async function writes(t: Tester, garden: OwnGarden): Promise<void> {
  const read = await api(garden, '/spots/2?depth=0');
  const again = await send(garden, 'PATCH', '/spots/2?depth=0', read.json);
  for (const of of pointColumns) t.strictSame(at(again.json, 'doc', of), [13.0635, 52.3906], `${of} sent back: ${told(again)}`);
  const [row] = await garden.rows('spots', { id: 2 });
  const drawn = row?.['drawn'];
  t.strictSame(typeof drawn === 'string' ? JSON.parse(drawn) : drawn, { lat: 52.3906, lng: 13.0635 }, 'a map is written as maps are');
  const made = await send(garden, 'POST', '/spots?depth=0', {
    id: 90,
    name: 'Rome',
    here: [12.4964, 41.9028],
    drawn: { lat: 41.9028, lng: 12.4964 },
  });
  t.strictSame(
    [made.status, at(made.json, 'doc', 'here'), at(made.json, 'doc', 'drawn')],
    [201, [12.4964, 41.9028], [12.4964, 41.9028]],
    told(made),
  );
  const id = at(made.json, 'doc', 'id');
  await finds(t, garden, '/spots?where[here][near]=12.5,41.9,5000&depth=0', [id]);
  for (const wrong of [[1], [1, 'x'], ['NaN', 2], { lng: 1 }, 'nowhere']) {
    const refused = await send(garden, 'PATCH', `/spots/${id}`, { here: wrong });
    const wanted = garden.vendor === 'sqlite' && typeof wrong === 'string' ? 200 : 400;
    t.equal(refused.status, wanted, `${JSON.stringify(wrong)}: ${told(refused)}`);
  }
  t.equal((await api(garden, `/spots/${id}`, 'admin', { method: 'DELETE' })).status, 200, 'taken away');
}

async function refusals(t: Tester, world: World): Promise<void> {
  const cannot = (query: string, path: string, who?: 'editor') =>
    refuses(t, world, `/spots?depth=0&${query}`, 400, `The following path cannot be queried: ${path}`, who ?? 'admin');
  for (const operand of ['', '1', '1,2,3,4,5', '181,0', '0,91', 'a,b', '1,2,-3', '1,2,x', 'NaN,1', '1;2', '0x10,1', '1e999,1']) {
    await cannot(`where[here][near]=${operand}`, 'here.near');
  }
  await cannot('where[here][near][x]=1', 'here.near');
  const corner = ring([0, 0], [1, 0], [1, 1]);
  for (const area of [
    {},
    [],
    7,
    null,
    { type: 'Point', coordinates: [1, 2] },
    { type: 'polygon', coordinates: [corner] },
    polygon(),
    polygon(corner.slice(0, 3)),
    polygon([...corner.slice(0, 3), [0, 0.5]]),
    polygon([
      [0, 0],
      [181, 0],
      [1, 1],
      [0, 0],
    ]),
    polygon([[0, 0], [1], [1, 1], [0, 0]]),
    { type: 'MultiPolygon', coordinates: [corner] },
    { type: 'MultiPolygon', coordinates: [] },
  ]) {
    await cannot(`where[here][within]=${asText(area)}`, 'here.within');
    await cannot(`where[drawn][intersects]=${asText(area)}`, 'drawn.intersects');
  }
  await cannot('where[here][within]={"type"', 'here.within');
  for (const operator of ['near', 'within', 'intersects']) {
    const operand = operator === 'near' ? '1,2' : asText(around);
    for (const name of ['name', 'id']) await cannot(`where[${name}][${operator}]=${operand}`, `${name}.${operator}`);
    // Hidden is as unknown.
    await cannot(`where[hidden_at][${operator}]=${operand}`, 'hidden_at', 'editor');
    await cannot(`where[nothing][${operator}]=${operand}`, 'nothing', 'editor');
    await cannot(`where[camps.spot_id.hidden_at][${operator}]=${operand}`, 'camps.spot_id.hidden_at', 'editor');
  }
  await finds(t, world, '/spots?where[here][near]=13.4,52.5,30000&depth=0', spots(['Berlin', 'Potsdam']), 'editor');
  await finds(t, world, '/spots?where[hidden_at][near]=13.4,52.5,30000&depth=0', spots(['Berlin', 'Potsdam']));
}

async function directus(t: Tester, world: World): Promise<void> {
  const names = async (query: string): Promise<unknown> => {
    const answer = await world.get(`items/spots?fields=name&sort=id&${query}`, 'admin');
    return answer.status === 200 ? rowsColumn(answer, 'name') : [answer.status, at(answer.json, 'error', 'message')];
  };
  t.strictSame(await names('filter[here][near]=13.4,52.5,30000'), ['Berlin', 'Potsdam'], 'flat');
  t.strictSame(await names(`filter[drawn][within]=${asText(around)}`), ['Berlin'], 'an area as text');
  const filter = { _and: [{ geo: { _near: [13.4, 52.5, 30_000] } }, { _not: { geo: { _within: around } } }] };
  t.strictSame(await names(`filter=${asText(filter)}`), ['Potsdam'], 'as JSON');
  t.match(await names('filter[name][near]=1,2'), [422, /"name" holds no points/], 'no points');
  t.match(await names('filter[here][near]=1'), [422, /here: "near" takes lng,lat/], 'no place');
  t.match(await names(`filter={"here":{"_within":{"type":"Point"}}}`), [422, /Polygon/], 'no area');
  const hidden = await world.get('items/spots?filter[hidden_at][near]=1,2', 'editor');
  const unknown = await world.get('items/spots?filter[hidden_by][near]=1,2', 'editor');
  t.strictSame(
    [hidden.status, hidden.text.replaceAll('hidden_at', 'x')],
    [unknown.status, unknown.text.replaceAll('hidden_by', 'x')],
    'hidden',
  );
  const byGraphql = (where: string, names: readonly string[]) =>
    gives(t, world, `{ spots(where: ${where}, sort: ["id"]) { data { name } } }`, { spots: { data: names.map((name) => ({ name })) } });
  await byGraphql('{here: {_near: "13.4,52.5,30000"}}', ['Berlin', 'Potsdam']);
  const corners = JSON.stringify(around.coordinates);
  await byGraphql(`{drawn: {_within: {type: "Polygon", coordinates: ${corners}}}}`, ['Berlin']);
  await byGraphql(`{here: {_intersects: {type: "Polygon", coordinates: ${corners}}}}`, ['Berlin', 'Potsdam']);
}

async function strapiFilters(t: Tester, world: World): Promise<void> {
  for (const operator of ['$contains', '$gt', '$in', '$startsWithi']) {
    await strapiRefuses(t, world, `spots?filters[here][${operator}]=1`, 400, /\$eq, \$ne, \$null and \$notNull only/);
  }
  await strapiFinds(t, world, 'spots?filters[here][$notNull]=true&filters[id][$lt]=3', [1, 2]);
}

export const places: Feature = {
  promise: 'points are found by distance and by area',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      await plant(garden);
      await distances(t, garden, pointColumns);
      await areas(t, garden, pointColumns);
      await sameAnswer(t, garden);
      await beside(t, garden);
      await refusals(t, garden);
      await directus(t, garden);
      await strapiFilters(t, garden);
      await writes(t, garden);
    });
  },
};
