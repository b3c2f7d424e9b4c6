import type { Knex } from 'knex';
import t from 'tap';
import type { HistorySettings } from '../../src/config/schema.ts';
import type { Connection } from '../../src/dialect/types.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openProject, type Project } from '../../src/projects/project.ts';
import { createPruner, startRetention } from '../../src/projects/retention.ts';
import { install } from '../../src/system/install.ts';
import { testVendors } from '../support/vendors.ts';
import { scratch } from '../system/scratch.ts';
import { projectConfig } from './support.ts';

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');

interface Entry {
  readonly id: number;
  readonly days: number;
  readonly action?: string;
  readonly item?: string;
  /** How many revisions belong to it. */
  readonly revisions?: number;
}

async function seed(knex: Knex, entries: readonly Entry[]): Promise<void> {
  await knex('directus_revisions').delete();
  await knex('directus_activity').delete();
  const activity = entries.map(({ id, days, action = 'update', item = '1' }) => ({
    ...{ id, action, action_by: 1, action_on: daysAgo(days), ip: '', user_agent: '', collection: 'things', item },
  }));
  const revisions = entries.flatMap(({ id, item = '1', revisions: count = 0 }) =>
    Array.from({ length: count }, () => ({ activity: id, collection: 'things', item, data: '{}' })),
  );
  await knex.batchInsert('directus_activity', activity, 100);
  await knex.batchInsert('directus_revisions', revisions, 100);
}

const keys = async (knex: Knex, table: string): Promise<number[]> => (await knex(table).orderBy('id').pluck('id')).map(Number);
const counts = async (knex: Knex): Promise<Record<string, number>> => {
  const rows: { item: string }[] = await knex('directus_revisions').select('item');
  const found: Record<string, number> = {};
  for (const { item } of rows) found[item] = (found[item] ?? 0) + 1;
  return found;
};

/** The batches that it takes. */
async function pruned(project: Project, keep: HistorySettings, connection: Connection = project.connection): Promise<number> {
  const pruner = createPruner({ connection, schema: () => project.schemas.current, keep, log: silentLog });
  let batches = 1;
  while (await pruner.batch()) batches += 1;
  return batches;
}

for (const vendor of testVendors) {
  t.test(`${vendor}: history beyond what is kept goes, a few rows at a time`, async (t) => {
    const db = await scratch(t, vendor);
    if (!db) return;
    const { knex } = db.connection;
    await install(db.connection, { email: 'admin@example.com', password: 'password', token: 'admintoken' });
    const project = await openProject(projectConfig('p', db.config), silentLog);
    t.teardown(() => project.close());

    await seed(knex, [
      { id: 1, days: 40, revisions: 1 },
      { id: 2, days: 40, action: 'comment' },
      { id: 3, days: 40, action: 'authenticate' },
      { id: 4, days: 40, revisions: 2, item: '2' },
      { id: 5, days: 29, revisions: 1 },
      { id: 6, days: 31, action: 'COMMENT' },
      { id: 7, days: 0, revisions: 1 },
    ]);
    t.equal(await pruned(project, {}), 1);
    t.equal((await keys(knex, 'directus_activity')).length, 7, 'all is kept where nothing is set');
    await pruned(project, { days: 30 });
    t.same(await keys(knex, 'directus_activity'), [2, 5, 7], 'old entries go, comments stay');
    t.equal((await keys(knex, 'directus_revisions')).length, 2, 'and their revisions');

    await seed(knex, [{ id: 1, days: 90, revisions: 650 }, ...Array.from({ length: 650 }, (_, i) => ({ id: i + 2, days: 50 + i / 100 }))]);
    t.ok((await pruned(project, { days: 30 })) >= 4, 'of many rows some at a time');
    t.same([await keys(knex, 'directus_activity'), await keys(knex, 'directus_revisions')], [[], []]);

    await seed(knex, [
      { id: 1, days: 3, revisions: 700, item: 'ab' },
      { id: 2, days: 2, revisions: 3, item: 'AB' },
      { id: 3, days: 1, revisions: 2, item: 'b' },
      ...Array.from({ length: 120 }, (_, i) => ({ id: i + 4, days: 1, revisions: 1, item: `n${i}` })),
    ]);
    const newest = (await keys(knex, 'directus_revisions')).slice(697, 700);
    const pruner = createPruner({ ...project, schema: () => project.schemas.current, keep: { perItem: 3 } });
    while (await pruner.batch());
    t.match(await counts(knex), { ab: 3, AB: 3, b: 2, n0: 1, n119: 1 });
    t.same((await keys(knex, 'directus_revisions')).slice(0, 3), newest, 'the newest stay');
    t.equal((await keys(knex, 'directus_activity')).length, 123, 'with their entries');
    await knex('directus_revisions').insert({ activity: 3, collection: 'things', item: 'b', data: '{}' });
    await knex('directus_revisions').insert({ activity: 3, collection: 'things', item: 'b', data: '{}' });
    while (await pruner.batch());
    t.match(await counts(knex), { b: 3 }, 'what was added since is seen');

    await seed(knex, [{ id: 1, days: 90, revisions: 400 }, ...Array.from({ length: 300 }, (_, i) => ({ id: i + 2, days: 60 }))]);
    const others = await Promise.all([db.another(), db.another()]);
    await Promise.all([project.connection, ...others].map((connection) => pruned(project, { days: 30, perItem: 2 }, connection)));
    t.same([await keys(knex, 'directus_activity'), await keys(knex, 'directus_revisions')], [[], []], 'several at once do no harm');
  });
}

t.test('nothing is waited for', async (t) => {
  const db = await scratch(t, 'sqlite');
  if (!db) return;
  await install(db.connection, { email: 'admin@example.com', password: 'password', token: 'admintoken' });
  const project = await openProject(projectConfig('p', db.config, { history: { days: 1 } }), silentLog);
  const idle = startRetention({ ...project, schema: () => project.schemas.current, keep: { days: 1 } });
  await idle.stop();
  await project.close();
  t.pass('a project that prunes closes at once');
});
