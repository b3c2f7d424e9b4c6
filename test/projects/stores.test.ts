/** Schema, metadata and rules that others change are seen, and a request keeps what it started with. */
import t from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import { openProject, type Project } from '../../src/projects/project.ts';
import { install } from '../../src/system/install.ts';
import { type TestVendor, whyNot } from '../support/vendors.ts';
import { eventually, projectConfig, scratchDatabase } from './support.ts';

const administrator = { email: 'admin@example.com', password: 'password' };

async function openOn(t: Tap, vendor: TestVendor, prepare?: (project: Project['connection']) => Promise<void>): Promise<Project> {
  const database = await scratchDatabase(vendor);
  const project = await openProject(projectConfig('shop', database.config), silentLog, { prepare });
  t.teardown(async () => {
    await project.close();
    await database.drop();
  });
  return project;
}

type Tap = Pick<typeof t, 'teardown'>;

t.test('a SQLite file that another process changes is read anew before the next request', async (t) => {
  const project = await openOn(t, 'sqlite');
  const before = project.schemas.current;
  t.notOk(before.collections.has('articles'));
  await project.connection.knex.raw('create table articles (id integer primary key, title text)');
  await project.checkFresh();
  t.throws(() => project.schemas.current.collections.get('articles'), 'nothing is said of the table before it is read');
  await project.schemas.settled();
  t.ok(project.schemas.current.collections.has('articles'));
  t.notOk(before.collections.has('articles'), 'a request keeps the schema it started with');
  t.ok(project.schemas.current.version > before.version);

  const { current } = project.schemas;
  await project.checkFresh();
  t.equal(project.schemas.current, current, 'nothing is read when nothing changed');
});

for (const vendor of ['sqlite', 'postgres', 'mysql'] as const) {
  const skip = await whyNot(vendor);
  t.test(`${vendor}: an installation is noticed by the next request`, { skip: skip ?? false }, async (t) => {
    const project = await openOn(t, vendor);
    await project.checkFresh();
    t.equal(project.installed, false);
    await install(project.connection, administrator);
    await project.checkFresh();
    t.equal(project.installed, true);
    t.ok(project.schemas.current.collections.has('directus_revisions'), 'all of it');
    t.ok(project.rules.current.roles.has('1'), 'rules come with them');
  });

  t.test(`${vendor}: metadata and rules written by plain SQL are seen within seconds`, { skip: skip ?? false }, async (t) => {
    const project = await openOn(t, vendor, (connection) => install(connection, administrator).then(() => undefined));
    const { knex } = project.connection;
    await knex.schema.createTable('articles', (table) => {
      table.increments('id');
      table.string('title');
    });
    await project.reload();
    const rules = project.rules.current;
    t.equal(rules.settings.get('project_name'), 'Sallyport');

    await knex('directus_settings').where({ key: 'project_name' }).update({ value: 'Elsewhere' });
    await knex('directus_collections').insert({ collection: 'articles', managed: true, hidden: false, single: false, note: 'Words' });
    await eventually(async () => {
      await project.checkFresh();
      if (project.rules.current.settings.get('project_name') !== 'Elsewhere') throw new Error('not seen');
      if (project.schemas.current.collections.get('articles')?.meta?.note !== 'Words') throw new Error('not seen');
    });
    t.equal(rules.settings.get('project_name'), 'Sallyport', 'a request keeps the rules it started with');
    t.ok(project.rules.current.version > rules.version);

    t.equal(await project.schemas.suspect(), false, 'nothing to suspect');
    await knex.schema.alterTable('articles', (table) => table.string('subtitle'));
    t.equal(await project.schemas.suspect(), true, 'whoever suspects learns of a change at once');
    t.ok(project.schemas.current.collections.get('articles')?.fields.has('subtitle'));

    const [schema, seen] = [project.schemas.current, project.rules.current];
    await project.rules.reload();
    await project.schemas.refreshMetadata();
    t.equal(project.rules.current, seen, 'the same rows make no new version');
    t.equal(project.schemas.current, schema);
  });
}
