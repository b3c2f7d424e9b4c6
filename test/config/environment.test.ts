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
  t.same(made.config.storage, { driver: 'local', root: resolve('data/_-files') });
  t.equal(made.config.extensions, resolve('extensions'));
});

t.test('everything given', async (t) => {
  const made = environmentProject({
    DATABASE_URL: 'mariadb://u:p@db/app',
    DATABASE_SCHEMAS: 'public, sales',
    DATABASE_REPLICAS: 'mysql://reader@near/app, mariadb://reader@far/app',
    DATABASE_TEXT_ORDER: 'native',
    PROJECT: 'app',
    SECRET: 'sixteen characters',
    ADMIN_EMAIL: 'a@example.com',
    ADMIN_PASSWORD: 'pw',
    ADMIN_TOKEN: 'tok',
    STORAGE_ROOT: '/srv/files',
    LIMITS: '{"pageRows": 500}',
    HISTORY: '{"days": 90}',
    EXTENSIONS: '/srv/extensions',
    WEBHOOKS: '{"attempts": 3}',
    CORS: '{"origins": ["https://app.example"]}',
    SCIM: '{"token": "a token of SCIM, long enough"}',
    SSO: '{"providers": [{"name": "id", "issuer": "https://id.example", "clientId": "app"}]}',
  });
  t.same(made, {
    config: {
      key: 'app',
      database: {
        client: 'mysql2',
        connection: 'mysql://u:p@db/app',
        schemas: ['public', 'sales'],
        replicas: { connections: ['mysql://reader@near/app', 'mysql://reader@far/app'] },
        textOrder: 'native',
      },
      secret: 'sixteen characters',
      storage: { driver: 'local', root: '/srv/files' },
      limits: { pageRows: 500 },
      history: { days: 90 },
      extensions: '/srv/extensions',
      webhooks: { attempts: 3 },
      cors: { origins: ['https://app.example'] },
      scim: { token: 'a token of SCIM, long enough' },
      sso: { providers: [{ name: 'id', issuer: 'https://id.example', clientId: 'app' }] },
      private: false,
    },
    administrator: { email: 'a@example.com', password: 'pw', token: 'tok' },
    warnings: [],
  });
});

t.test('files in a bucket', async (t) => {
  const storage = { driver: 's3', bucket: 'files', endpoint: 'http://minio:9000', prefix: 'shop/prod' };
  const made = environmentProject({ DATABASE_URL: 'postgres://u:p@db/app', STORAGE: JSON.stringify(storage) });
  t.match(made, { config: { storage } });
});

t.test('faults are told all at once and hold no value', async (t) => {
  const made = environmentProject({
    DATABASE_URL: 'oracle://u:hunter2@h',
    PROJECT: 'server',
    DATABASE_TEXT_ORDER: 'human',
    SECRET: 'short',
    ADMIN_EMAIL: 'a@b',
    ADMIN_TOKEN: 'x',
    STORAGE: '{"driver": "s3", "bucket": "files", "secretAccessKey": "hunter2"}',
    STORAGE_ROOT: '/srv/files',
  });
  if (!made || !('faults' in made)) return t.fail('faults were expected');
  t.match(made.faults, [
    /^DATABASE_URL must start/,
    /^PROJECT: .*reserved/,
    /^SECRET/,
    /^ADMIN_EMAIL and ADMIN_PASSWORD/,
    /^STORAGE: accessKeyId and secretAccessKey belong together/,
    /^STORAGE and STORAGE_ROOT say the same/,
    /^DATABASE_TEXT_ORDER must/,
  ]);
  t.notMatch(made.faults.join(), /hunter2|short|human/);
});

t.test('limits that cannot be', async (t) => {
  for (const [limits, fault] of [
    ['{', /^LIMITS is not valid JSON/],
    ['[]', /^LIMITS: must be an object/],
    ['{"pageRows": "many"}', /^LIMITS: pageRows must be a whole number/],
    ['{"pageRows": 0}', /^LIMITS: pageRows must be/],
    ['{"rows": 1}', /^LIMITS: rows is not known; known are depth, /],
  ] as const) {
    const made = environmentProject({ DATABASE_URL: 'sqlite:a.db', SECRET: 'sixteen characters', LIMITS: limits });
    t.match(made, { faults: [fault] }, limits);
  }
});

t.test('replicas that cannot be', async (t) => {
  for (const [url, replicas, fault] of [
    ['sqlite:a.db', 'sqlite:b.db', /^DATABASE_REPLICAS: there are none of a SQLite file/],
    ['postgres://a/b', 'postgres://c/b,mysql://user:hunter2@d/b', /^DATABASE_REPLICAS must start with postgres[^@]*$/],
  ] as const) {
    const made = environmentProject({ DATABASE_URL: url, SECRET: 'sixteen characters', DATABASE_REPLICAS: replicas });
    t.match(made, { faults: [fault] }, replicas);
  }
});

t.test('a history that cannot be', async (t) => {
  for (const [history, fault] of [
    ['90', /^HISTORY: must be an object/],
    ['{"days": 0}', /^HISTORY: days must be >= 1/],
    ['{"perItem": 1.5}', /^HISTORY: perItem must be a whole number/],
    ['{"weeks": 2}', /^HISTORY: weeks is not known; known are days, perItem/],
  ] as const) {
    const made = environmentProject({ DATABASE_URL: 'sqlite:a.db', SECRET: 'sixteen characters', HISTORY: history });
    t.match(made, { faults: [fault] }, history);
  }
});

t.test('parts that cannot be', async (t) => {
  for (const [variable, text, fault] of [
    ['CORS', '{"origins": ["app.example"]}', /^CORS: origins\/0 must be an origin such as/],
    ['CORS', '{"headers": ["X Y"]}', /^CORS: headers\/0 must be the name of a header/],
    ['CORS', '{"origin": []}', /^CORS: origin is not known; did you mean "origins"\? known are enabled, /],
    ['AUTH', '{"origins": ["https://app.example/page"]}', /^AUTH: origins\/0 must be an origin/],
    ['SCIM', '{"token": "hunter2"}', /^SCIM: token must have at least 16 characters/],
    ['SSO', '{"providers": [{"name": "id", "clientId": "app"}]}', /^SSO: providers\/0 needs an issuer, or/],
    ['SSO', '[', /^SSO is not valid JSON/],
  ] as const) {
    const made = environmentProject({ DATABASE_URL: 'sqlite:a.db', SECRET: 'sixteen characters', [variable]: text });
    t.match(made, { faults: [fault] }, text);
    t.notMatch(JSON.stringify(made), /hunter2/);
  }
});
