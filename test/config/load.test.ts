/** Project files: what is taken, what is refused, and in which words. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { loadProjectFile, loadProjects, nameOfFile } from '../../src/config/load.ts';

const good = {
  database: { client: 'pg', connection: 'postgres://shop@127.0.0.1/shop' },
  secret: 'sixteen characters',
  storage: { driver: 'local', root: 'files' },
};

/** The place holder of a variable, as a file has it. */
const of = (name: string) => ['$', '{', name, '}'].join('');

let folder = '';
t.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-config-'));
});
t.teardown(() => rm(folder, { recursive: true }));

async function load(name: string, content: unknown, environment: Record<string, string> = {}) {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  const loaded = await loadProjectFile(join(folder, name), environment);
  await rm(join(folder, name));
  return loaded;
}

async function faults(content: unknown, environment: Record<string, string> = {}): Promise<string[]> {
  const loaded = await load('shop.json', content, environment);
  return (loaded?.faults ?? []).map((fault) => fault.slice(fault.indexOf('shop.json: ') + 'shop.json: '.length));
}

t.test('a good file', async (t) => {
  const loaded = await load('shop.json', good);
  t.match(loaded, { key: 'shop', private: false, faults: [], config: { key: 'shop', secret: good.secret, private: false } });
  t.same(loaded?.config?.storage, { driver: 'local', root: resolve('files') }, 'the storage root is taken from the current directory');
  t.ok(Object.isFrozen(loaded?.config));
});

t.test('every client, and every way to write its connection', async (t) => {
  const connection = async (client: string, given: unknown) =>
    (await load('shop.json', { ...good, database: { client, connection: given } }))?.config?.database.connection;
  t.equal(await connection('pg', 'postgresql://a/b'), 'postgresql://a/b');
  t.equal(await connection('mysql2', 'mysql://a/b'), 'mysql://a/b');
  t.equal(await connection('mysql2', 'mariadb://a/b'), 'mysql://a/b', 'the driver knows one scheme');
  t.same(await connection('mysql2', { host: 'a', port: 3306 }), { host: 'a', port: 3306 });
  for (const text of ['shop.db', 'sqlite:shop.db', 'sqlite://shop.db', 'file:shop.db']) {
    t.same(await connection('better-sqlite3', text), { filename: resolve('shop.db') }, text);
  }
  t.same(await connection('better-sqlite3', 'sqlite:///var/shop.db'), { filename: '/var/shop.db' });
  t.same(await connection('better-sqlite3', { filename: 'shop.db' }), { filename: resolve('shop.db') });
});

t.test('the environment fills place holders anywhere in strings', async (t) => {
  const content = {
    ...good,
    database: { client: 'pg', connection: { host: of('HOST'), password: `x-${of('PASS')}-${of('PASS')}` } },
    secret: of('KEY'),
  };
  const loaded = await load('shop.json', content, { HOST: 'db', PASS: of('HOST'), KEY: 'k'.repeat(20) });
  t.same(
    loaded?.config?.database.connection,
    { host: 'db', password: `x-${of('HOST')}-${of('HOST')}` },
    'what was filled in is not filled again',
  );
  t.equal(loaded?.config?.secret, 'k'.repeat(20));
});

t.test('all faults are told at once, each with its path', async (t) => {
  const told = await faults(
    {
      database: { client: 'oracle', connection: 5, schemas: [], pool: { min: -1, max: 'many', size: 3 }, textOrder: 'human' },
      secret: 'short',
      storage: { driver: 's3', path: 'x', pathStyle: 'yes' },
      secrets: `${of('NOT_THERE')} ${of('NOR_THIS')}`,
      private: 'yes',
    },
    {},
  );
  t.same(told.sort(), [
    '/database/client must be one of "pg", "mysql2", "better-sqlite3"',
    '/database/connection must be a URL or an object',
    '/database/pool/max must be a whole number',
    '/database/pool/min must be >= 0',
    '/database/pool/size is not known; known are min, max',
    '/database/schemas must not be empty; leave it out to serve the default',
    '/database/textOrder must be one of "auto", "portable", "native"',
    '/private must be true or false',
    '/secret must have at least 16 characters',
    '/secrets is not known; did you mean "secret"? known are database, secret, storage, assets, limits, history, extensions, webhooks, uploads, auth, cors, mail, scim, sso, graphql, rateLimit, publicUrl, documents, surfaces, strapi, changes, redis, private',
    '/secrets needs the environment variable NOR_THIS, which is not set',
    '/secrets needs the environment variable NOT_THERE, which is not set',
    '/storage/bucket is missing',
    '/storage/path is not known; known are driver, bucket, region, endpoint, pathStyle, prefix, accessKeyId, secretAccessKey, sessionToken',
    '/storage/pathStyle must be true or false',
  ]);
});

