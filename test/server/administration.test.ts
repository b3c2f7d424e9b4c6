/** Promise: the super admin makes and deletes projects while the server runs; what fails leaves nothing behind, and tables of users stay (directus8-system §2). */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createGateway, type Gateway } from '../../src/index.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Tester } from '../support/expect.ts';
import { openMailbox } from '../support/mailbox.ts';
import { createDatabase, type TestDatabase, testVendors, whyNot } from '../support/vendors.ts';

const token = 'the token of the super admin';
const person = { user_email: 'boss@example.com', user_password: 'correct-horse', user_token: 'token-of-the-boss' };

interface Place {
  readonly folder: string;
  readonly projects: string;
  readonly data: string;
  readonly gateway: Gateway;
  ask(
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
    url: string,
    body?: object,
    bearer?: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; json: unknown; text: string }>;
  /** All files there are. */
  files(): Promise<string[]>;
  close(): Promise<void>;
}

async function place(superAdminToken: string | null = token): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-test-admin-'));
  const [projects, data] = [join(folder, 'projects'), join(folder, 'data')];
  const gateway = await createGateway({ projects, dataFolder: data, ...(superAdminToken === null ? {} : { superAdminToken }) });
  return {
    folder,
    projects,
    data,
    gateway,
    async ask(method, url, body, bearer, headers = {}) {
      const answer = await gateway.server.inject({
        method,
        url,
        ...(body ? { payload: body } : {}),
        headers: { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
      });
      return { status: answer.statusCode, json: answer.body === '' ? undefined : answer.json(), text: answer.body };
    },
    files: async () => (await readdir(folder, { recursive: true })).sort(),
    async close() {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a request says of the database. */
function bodyFor({ config }: TestDatabase): object {
  if (typeof config.connection !== 'string') return { db_type: 'sqlite', db_name: 'shop' };
  const url = new URL(config.connection);
  return {
    db_type: config.client === 'pg' ? 'pgsql' : 'mysql',
    db_host: url.hostname,
    ...(url.port === '' ? {} : { db_port: url.port }),
    db_name: url.pathname.slice(1),
    db_user: url.username,
    ...(url.password === '' ? {} : { db_password: url.password }),
  };
}

async function tablesOf({ data }: Place, { config }: TestDatabase): Promise<string[]> {
  const connection = typeof config.connection === 'string' ? config.connection : { filename: join(data, 'shop.sqlite') };
  const vendor = vendorOf(config.client);
  const open = await vendor.connect({ ...config, connection });
  try {
    return (await vendor.introspect(open)).tables.map(({ name }) => name).sort();
  } finally {
    await open.close();
  }
}

async function lives(t: Tester, here: Place, database: TestDatabase): Promise<void> {
  const body = { project: 'shop', super_admin_token: token, project_name: 'The shop', ...person, ...bodyFor(database) };
  for (const [method, url] of [
    ['POST', '/server/projects'],
    ['DELETE', '/server/projects/shop'],
  ] as const) {
    const keyed = await here.ask(method, url, method === 'POST' ? body : undefined, token, { 'idempotency-key': 'once' });
    t.match(
      keyed,
      { status: 422, json: { error: { message: /^Idempotency-Key: a project is made once/ } } },
      `${method}: no key of requests`,
    );
  }
  t.same(await here.ask('POST', '/server/projects', body), { status: 200, json: { public: true }, text: '{"public":true}' }, 'made');
  t.match(await here.ask('GET', '/server/projects'), { json: { data: ['shop'] } }, 'and listed');
  t.match(await here.ask('GET', '/shop/users/me?fields=email', undefined, person.user_token), {
    json: { data: { email: person.user_email } },
  });
  t.match(await here.ask('GET', '/shop/'), { json: { data: { api: { project_name: 'The shop' } }, public: true } });
  const path = join(here.projects, 'shop.json');
  t.equal((await stat(path)).mode & 0o777, 0o600, 'its file is its owner’s');
  t.match(JSON.parse(await readFile(path, 'utf8')), { secret: /^[\w-]{43}$/ }, 'with a secret of its own');
  t.match(await here.ask('POST', '/server/projects', body), { status: 409, json: { error: { code: 18 } } }, 'the same key again');
  const other = { ...body, project: 'other' };
  t.match(await here.ask('POST', '/server/projects', other), { status: 400, json: { error: { code: 19, message: /existing=true/ } } });
  t.strictSame((await readdir(here.projects)).sort(), ['shop.json'], 'nothing is left of it');
  const key = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
  await here.ask('POST', '/shop/collections', { collection: 'goods', fields: [key] }, person.user_token);
  t.match(await here.ask('DELETE', `/server/projects/shop?super_admin_token=${encodeURIComponent(token)}`), { status: 200 }, 'deleted');
  t.match(await here.ask('GET', '/shop/'), { status: 401 }, 'and gone');
  t.ok((await tablesOf(here, database)).includes('directus_users'), 'its tables stay');
  t.match(await here.ask('POST', '/server/projects', { ...other, existing: true }), { status: 200 }, 'another one takes them over');
  t.match(await here.ask('GET', '/other/collections/goods', undefined, person.user_token), { json: { data: { managed: true } } });
  t.match(await here.ask('DELETE', '/server/projects/other?drop_tables=1', undefined, token), { status: 200 });
  t.strictSame(await tablesOf(here, database), ['goods'], 'what is of the system goes where that is asked, and nothing else');
  t.strictSame(await readdir(here.projects), []);
}

for (const vendor of testVendors) {
  t.test(`projects on ${vendor}`, async (t) => {
    const reason = await whyNot(vendor);
    if (reason !== undefined) return void t.comment(reason);
    const [here, database] = [await place(), await createDatabase(vendor)];
    try {
      await lives(t, here, database);
    } finally {
      await here.close();
      await database.drop();
    }
  });

  t.test(`an installation that fails on ${vendor}`, async (t) => {
    const reason = await whyNot(vendor);
    if (reason !== undefined) return void t.comment(reason);
    const [here, database] = [await place(), await createDatabase(vendor)];
    try {
      // A file in the place of the folder of project files: everything works but for the last step.
      await writeFile(here.projects, 'no folder');
      const before = await here.files();
      const body = { project: 'shop', super_admin_token: token, ...person, ...bodyFor(database) };
      t.match(await here.ask('POST', '/server/projects', body), { status: 500, json: { error: { message: 'Internal Server Error' } } });
      t.strictSame(
        (await here.files()).filter((file) => file !== 'data'),
        before,
        'no file is left',
      );
      if (vendor !== 'sqlite') t.strictSame(await tablesOf(here, database), [], 'and no table');
    } finally {
      await here.close();
      await database.drop();
    }
  });
}

t.test('what is refused', async (t) => {
  const here = await place();
  const right = { project: 'shop', super_admin_token: token, db_type: 'sqlite', ...person };
  const refusals: readonly (readonly [body: object, status: number, code: number, sentence: RegExp])[] = [
    [{ ...right, super_admin_token: undefined }, 422, 4, /super_admin_token/],
    [{ ...right, super_admin_token: 'x'.repeat(token.length) }, 401, 3, /Superadmin Only/],
    [{ ...right, project: undefined }, 422, 4, /project: This value should not be blank/],
    [{ ...right, project: 'a/b' }, 422, 4, /may hold letters/],
    [{ ...right, project: 'Server' }, 422, 4, /reserved/],
    [{ ...right, project: '_off' }, 422, 4, /switched off/],
    [{ ...right, user_email: 'boss' }, 422, 4, /e-mail/],
    [{ ...right, user_password: 'short' }, 422, 4, /password/],
    [{ ...right, user_password: 1.5 }, 422, 4, /type string/],
    [{ ...right, db_type: 'oracle' }, 422, 4, /db_type/],
    [{ ...right, db_name: '../../etc/x' }, 422, 4, /db_name/],
    [{ ...right, cors: {} }, 422, 4, /cors/],
    [{ ...right, db_type: 'mysql' }, 422, 4, /db_name.*db_user/],
    [{ ...right, db_type: 'mysql', db_name: 'x', db_user: 'u', db_port: 'x' }, 422, 4, /db_port/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a project file would fill in
    [{ ...right, db_type: 'mysql', db_name: 'x', db_user: 'u', db_password: '${HOME}' }, 422, 4, /db_password/],
    [
      { ...right, db_type: 'pgsql', db_name: 'x', db_user: 'u', db_host: '127.0.0.1', db_port: 1, db_password: 'secret-word' },
      400,
      19,
      /does not answer/,
    ],
  ];
  const before = await here.files();
  for (const [body, status, code, sentence] of refusals) {
    const answer = await here.ask('POST', '/server/projects', body);
    t.match(answer, { status, json: { error: { code, message: sentence } } }, answer.text);
    t.notMatch(answer.text, /secret-word|horse/);
  }
  t.match(await here.ask('DELETE', '/server/projects/nope', undefined, token), { status: 404, json: { error: { code: 1 } } });
  t.match(await here.ask('DELETE', '/server/projects/nope'), { status: 422, json: { error: { code: 4 } } });
  t.match(await here.ask('DELETE', '/server/projects/nope', undefined, 'x'), { status: 401, json: { error: { code: 3 } } });
  t.strictSame(await here.files(), before, 'nothing is made');
  t.match(await here.ask('GET', '/server/info'), { status: 200, json: { data: { directus: '8.8.1' } } }, 'open before the first project');
  await writeFile(join(here.folder, 'x.txt'), 'no database');
  await here.ask('POST', '/projects', right);
  t.match(await here.ask('GET', '/server/projects'), { json: { data: ['shop'] } }, 'by its other path');
  t.match(await here.ask('GET', '/server/info'), { status: 422, json: { error: { code: 4 } } });
  t.match(await here.ask('GET', '/server/info?super_admin_token=x'), { status: 401, json: { error: { code: 3 } } });
  t.match(await here.ask('GET', '/server/info', undefined, token), { status: 200, json: { data: { php: { extensions: { pdo: true } } } } });
  const twice = await Promise.all([1, 2].map(() => here.ask('POST', '/server/projects', { ...right, project: 'twin' })));
  t.strictSame(twice.map(({ status }) => status).sort(), [200, 409], 'of two at once one is made');
  await here.close();

  const closed = await place(null);
  t.match(await closed.ask('POST', '/server/projects', right), {
    status: 401,
    json: { error: { code: 3, message: /SUPER_ADMIN_TOKEN/ } },
  });
  t.match(await closed.ask('DELETE', '/server/projects/shop', undefined, token), { status: 401, json: { error: { code: 3 } } });
  await closed.close();
});

t.test('health', async (t) => {
  const here = await place();
  const mailbox = await openMailbox();
  await here.ask('POST', '/server/projects', { project: 'shop', super_admin_token: token, db_type: 'sqlite', ...person });
  t.same(await here.ask('GET', '/server/health'), {
    status: 200,
    json: { data: { status: 'ok' }, public: true },
    text: '{"data":{"status":"ok"},"public":true}',
  });
  const off = { status: 'off' };
  const full = {
    status: 'ok',
    database: { status: 'ok', milliseconds: Number },
    storage: { status: 'ok', milliseconds: Number },
    mail: off,
    cache: off,
  };
  t.match(await here.ask('GET', '/server/health', undefined, token), {
    status: 200,
    json: { data: { status: 'ok', projects: { shop: full } } },
  });
  t.same(
    (await here.ask('GET', '/server/health', undefined, 'another')).json,
    { data: { status: 'ok' }, public: true },
    'a wrong token is the public',
  );

  const lease = await here.gateway.registry.lease('shop');
  const { config } = lease.project;
  lease.release();
  type Told = Awaited<ReturnType<Place['ask']>>;
  /** What it says at last: what was found before is given again for a second. */
  const told = async (more: object, until: RegExp): Promise<Told> => {
    await here.gateway.registry.set({ ...config, ...more });
    const answers: Told[] = [];
    await eventually(async () => {
      answers.unshift(await here.ask('GET', '/server/health', undefined, token));
      return until.test(answers[0]?.text ?? '');
    });
    return answers[0] ?? { status: 0, json: undefined, text: '' };
  };
  const mail = { from: 'x@example.com', publicUrl: 'http://x.example' };
  t.match(await told({ mail: { ...mail, url: mailbox.url } }, /"mail":\{"status":"ok"/), {
    status: 200,
    json: { data: { projects: { shop: { mail: { status: 'ok' } } } } },
  });
  await mailbox.close();
  const away = await told({ mail: { ...mail, url: mailbox.url.replace('//', '//me:hidden-word@') } }, /"mail":\{"status":"warn"/);
  t.match(
    away,
    { status: 200, json: { data: { status: 'warn', projects: { shop: { mail: { status: 'warn' } } } } } },
    'no mail is a warning',
  );
  t.notMatch(away.text, /hidden-word|127\.0\.0\.1/, 'which tells no secret');
  await writeFile(join(here.folder, 'file'), '');
  const full2 = await told({ storage: { driver: 'local', root: join(here.folder, 'file', 'x') } }, /"storage":\{"status":"error"/);
  t.match(full2, { status: 503, json: { data: { status: 'error', projects: { shop: { storage: { status: 'error' } } } } } });
  here.gateway.registry.setFaulty('broken', false);
  const broken = await told({}, /broken/);
  t.match(broken, { status: 503, json: { data: { projects: { shop: { status: 'ok' }, broken: { status: 'error' } } } } });
  t.same((await here.ask('GET', '/server/health')).json, { data: { status: 'error' }, public: true }, 'the public hears one word');
  await here.close();
});
