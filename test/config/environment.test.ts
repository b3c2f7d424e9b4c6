/** A project made of environment variables alone. */
import { resolve } from 'node:path';
import t from 'tap';
import { environmentProject } from '../../src/config/environment.ts';

t.test('no DATABASE_URL, no project', async (t) => {
  t.equal(environmentProject({ SECRET: 'x' }), undefined);
  t.equal(environmentProject({ DATABASE_URL: '' }), undefined, 'set to nothing is not set');
});

t.test('defaults', async (t) => {
  const made = environmentProject({ DATABASE_URL: 'postgres://u:p@db/app' });
  if (!made || 'faults' in made) return t.fail('a project was expected');
  t.equal(made.config.key, '_');
  t.match(made.config.database, { client: 'pg', connection: 'postgres://u:p@db/app' });
  t.ok(made.config.secret.length >= 32);
  t.match(made.warnings, [/SECRET is not set/]);
  t.equal(made.administrator, undefined);
  t.equal(made.config.storage.root, resolve('data/_-files'));
});

t.test('everything given', async (t) => {
  const made = environmentProject({
    DATABASE_URL: 'mariadb://u:p@db/app',
    DATABASE_SCHEMAS: 'public, sales',
    PROJECT: 'app',
    SECRET: 'sixteen characters',
    ADMIN_EMAIL: 'a@example.com',
    ADMIN_PASSWORD: 'pw',
    ADMIN_TOKEN: 'tok',
    STORAGE_ROOT: '/srv/files',
  });
  t.same(made, {
    config: {
      key: 'app',
      database: { client: 'mysql2', connection: 'mysql://u:p@db/app', schemas: ['public', 'sales'] },
      secret: 'sixteen characters',
      storage: { driver: 'local', root: '/srv/files' },
      private: false,
    },
    administrator: { email: 'a@example.com', password: 'pw', token: 'tok' },
    warnings: [],
  });
});

t.test('faults are told all at once and hold no value', async (t) => {
  const made = environmentProject({
    DATABASE_URL: 'oracle://u:hunter2@h',
    PROJECT: 'server',
    SECRET: 'short',
    ADMIN_EMAIL: 'a@b',
    ADMIN_TOKEN: 'x',
  });
  if (!made || !('faults' in made)) return t.fail('faults were expected');
  t.match(made.faults, [/^DATABASE_URL must start/, /^PROJECT: .*reserved/, /^SECRET/, /^ADMIN_EMAIL and ADMIN_PASSWORD/]);
  t.notMatch(made.faults.join(), /hunter2|short/);
});
