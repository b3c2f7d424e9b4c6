/** Projects by key: opened in the background, kept through trouble, replaced without losing a request. */
import t from 'tap';
import { print, sql } from '../../src/lib/fragment.ts';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { whyNot } from '../support/vendors.ts';
import { eventually, lineTo, projectConfig, refusal, scratchDatabase } from './support.ts';

const backoff = { first: 100, longest: 200 };

t.test('keys, and what they answer', async (t) => {
  const database = await scratchDatabase('sqlite');
  const registry = createRegistry({ log: silentLog, backoff });
  t.teardown(async () => {
    await registry.close();
    await database.drop();
  });
  await registry.set(projectConfig('shop', database.config));
  await registry.set(projectConfig('hidden', database.config, { private: true }));
  registry.setFaulty('broken', false);

  const lease = await registry.lease('shop');
  t.equal(lease.project.key, 'shop');
  t.equal(lease.project.installed, false);
  t.equal(lease.project.schemas.current.version, 1);
  lease.release();
  t.match(await refusal(registry.lease('nope')), { kind: 'unauthorized' });
  t.match(await refusal(registry.lease('__proto__')), { kind: 'unauthorized' });
  t.same(await refusal(registry.lease('broken')), {
    kind: 'not_installed',
    message: 'The configuration of project broken has faults; see the log',
  });
  t.same(registry.list(), [
    { key: 'shop', private: false, state: 'open' },
    { key: 'hidden', private: true, state: 'open' },
    { key: 'broken', private: false, state: 'faulty' },
  ]);

  registry.setFaulty('shop', false);
  (await registry.lease('shop')).release();
  t.pass('an open project goes on with its last good configuration');

  await registry.remove('shop');
  t.match(await refusal(registry.lease('shop')), { kind: 'unauthorized' });
});

t.test('the new one beside the old, the old one until its last request', async (t) => {
  const [one, two] = [await scratchDatabase('sqlite'), await scratchDatabase('sqlite')];
  const registry = createRegistry({ log: silentLog, backoff });
  t.teardown(async () => {
    await registry.close();
    await one.drop();
    await two.drop();
  });
  await registry.set(projectConfig('shop', one.config));
  const old = await registry.lease('shop');
  await registry.set(projectConfig('shop', two.config));
  const now = await registry.lease('shop');
  t.not(now.project, old.project);
  const statement = print(sql`select 1`, old.project.connection.dialect);
  t.same(await old.project.connection.texts(statement), [['1']], 'a request that holds the old one finishes on it');
  old.release();
  old.release();
  await eventually(async () => {
    if ((await refusal(old.project.connection.texts(statement))).kind === 'none') throw new Error('still open');
  });
  t.pass('then it is closed');
  t.same(await now.project.connection.texts(statement), [['1']]);
  now.release();

  const missing = { ...one.config, connection: { filename: '/nowhere/at/all.db' } };
  await registry.set(projectConfig('shop', missing));
  const kept = await registry.lease('shop');
  t.equal(kept.project, now.project, 'a new one that does not open leaves the old one in place');
  kept.release();
});

t.test('what is removed while it opens never appears', async (t) => {
  const database = await scratchDatabase('sqlite');
  const registry = createRegistry({ log: silentLog, backoff });
  t.teardown(() => database.drop());
  const opening = registry.set(projectConfig('shop', database.config));
  await registry.remove('shop');
  await opening;
  t.same(registry.list(), []);
  await registry.close();
});

for (const vendor of ['postgres', 'mysql'] as const) {
  const skip = await whyNot(vendor);
  t.test(`${vendor}: a database that is down, comes up and goes away`, { skip: skip ?? false }, async (t) => {
    const [database, healthy] = [await scratchDatabase(vendor), await scratchDatabase('sqlite')];
    const line = await lineTo(database.config);
    const told: string[] = [];
    const log = { ...silentLog, error: (_details: object, message: string) => void told.push(message) };
    const registry = createRegistry({ log, backoff });
    t.teardown(async () => {
      await registry.close();
      await line.cut();
      await database.drop();
      await healthy.drop();
    });
    await Promise.all([registry.set(projectConfig('down', line.config)), registry.set(projectConfig('up', healthy.config))]);

    t.match(await refusal(registry.lease('down')), { kind: 'database_unavailable' });
    t.match(await refusal(registry.lease('down')), { kind: 'database_unavailable' });
    (await registry.lease('up')).release();
    t.pass('the other project serves');
    t.equal(told.length, 1, 'the log is told once, not at every attempt');

    await line.mend();
    const lease = await eventually(() => registry.lease('down'));
    const statement = print(sql`select 1`, lease.project.connection.dialect);
    t.same(await lease.project.connection.texts(statement), [['1']], 'it opened by itself');

    await line.cut();
    t.match(await refusal(lease.project.connection.texts(statement)), { kind: 'database_unavailable' });
    await line.mend();
    t.same(await eventually(() => lease.project.connection.texts(statement)), [['1']], 'the pool connects anew');
    const after = await registry.lease('down');
    t.equal(after.project, lease.project, 'losing a connection does not lose the project');
    after.release();
    lease.release();
  });
}
