/** A folder of project files: what is added, changed and removed takes effect by itself. */
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { watchProjects } from '../../src/projects/watch.ts';
import { eventually } from './support.ts';

t.test('files come, change and go', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-watch-'));
  const projects = join(folder, 'projects');
  const registry = createRegistry({ log: silentLog });
  const told: string[] = [];
  const log = { ...silentLog, error: (_details: object, message: string) => void told.push(message) };
  const watched = watchProjects({ folder: projects, environment: {}, registry, log, taken: new Set(['env']), settle: 30, interval: 100 });
  t.teardown(async () => {
    watched.close();
    await registry.close();
    await rm(folder, { recursive: true });
  });

  const write = async (name: string, content: unknown): Promise<void> => {
    await writeFile(join(folder, 'new'), typeof content === 'string' ? content : JSON.stringify(content));
    await rename(join(folder, 'new'), join(projects, name));
  };
  const on = (file: string, secret = 'long enough to be a secret') => ({
    database: { client: 'better-sqlite3', connection: { filename: join(folder, file), create: true } },
    secret,
  });
  const states = () => Object.fromEntries(registry.list().map((project) => [project.key, project.state]));
  const becomes = (wanted: Record<string, string>) =>
    eventually(async () => {
      if (JSON.stringify(states()) !== JSON.stringify(wanted)) throw new Error(`is ${JSON.stringify(states())}`);
    });

  await watched.sync();
  t.same(states(), {}, 'a folder that is not there holds nothing');

  await mkdir(projects);
  await write('shop.json', on('a.db'));
  await write('env.json', on('a.db'));
  await becomes({ shop: 'open' });
  t.pass('added, also in a folder made later; a key that is taken is left alone');

  const first = await registry.lease('shop');
  first.release();
  await write('shop.json', on('b.db'));
  await eventually(async () => {
    const lease = await registry.lease('shop');
    lease.release();
    if (lease.project === first.project) throw new Error('still the old one');
    t.match(lease.project.config.database.connection, { filename: join(folder, 'b.db') });
  });

  await write('other.json', '{ "secret": ');
  await becomes({ shop: 'open', other: 'faulty' });
  t.match(told.at(-1), /other\.json: is not valid JSON/);
  await write('other.json', on('c.db'));
  await becomes({ shop: 'open', other: 'open' });

  await write('shop.json', { ...on('b.db'), secret: 'short' });
  await eventually(async () => {
    if (!told.at(-1)?.includes('/secret must have')) throw new Error('not told');
  });
  (await registry.lease('shop')).release();
  t.pass('a fault in the file of an open project is told, and the project goes on');

  await rm(join(projects, 'shop.json'));
  await becomes({ other: 'open' });
  await rename(join(projects, 'other.json'), join(projects, '_other.json'));
  await becomes({});
  t.pass('a file that is switched off takes its project away');
});