t.test('the storage of files', async (t) => {
  const told = (storage: unknown) => faults({ ...good, storage });
  t.same(await told({ driver: 'azure' }), ['/storage/driver must be "local" or "s3"']);
  t.same(await told({ driver: 'local' }), ['/storage/root is missing']);
  t.same(await told('files'), ['/storage must be an object']);
  const s3 = { driver: 's3', bucket: 'files' };
  t.same(await told(s3), []);
  t.same(await told({ ...s3, endpoint: 'minio:9000', prefix: '../up', accessKeyId: 'a', sessionToken: 'b' }), [
    '/storage/endpoint must be a URL that begins with http:// or https://',
    '/storage/prefix may hold letters, digits, ".", "_" and "-", divided by single slashes',
    '/storage/accessKeyId and secretAccessKey belong together: set both or none',
  ]);
  t.same(await told({ ...s3, sessionToken: 'b' }), ['/storage/sessionToken needs accessKeyId and secretAccessKey']);
});

t.test('the Strapi surface', async (t) => {
  const told = (strapi: unknown) => faults({ ...good, strapi });
  const type = (id: string) => ({ id, collection: 'a' });
  t.same(await told({ types: [type('flora'), type('große-namen')], confirmedUrl: 'https://app.example/in' }), []);
  t.same(await told({ types: [type('a/b'), type('users'), type('x'), type('x')], confirmedUrl: 'javascript:alert(1)' }), [
    '/strapi/types/0/id may hold letters, digits, "-" and "_"',
    '/strapi/types/1/id "users" belongs to the system',
    '/strapi/types/3/id "x" is there twice',
    '/strapi/confirmedUrl must be an address such as https://app.example/welcome',
  ]);
});

t.test('single faults', async (t) => {
  t.same(await faults({}), ['/database is missing', '/secret is missing']);
  t.same(await faults([]), ['must be an object']);
  t.same((await faults({ ...good, limits: { pageRows: 0, rows: 5, sort: '1' } })).sort(), [
    '/limits/pageRows must be >= 1',
    '/limits/rows is not known; known are depth, fields, outputs, filterNodes, keys, sort, searchCharacters, areaPositions, pageRows, nestedRows, writeRows, batchOperations, urlBytes, queryDepth, queryParameters, exports, exportSeconds, statementMilliseconds, countMilliseconds, searchRows, idempotencySeconds, idempotencyLeaseSeconds, hookMilliseconds',
    '/limits/sort must be a whole number',
  ]);
  t.same((await load('shop.json', { ...good, limits: { pageRows: 5 } }))?.config?.limits, { pageRows: 5 });
  t.same((await load('shop.json', { ...good, history: { days: 5 } }))?.config?.history, { days: 5 });
  t.same(await faults({ ...good, secret: of('SECRET') }), ['/secret needs the environment variable SECRET, which is not set']);
  t.same(await faults({ ...good, secret: of('SECRET') }, { SECRET: 'short' }), ['/secret must have at least 16 characters']);
  t.match(await faults({ ...good, secret: `${of('no name')} and long enough` }), [/^\/secret has a place holder/]);
  t.match(await faults({ ...good, database: { client: 'pg', connection: 'mysql://a/b' } }), [
    /^\/database\/connection must start with postgres/,
  ]);
  t.match(await faults({ ...good, database: { client: 'mysql2', connection: 'db.example' } }), [
    /^\/database\/connection must start with mysql/,
  ]);
  t.same(await faults({ ...good, database: { client: 'better-sqlite3', connection: { file: 'x' } } }), [
    '/database/connection/filename must be the name of a file',
    '/database/connection/file is not known; known are filename, create, readonly',
  ]);
  const replicas = { connections: ['postgres://reader@far/shop'], pool: { max: 4 }, lagSeconds: 5, lookMilliseconds: 500 };
  const copied = { client: 'pg', connection: 'postgres://a/b', replicas };
  t.same((await load('shop.json', { ...good, database: copied }))?.config?.database, copied);
  t.same(await faults({ ...good, database: { ...copied, replicas: { connections: ['mysql://a/b', 7], lag: 1 } } }), [
    '/database/replicas/connections/1 must be a URL or an object',
    '/database/replicas/lag is not known; known are connections, pool, lagSeconds, lookMilliseconds',
  ]);
  t.same(await faults({ ...good, database: { ...copied, replicas: { connections: ['mysql://a/b'] } } }), [
    '/database/replicas/connections/0 must start with postgres:// or postgresql:// for the client "pg"',
  ]);
  t.same(await faults({ ...good, database: { ...copied, replicas: { connections: [] } } }), [
    '/database/replicas/connections must not be empty; leave replicas out to read from the database itself',
  ]);
  t.same(await faults({ ...good, database: { client: 'better-sqlite3', connection: { filename: 'x' }, replicas } }), [
    '/database/replicas there are none of a SQLite file',
  ]);
  t.same(await faults(JSON.stringify(good).replace('{', '{"__proto__":{"private":true},')), [
    '/__proto__ is not known; known are database, secret, storage, assets, limits, history, extensions, webhooks, uploads, auth, cors, mail, scim, sso, graphql, rateLimit, publicUrl, documents, surfaces, strapi, changes, redis, private',
  ]);
});

