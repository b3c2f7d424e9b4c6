/** Promise: a write can be tried without being done, a read explained without being run, and an administrator sees what a role sees. */
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tokens } from '../fixtures/garden-people.ts';
import { actionFiles, filterFiles } from '../fixtures/hooks-of-writes.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { type HookedWorld, withHooks } from '../support/hooked.ts';
import { type Answer, at, column, type Json, rows } from '../support/http.ts';
import { historyOf, leavesAll, outline } from '../support/writing.ts';

const list = (value: Json): Json[] => (Array.isArray(value) ? value : []);

/** The dry run's activity, as `action collection item`. */
function outlineOf(answer: Answer): string[] {
  const revised = new Set(list(at(answer.json, 'data', 'revisions')).map((one) => `${at(one, 'collection')} ${at(one, 'item')}`));
  return list(at(answer.json, 'data', 'activity')).map((one) => {
    const row = `${at(one, 'collection')} ${at(one, 'item')}`;
    const revision = list(at(answer.json, 'data', 'revisions')).find((each) => `${at(each, 'collection')} ${at(each, 'item')}` === row);
    const parent = at(revision, 'parent_collection');
    const of = parent ? ` of ${parent} ${at(revision, 'parent_item') ?? 'new'}` : '';
    return `${at(one, 'action')} ${row}${of}${revised.has(row) ? '' : ' (no revision)'}`;
  });
}

type Write = readonly [what: string, method: string, path: string, body?: unknown];

/** Each leaves something when it is done, and refers to nothing that another one leaves. */
const writes: readonly Write[] = [
  ['create', 'POST', 'items/makers', { id: 500, name: 'Eve', mail: 'eve@example.com' }],
  [
    'nested',
    'POST',
    'items/makers',
    {
      id: 600,
      name: 'Jo',
      boss: { id: 601, name: 'Kim' },
      team: [{ id: 2, name: 'Bo' }],
      things: { create: [{ id: 602, name: 'Peg' }], delete: [2] },
    },
  ],
  ['update', 'PATCH', 'items/makers/3?comment=why', { name: 'Cy' }],
  [
    'updates',
    'PATCH',
    'items/makers',
    [
      { id: 1, name: 'Ada B' },
      { id: 3, name: 'Cyd C' },
    ],
  ],
  ['by filter', 'PATCH', 'items/things?filter[rank][gt]=1&limit=5', { rank: 8 }],
  [
    'upsert',
    'POST',
    'items/things?upsert=code',
    [
      { code: 'ham', rank: 7 },
      { id: 700, code: 'axe', name: 'Axe' },
    ],
  ],
  [
    'batch',
    'POST',
    'batch',
    {
      operations: [
        { method: 'create', collection: 'makers', item: { id: 800, name: 'Lou' }, as: 'lou' },
        { method: 'update', collection: 'makers', key: { $ref: 'lou' }, item: { name: 'Lu' } },
      ],
    },
  ],
  ['a role', 'POST', 'roles', { id: 90, name: 'Tried' }],
  ['delete', 'DELETE', 'items/makers/500'],
  ['delete by filter', 'DELETE', 'items/labels?filter[word][eq]=iron&limit=1'],
];

