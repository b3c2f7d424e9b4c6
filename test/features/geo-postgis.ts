/** Promise: what is asked of points is asked of PostGIS's columns as well, wherever the extension lies. */
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import { api, finds, refuses, send } from '../support/payload.ts';
import { areas, cities, distances, plant } from './geo-filters.ts';

/** PostgreSQL's extension for maps, in a schema that is not looked through; one column names its system, one leaves it to each value. */
const extended = { gis: 'geometry(Point, 4326)', globe: 'geography(Point, 4326)', shape: 'geometry', bare: 'geometry(Point)' };
const elsewhere = { flat: 'geometry(Point, 3857)', area: 'geometry(Polygon, 4326)' };

async function postgis(t: Tester, garden: OwnGarden): Promise<void> {
  const { knex } = garden.gateway.connection ?? {};
  if (!knex) throw new Error('The garden is not open');
  const found: unknown = await knex('pg_available_extensions').where({ name: 'postgis' }).first();
  if (!found) return t.comment('skipped: this PostgreSQL has no PostGIS, whose columns of points are not tried');
  await knex.raw('create schema "for maps"; create extension postgis schema "for maps"');
  for (const [name, type] of Object.entries({ ...extended, ...elsewhere })) {
    await knex.raw(`alter table spots add column ${name} "for maps".${type}`);
  }
  for (const name of Object.keys(extended)) {
    const system = name === 'bare' ? '' : 'SRID=4326;';
    for (const [i, [, [lng, lat]]] of cities.entries()) {
      await knex('spots')
        .where({ id: i + 1 })
        .update({ [name]: `${system}POINT(${lng} ${lat})` });
    }
  }
  const odd = [
    ['shape', 'LINESTRING(13 52, 14 53)'],
    ['shape', 'SRID=3857;POINT(13.4 52.5)'],
    ['shape', 'POINT(1000 52)'],
    ['gis', 'SRID=4326;POINT EMPTY'],
  ] as const;
  for (const [i, [name, value]] of odd.entries()) await knex('spots').insert({ id: 70 + i, name: 'no point', [name]: value });
  await garden.permit(3, 'spots', { read: 'full', read_field_blacklist: 'hidden_at' });
  const columns = Object.keys(extended);
  await distances(t, garden, columns);
  await areas(t, garden, columns);
  for (const name of Object.keys(elsewhere)) {
    const path = `/spots?depth=0&where[${name}][near]=1,2`;
    await refuses(t, garden, path, 400, `The following path cannot be queried: ${name}.near`, 'admin');
  }
  const read = await api(garden, '/spots/2?depth=0');
  const again = await send(garden, 'PATCH', '/spots/2?depth=0', { ...Object.fromEntries(columns.map((of) => [of, [10.5, 50.25]])) });
  for (const of of columns) {
    t.strictSame(
      [at(read.json, of), at(again.json, 'doc', of)],
      [
        [13.0635, 52.3906],
        [10.5, 50.25],
      ],
      `${of}: ${told(again)}`,
    );
  }
  await finds(t, garden, '/spots?where[gis][near]=10.5,50.25,5&where[globe][near]=10.5,50.25,5&depth=0', [2]);
  for (const gis of ['nowhere', 'POINT(1', '0101', '{"type":1}', 'SRID=77;POINT(1 2)', 'SRID=4326;LINESTRING(1 2, 3 4)', [1, 2, 3]]) {
    for (const of of ['gis', 'globe']) {
      const wrong = await send(garden, 'PATCH', '/spots/2', { [of]: gis });
      t.equal(wrong.status, 400, `${of}: ${JSON.stringify(gis)}: ${told(wrong)}`);
    }
  }
}

export const postgisPlaces: Feature = {
  promise: 'points of PostGIS are found by distance and by area',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      if (garden.vendor !== 'postgres') return;
      await plant(garden);
      await postgis(t, garden);
    });
  },
};
