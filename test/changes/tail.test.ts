/** Entries of the activity that become visible out of their order are told, and a reader is not led past them. */
import t from 'tap';
import { openTail } from '../../src/changes/tail.ts';
import { silentLog } from '../../src/lib/log.ts';
import { openProject } from '../../src/projects/project.ts';
import { install } from '../../src/system/install.ts';
import { projectConfig, scratchDatabase } from '../projects/support.ts';

t.test('ids that come late', async (t) => {
  const database = await scratchDatabase('sqlite');
  const prepare = async (connection: Parameters<typeof install>[0]): Promise<void> => {
    await install(connection, { email: 'admin@example.com', password: 'password' });
  };
  const project = await openProject(projectConfig('shop', database.config), silentLog, { prepare });
  t.teardown(async () => {
    await project.close();
    await database.drop();
  });
  const { connection, limits, sealer, schemas, rules } = project;
  const reading = { connection, limits, sealer, schema: schemas.current, rules: rules.current };
  const entry = (id: number) =>
    connection
      .knex('directus_activity')
      .insert({ id, action: 'update', collection: 'x', item: '1', action_by: 1, action_on: '2030-01-01', ip: '', user_agent: '' });
  let now = 0;
  await connection.knex('directus_activity').delete();
  await entry(10);
  await entry(12);
  const tail = await openTail(reading, () => now);
  t.strictSame([tail.end, tail.settled], [12, 10], 'one may have been under way when it began');
  const seen = async (keep = true): Promise<unknown> => {
    const { entries, settled, keep: kept } = await tail.look(reading);
    if (keep) kept();
    return [entries.map(({ id }) => id), settled];
  };
  await entry(15);
  t.strictSame(await seen(false), [[15], 10]);
  t.strictSame(await seen(), [[15], 10], 'what was not kept is given again');
  await entry(11);
  await entry(14);
  t.strictSame(await seen(), [[11, 14], 12]);
  t.strictSame(await seen(), [[], 12]);
  now = 61_000;
  t.strictSame(await seen(), [[], 15], 'what was taken back is waited for no longer');
});