const tried = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}dry_run=1`;

async function dryRuns(t: Tester, world: HookedWorld): Promise<void> {
  for (const [what, method, path, body] of writes) {
    let dryRun: Answer | undefined;
    await leavesAll(t, world, what, async () => {
      dryRun = await world.ask(method, tried(path), body);
    });
    t.equal(dryRun?.status, 200, `${what}: ${dryRun && told(dryRun)}`);
    const said = await world.said();
    t.strictSame(
      said.filter(({ event }) => /^[a-z]/.test(event)),
      [],
      `${what}: no action`,
    );
    let done: Answer | undefined;
    const history = await historyOf(world, async () => {
      done = await world.ask(method, path, body);
    });
    if (!dryRun || !done) throw new Error('Both were asked');
    const signs = (await world.said()).filter(({ event }) => !/^[a-z]/.test(event));
    t.strictSame(said.map(({ event }) => event).sort(), signs.map(({ event }) => event).sort(), `${what}: filters run as ever`);
    t.strictSame(outlineOf(dryRun), outline(history), `${what}: the activity that is written`);
    const plain = (answer: Json): string => JSON.stringify(answer).replace(/"external_id":"[^"]*"/g, '');
    const shown = at(dryRun.json, 'data', 'answer');
    t.equal(at(shown, 'status'), done.status, `${what}: the status (${told(done)})`);
    t.equal(plain(at(shown, 'body') ?? null), plain(done.json ?? null), `${what}: the answer`);
  }
}

async function rowsOfDryRuns(t: Tester, world: HookedWorld): Promise<void> {
  const update = await world.ask('PATCH', 'items/makers/3?dry_run=1&activity_skip=1', { mail: 'cy@example.com' });
  const [change] = list(at(update.json, 'data', 'changes'));
  t.strictSame(
    [at(change, 'action'), at(change, 'item'), at(change, 'before', 'mail'), at(change, 'after', 'mail')],
    ['update', '3', null, 'cy@example.com'],
    told(update),
  );
  t.strictSame(at(update.json, 'data', 'activity'), [], 'what leaves no trace would leave none');
  const gone = await world.ask('DELETE', 'items/makers/601?dry_run=1');
  refused(t, gone, 422, 12, 'what the database refuses is refused');
}

/** Where the gateways of tests keep files. */
const originals = join(tmpdir(), 'sallyport-test-storage', 'originals');

/** Comments, pages and files are written by ways of their own. */
async function otherWrites(t: Tester, world: HookedWorld): Promise<void> {
  const commented = await world.ask('POST', 'activity/comment', { collection: 'makers', item: '1', comment: 'before' });
  const comment = `activity/comment/${at(commented.json, 'data', 'id')}`;
  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkAAIAAAoAAv/lxKUAAAAASUVORK5CYII=';
  const sent = { data: dot, filename_disk: 'tried.png', filename_download: 'tried.png' };
  const file = `files/${at((await world.ask('POST', 'files', { ...sent, filename_disk: 'kept.png' })).json, 'data', 'id')}`;
  const cases: readonly (readonly [...Write, shown: readonly unknown[]])[] = [
    ['a comment', 'POST', 'activity/comment', { collection: 'makers', item: '1', comment: 'x' }, ['create', 'comment', null, 'x']],
    ['another text', 'PATCH', comment, { comment: 'y' }, ['update', 'comment', 'before', 'y']],
    ['no comment', 'DELETE', comment, undefined, ['update', 'comment', 'before', '']],
    ['a page', 'PATCH', 'users/me/tracking/page', { last_page: '/tried' }, ['update', 'last_page', null, '/tried']],
    ['a file', 'POST', 'files', sent, ['upload', 'filename_disk', null, /\.png$/]],
    ['said of a file', 'PATCH', file, { title: 'Dot' }, ['update', 'title', 'Tried', 'Dot']],
    ['another name', 'PATCH', file, { filename_disk: 'moved.png' }, ['update', 'filename_disk', /\.png$/, 'moved.png']],
    ['other content', 'PATCH', file, { data: dot }, ['update', 'filename_disk', /\.png$/, /\.png$/]],
    ['no file', 'DELETE', file, undefined, ['delete', 'title', 'Tried', null]],
  ];
  await leavesAll(t, world, 'other writes', async () => {
    for (const [what, method, path, body, shown] of cases) {
      const dryRun = await world.ask(method, tried(path), body);
      t.equal(dryRun.status, 200, `${what}: ${told(dryRun)}`);
      const [change] = list(at(dryRun.json, 'data', 'changes'));
      const name = String(shown[1]);
      // What was stored for the dry run goes once it is answered; of a file that stays the dry run takes nothing.
      const disk = at(change, 'after', 'filename_disk');
      if (disk && disk !== at(change, 'before', 'filename_disk')) {
        t.ok(await eventually(() => !existsSync(join(originals, String(disk)))), `${what}: no content stays`);
      }
      t.match([at(change, 'action'), name, at(change, 'before', name) ?? null, at(change, 'after', name) ?? null], shown, what);
    }
  });
  t.ok(readdirSync(originals).length > 0, 'content that is named stays');
  await world.said();
}

async function refusals(t: Tester, world: HookedWorld): Promise<void> {
  const same: readonly (readonly [...Write, who?: 'editor' | 'writer' | 'nobody'])[] = [
    ['no permission', 'POST', 'items/makers', { name: 'Eve' }, 'nobody'],
    ['not there', 'PATCH', 'items/makers/999', { name: 'Eve' }],
    ['not valid', 'POST', 'items/makers', { name: 'lower' }],
    ['twice', 'POST', 'items/things', { name: 'Twice', code: 'ham' }],
    ['a filter of an extension', 'POST', 'items/makers', { name: 'Refuse' }],
    ['no such collection', 'POST', 'items/nothing', { name: 'x' }],
    ...(world.vendor === 'postgres' ? ([['at the end', 'POST', 'items/late_children', { id: 1, parent: 999 }]] as const) : []),
  ];
  await leavesAll(t, world, 'refusals', async () => {
    for (const [what, method, path, body, who] of same) {
      const dryRun = await world.ask(method, tried(path), body, who);
      const done = await world.ask(method, path, body, who);
      t.ok(dryRun.status >= 400, `${what}: refused (${told(dryRun)})`);
      t.strictSame([dryRun.status, dryRun.text], [done.status, done.text], `${what}: the same refusal`);
    }
    for (const [method, path, body] of [
      ['POST', 'collections', { collection: 'tried', fields: [] }],
      ['POST', 'relations', { collection_many: 'makers', field_many: 'boss', collection_one: 'makers', foreign_key: true }],
      ['PATCH', 'fields/makers/name', { note: 'x' }],
      ['POST', 'files/tus', undefined],
      ['POST', 'users/invite', { email: 'x@example.com' }],
      ['POST', 'auth/authenticate', { email: 'x@example.com', password: 'x' }],
      ['POST', 'custom/desk/makers', { name: 'X' }],
      ['GET', 'users/invite/x', undefined],
      ['GET', 'auth/sso/x/callback', undefined],
    ] as const) {
      const answer = await world.ask(method, tried(path), body);
      refused(t, answer, 422, 12, `${method} ${path} cannot be tried`);
      t.match(answer.text, /dry_run/, 'and says so by name');
    }
  });
  await world.said();
}

async function hides(t: Tester, world: HookedWorld): Promise<void> {
  const own = await world.ask('PATCH', 'users/me?dry_run=1', { title: 'Gardener' }, 'editor');
  for (const secret of Object.values(tokens)) t.notMatch(own.text, secret);
  const key = { 'idempotency-key': 'tried' };
  const first = await world.ask('POST', 'items/makers?dry_run=1', { name: 'Once' }, 'admin', key);
  t.equal(first.status, 200, told(first));
  const done = await world.ask('POST', 'items/makers', { name: 'Once' }, 'admin', key);
  t.strictSame([done.status, done.headers['idempotency-replayed']], [200, undefined], 'a dry run uses no key up');
}

const asRole = (role: number): Readonly<Record<string, string>> => ({ 'x-act-as-role': String(role) });

async function acting(t: Tester, world: HookedWorld): Promise<void> {
  const list = 'items/plants?fields=id,price,notes,status&sort=id';
  for (const [role, who] of [
    [3, 'editor'],
    [4, 'writer'],
    [8, 'sleuth'],
    [5, 'nobody'],
  ] as const) {
    const acted = await world.ask('GET', list.replace(',price,notes,status', ''), undefined, 'admin', asRole(role));
    const own = await world.ask('GET', list.replace(',price,notes,status', ''), undefined, who);
    t.equal(acted.status, own.status, `role ${role}: ${told(acted)}`);
    if (role !== 3) t.equal(acted.text, own.text, `role ${role} sees what ${who} sees`);
  }
  // Of statuses that are read by owners alone the administrator has other rows than the editor.
  const editor = await world.ask('GET', list, undefined, 'admin', asRole(3));
  t.strictSame(
    rows(editor).find(({ id }) => id === 2),
    { id: 2, notes: '', status: 'draft' },
    'fields are cut as for the role',
  );
  t.notOk(column(editor, 'id').includes(6), 'nothing of the rows of others');
  const nobody = await world.ask('GET', 'items/families?fields=code', undefined, 'admin', asRole(2));
  t.equal(at(nobody.json, 'public'), true, told(nobody));
  const query = { query: '{ plants(limit: 1) { data { price } } }' };
  const typed = await world.ask('POST', 'gql', query, 'admin', asRole(4));
  t.match(typed.text, /Cannot query field/, 'GraphQL: the schema of the role');
  const me = await world.ask('GET', 'permissions/me', undefined, 'admin', asRole(4));
  t.strictSame([...new Set(column(me, 'role'))], [4], told(me));

  await leavesAll(t, world, 'acting', async () => {
    for (const who of ['editor', 'writer', 'nobody'] as const) {
      for (const role of [1, 3, 4]) {
        refused(t, await world.ask('GET', 'items/families', undefined, who, asRole(role)), 403, 10, `${who} as ${role}`);
        refused(
          t,
          await world.ask('GET', `items/families?explain=1&as_role=${role}`, undefined, who),
          403,
          10,
          `${who} asks about ${role}`,
        );
      }
    }
    refused(t, await world.raw('/hooked/items/families', { headers: asRole(3) }), 403, 10, 'the public');
    refused(t, await world.ask('GET', 'items/families', undefined, 'admin', { 'x-act-as-role': '999' }), 422, 4, 'no such role');
    for (const [method, path, body] of [
      ['POST', 'items/families', { code: 'X' }],
      ['PATCH', 'items/families/ROS', { name: 'x' }],
      ['DELETE', 'items/families/ROS', undefined],
      ['POST', 'batch', { operations: [] }],
      ['POST', 'users', { email: 'x@example.com' }],
      ['PATCH', 'users/me/tracking/page', { last_page: '/x' }],
      ['POST', 'activity/comment', { collection: 'families', item: 'ROS', comment: 'x' }],
      ['POST', 'collections', { collection: 'acted', fields: [] }],
      ['POST', 'custom/desk/makers', { name: 'X' }],
    ] as const) {
      refused(t, await world.ask(method, path, body, 'admin', asRole(1)), 403, 10, `${method} ${path} while acting`);
    }
    const change = await world.ask(
      'POST',
      'gql',
      { query: 'mutation { create_labels_item(data: { word: "x" }) { id } }' },
      'admin',
      asRole(1),
    );
    t.match(change.text, /for reading alone/, 'GraphQL: no mutation while acting');
    t.equal((await world.ask('GET', 'scim/v2/Users', undefined, 'admin', asRole(3))).status, 403, 'SCIM knows no acting');
    refused(t, await world.ask('GET', 'custom/desk/look', undefined, 'admin', asRole(3)), 403, 10, 'endpoints of extensions neither');
  });
  const dryRun = await world.ask('PATCH', 'items/plants/1?dry_run=1', { title: 'x' }, 'admin', asRole(4));
  const own = await world.ask('PATCH', 'items/plants/1?dry_run=1', { title: 'x' }, 'writer');
  t.strictSame([dryRun.status, dryRun.text], [own.status, own.text], 'a dry run as the role');
}

async function explains(t: Tester, world: HookedWorld): Promise<void> {
  const asked = 'items/plants?fields=title,zone.name&filter[title][contains]=apple&filter[owner]=3&limit=3&explain=1';
  const own = await world.ask('GET', asked);
  t.match(String(at(own.json, 'data', 'sql')), /select/, told(own));
  t.notMatch(String(at(own.json, 'data', 'sql')), /apple/i, 'values are bound');
  const values = list(at(own.json, 'data', 'parameters')).map((one) => at(one, 'value'));
  t.ok(values.includes('%apple%') && values.some((value) => String(value) === '3'), 'values that the caller sent');
  t.notMatch(JSON.stringify(at(own.json, 'data', 'parameters')), /published/, 'and no others');
  t.ok(JSON.stringify(at(own.json, 'data', 'plan')).length > 20, 'a plan');
  t.strictSame(
    list(at(own.json, 'data', 'rules')).map((one) => at(one, 'collection')),
    ['plants', 'zones'],
    'the collections that it speaks of',
  );
  t.notOk(own.text.includes('Lime apple'), 'no rows');

  const role = await world.ask('GET', 'items/plants?fields=title,price&explain=1&as_role=3');
  const [rule] = list(at(role.json, 'data', 'rules'));
  t.strictSame(
    list(at(rule, 'permissions')).map((one) => at(one, 'status')),
    ['draft', 'review', 'published'],
    told(role),
  );
  const cut = list(at(rule, 'fields')).map((one) => at(one, 'field'));
  for (const name of ['price', 'notes', 'passcode']) t.ok(cut.includes(name), `${name} is cut`);
  const denied = await world.ask('GET', 'items/plants?explain=1&as_role=5');
  t.strictSame(
    [
      denied.status,
      at(denied.json, 'data', 'refusal', 'code'),
      at(denied.json, 'data', 'sql'),
      at(denied.json, 'data', 'rules', 0, 'allowed'),
    ],
    [200, 300, undefined, false],
    told(denied),
  );
  const groups = await world.ask('GET', 'items/plants?aggregate[sum]=price&groupBy=status&explain=1');
  t.match(String(at(groups.json, 'data', 'sql')), /group by/, told(groups));
  const system = await world.ask('GET', 'users?filter[email][eq]=edda@garden.test&explain=1');
  t.match(String(at(system.json, 'data', 'sql')), /directus_users/, told(system));
  const one = await world.ask('GET', 'items/plants/1?explain=1');
  t.match(
    list(at(one.json, 'data', 'parameters')).map((each) => String(at(each, 'value'))),
    ['1'],
    told(one),
  );
  const measured = await world.ask('GET', 'items/plants?explain=analyze');
  if (world.vendor === 'sqlite') refused(t, measured, 422, 12, 'SQLite measures nothing');
  else t.match(JSON.stringify(at(measured.json, 'data', 'plan')), /Actual|r_total_time|actual time/, told(measured));
  refused(t, await world.ask('GET', 'items/plants?explain=maybe'), 422, 12, 'another word');
  for (const [path, table] of [
    ['users/me', 'directus_users'],
    ['items/plants/1/revisions', 'directus_revisions'],
    ['settings', 'directus_settings'],
    ['files/1', 'directus_files'],
  ] as const) {
    const { json, text } = await world.ask('GET', `${path}?explain=1`);
    t.match(String(at(json, 'data', 'sql')), table, `${path}: ${text.slice(0, 200)}`);
  }
  for (const [method, path, body] of [
    ['GET', 'collections', undefined],
    ['GET', 'fields/plants/id', undefined],
    ['GET', 'permissions/me', undefined],
    ['GET', 'assets/none', undefined],
    ['GET', 'utils/2fa_secret', undefined],
    ['GET', 'auth/sessions', undefined],
    ['PATCH', 'items/plants/1', { title: 'x' }],
    ['POST', 'batch', { operations: [] }],
    ['POST', 'auth/authenticate', { email: 'x@example.com', password: 'x' }],
  ] as const) {
    const answer = await world.ask(method, `${path}?explain=1`, body);
    refused(t, answer, 422, 12, `${method} ${path} is no read of rows`);
    t.match(answer.text, /explain/, 'and says so by name');
  }
  refused(t, await world.ask('GET', 'items/plants?explain=1&filter[nope]=1'), 422, 202, 'a bad question');
  for (const who of ['editor', 'nobody'] as const) refused(t, await world.ask('GET', asked, undefined, who), 403, 10, who);
  refused(t, await world.raw('/hooked/items/plants?explain=1'), 403, 10, 'the public');
}

export const askingFirst: Feature = {
  promise: 'asking first: dry runs, explanations, acting as a role',
  databaseIndependent: 'what is tried or explained is a write or a read that other promises make',
  async run(t, { vendor }) {
    await withHooks(vendor, { ...filterFiles, ...actionFiles }, async (world) => {
      await t.test('dry runs', (t) => dryRuns(t, world));
      await t.test('rows of dry runs', (t) => rowsOfDryRuns(t, world));
      await t.test('writes in ways of their own', (t) => otherWrites(t, world));
      await t.test('refusals', (t) => refusals(t, world));
      await t.test('what is told to whom', (t) => hides(t, world));
      await t.test('acting as a role', (t) => acting(t, world));
      await t.test('explanations', (t) => explains(t, world));
    });
  },
};
