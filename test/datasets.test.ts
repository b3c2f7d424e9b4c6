/** Real databases that nobody here designed: every table and view is served, and every relation can be followed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import t from 'tap';
import type { DatabaseConfig } from '../src/dialect/types.ts';
import type { Collection } from '../src/schema/types.ts';
import { type Dataset, datasets } from './fixtures/dataset-rows.ts';
import { shared } from './support/entry.ts';
import { refused, type Tester, told } from './support/expect.ts';
import { installSystem } from './support/garden.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { type Answer, ask, at, hangUp, rows } from './support/http.ts';
import { loadSql } from './support/sql-text.ts';
import { missingExtensions, whyNot, withDatabase } from './support/vendors.ts';

const folder = join(shared, 'datasets');
const token = 'token-of-the-datasets';

async function collectionsOf(gateway: Gateway): Promise<Collection[]> {
  const lease = await gateway.registry.lease('data');
  lease.release();
  return [...lease.project.schemas.current.collections.values()].filter((collection) => !collection.system);
}

const pathOf = (name: string): string => `/data/items/${encodeURIComponent(name)}`;

async function lists(t: Tester, dataset: Dataset, collection: Collection, get: (path: string) => Promise<Answer>): Promise<number> {
  const answer = await get(`${pathOf(collection.name)}?limit=3&meta=total_count`);
  const total = Number(at(answer.json, 'meta', 'total_count'));
  t.equal(answer.status, 200, `${collection.name} (${told(answer)})`);
  t.equal(rows(answer).length, Math.min(3, total), `${collection.name} shows its rows`);
  const known = dataset.rows[collection.name.toLowerCase().replaceAll('_', '')];
  if (known !== undefined) t.equal(total, known, `${collection.name} counts ${known} rows`);
  return collection.kind === 'table' ? total : 0;
}

/** Each relation's rows: the key in the plain row and the key in the nested one are the same. */
async function follows(t: Tester, collection: Collection, get: (path: string) => Promise<Answer>): Promise<void> {
  for (const relation of collection.relations.values()) {
    const own = relation.kind === 'm2o' ? relation.join[0]?.from.name : undefined;
    const filter = own === undefined ? '' : `&filter[${encodeURIComponent(own)}][nnull]=1`;
    const answer = await get(`${pathOf(collection.name)}?limit=2&fields=${encodeURIComponent(relation.name)}.*${filter}`);
    const what = `${collection.name}.${relation.name} (${relation.kind})`;
    t.equal(answer.status, 200, `${what} (${told(answer)})`);
    for (const row of rows(answer)) {
      const value = row[relation.name];
      const right = relation.kind === 'm2o' ? value !== null && typeof value === 'object' && !Array.isArray(value) : Array.isArray(value);
      t.ok(right, `${what} is ${relation.kind === 'm2o' ? 'an object' : 'a list'} (${told(answer)})`);
    }
  }
}

async function served(t: Tester, dataset: Dataset, config: DatabaseConfig): Promise<void> {
  const text = (await promisify(gunzip)(await readFile(join(folder, dataset.file)))).toString('utf8');
  await loadSql(config, text);
  await installSystem(config, token);
  const gateway = await startGateway({ data: config });
  const get = (path: string): Promise<Answer> => ask(gateway.url, path, { token });
  try {
    const collections = await collectionsOf(gateway);
    for (const view of dataset.unfilled ?? []) {
      refused(t, await get(pathOf(view)), 422, 12, `${view}, which the dump leaves unfilled`);
      await loadSql(config, `refresh materialized view "${view}"`);
    }
    t.equal(collections.filter((collection) => collection.kind === 'table').length, dataset.tables, 'every table is a collection');
    let total = 0;
    for (const collection of collections) total += await lists(t, dataset, collection, get);
    if (dataset.total !== undefined) t.equal(total, dataset.total, 'all rows of all tables');
    for (const collection of collections) await follows(t, collection, get);
  } finally {
    hangUp();
    await gateway.close();
  }
}

async function whyNotHere(dataset: Dataset): Promise<string | undefined> {
  if (!existsSync(folder)) return 'The sample databases are not beside this project.';
  const reason = await whyNot(dataset.vendor);
  if (reason !== undefined || !dataset.extensions) return reason;
  const missing = await missingExtensions(dataset.extensions);
  return missing.length === 0 ? undefined : `The server lacks the extensions ${missing.join(', ')}.`;
}

t.setTimeout(700_000);
for (const dataset of datasets) {
  const reason = await whyNotHere(dataset);
  t.test(`${dataset.name} on ${dataset.vendor}`, reason === undefined ? {} : { skip: reason }, (t) =>
    withDatabase(dataset.vendor, (config) => served(t, dataset, config)),
  );
}