t.test('broken JSON is refused without quoting the file', async (t) => {
  const told = await faults('{\n "secret": "do not show me",\n "x" 5 }');
  t.same(told, ['is not valid JSON: see line 3, column 6']);
  t.notMatch((await faults('{"secret": "do not show me"x')).join(), /show me/);
});

t.test('faults never repeat a value', async (t) => {
  const told = await faults({ ...good, database: { client: 'pg', connection: 'mysql://u:hunter2@h/d' }, secret: 'hunter2' });
  t.notMatch(told.join('\n'), /hunter2/);
  t.same(told, [
    '/secret must have at least 16 characters',
    '/database/connection must start with postgres:// or postgresql:// for the client "pg"',
  ]);
});

t.test('names of files', async (t) => {
  t.same(nameOfFile('x/shop.json'), { key: 'shop', private: false });
  t.same(nameOfFile('x/_.json'), { key: '_', private: false });
  t.equal(nameOfFile('x/_shop.json'), undefined, 'switched off');
  t.equal(nameOfFile('x/.shop.json'), undefined);
  t.equal(nameOfFile('x/shop.json.bak'), undefined);
  t.same(nameOfFile('x/private.shop.json'), { key: 'shop', private: true });
  t.match(await load('private.shop.json', good), { key: 'shop', private: true, config: { private: true } });
  t.match((await load('Server.json', good))?.faults, [/reserved word/]);
  t.match((await load('my shop.json', good))?.faults, [/letters, digits/]);
  t.same((await load('Shop_1-a.json', good))?.faults, []);
});

t.test('a folder of files', async (t) => {
  t.same(await loadProjects(join(folder, 'none'), {}), [], 'a folder that is not there holds nothing');
  const place = await mkdtemp(join(folder, 'many-'));
  await writeFile(join(place, 'a.json'), JSON.stringify(good));
  await writeFile(join(place, 'b.json'), '{');
  await writeFile(join(place, '_c.json'), JSON.stringify(good));
  await writeFile(join(place, 'private.a.json'), JSON.stringify(good));
  const loaded = await loadProjects(place, {});
  t.match(loaded, [
    { key: 'a', private: false, config: { key: 'a' }, faults: [/private\.a\.json: ignored/] },
    { key: 'b', config: undefined, faults: [/not valid JSON/] },
  ]);
  t.equal(loaded.length, 2);
});

t.test('providers of single sign-on', async (t) => {
  const provider = { name: 'directory', issuer: 'https://id.example', clientId: 'shop' };
  const told = (providers: readonly object[], more: object = {}) => faults({ ...good, sso: { providers, ...more } });
  t.same(await told([provider]), []);
  const { issuer: _, ...nowhere } = provider;
  t.same(await told([nowhere]), ['/sso/providers/0 needs an issuer, or authorizationUrl, tokenUrl and userInfoUrl']);
  t.same(await told([provider, provider]), ['/sso/providers/1/name is the name of another one']);
  const address = 'must be an http: or https: address';
  t.same(await told([{ ...provider, name: 'access_token' }]), ['/sso/providers/0/name is a path of its own; choose another name']);
  t.same(await told([{ ...provider, issuer: 'id.example' }]), [`/sso/providers/0/issuer ${address}`]);
  t.same(await told([provider], { redirects: ['javascript:alert(1)'] }), [`/sso/redirects/0 ${address}`]);
  t.same(await told([provider], { publicUrl: 'shop' }), [`/sso/publicUrl ${address}`]);
});
