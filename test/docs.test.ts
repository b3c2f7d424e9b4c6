/**
 * Promise: the documentation is true. Every request block is asked of the demo again, every command line run again, and every
 * operator, error, limit, setting, variable and flag there is has its line (test/support/replay.ts says how blocks are run).
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { environmentVariables } from '../src/config/environment.ts';
import { loadProjectFile } from '../src/config/load.ts';
import { projectFileSchema } from '../src/config/schema.ts';
import type { Storage } from '../src/dialect/types.ts';
import { type ErrorKind, errorKinds } from '../src/lib/error-kinds.ts';
import { aggregateFunctions, dateParts } from '../src/query/aggregates.ts';
import { type Budgets, defaultBudgets, defaultLimits, type Limits } from '../src/query/limits.ts';
import { operators } from '../src/query/operators.ts';
import { fieldTypes } from '../src/schema/field-types.ts';
import { operationsVariables } from '../src/server/operations/settings.ts';
import { type Running, run, startServer, temporaryFolder } from './cli/support.ts';
import { root } from './support/entry.ts';
import type { Tester } from './support/expect.ts';
import { type Ask, ask, at, hangUp } from './support/http.ts';
import { blocksOf, firsts, page, pages, rowsOf } from './support/pages.ts';
import { asWritten, replay, replayPage, shownUrl } from './support/replay.ts';
import { replayOn } from './support/vendor-pages.ts';
import { testVendors } from './support/vendors.ts';

// Many pages, each with a server of its own, on a machine that may be busy.
t.setTimeout(600_000);

async function replayReadme(t: Tester, server: Running): Promise<void> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^ {4}curl -g '([^'<]+)'\n\n {4}(\{.*\})$/gm)];
  t.ok(examples.length > 0, 'the README has an example');
  for (const [, url = '', shown = ''] of examples) await replay(t, server, `GET ${url.replace(shownUrl, '')}`, shown, false);
}

/** For each row of the table of limits a request that goes beyond it, by the row's name, and the status of the refusal. */
function beyondLimits(): Readonly<Record<string, readonly [status: number, path: string, options?: Ask]>> {
  const many = (count: number, make: (i: number) => string, glue: string): string =>
    Array.from({ length: count }, (_, i) => make(i)).join(glue);
  const list = '/demo/items/brands?';
  const tooLong = { method: 'POST', body: ' '.repeat(16_777_217) };
  return {
    'levels of nested fields': [400, `${list}fields=${many(13, () => 'a', '.')}`],
    'names in `fields`, nested ones included': [400, `${list}fields=${many(1001, (i) => `f${i}`, ',')}`],
    'fields of the whole answer, once wildcards are expanded': [400, `/demo/items/categories?fields=${many(12, () => '*', '.')}`],
    'filter conditions and groups': [400, `${list}${many(301, (i) => `filter[id][${i}][eq]=1`, '&')}`],
    'names in a filter path': [400, `${list}filter[${many(13, () => 'a', '.')}]=1`],
    'keys in a path': [400, `/demo/items/brands/${many(5001, () => '1', ',')}`],
    'terms of `sort`': [400, `${list}sort=${many(51, () => 'id', ',')}`],
    'characters of a text to look for (`q`, `contains`, `rlike`)': [400, `${list}q=${many(10_001, () => 'a', '')}`],
    'words of `search`': [400, `${list}search=${many(51, (i) => `w${i}`, '+')}`],
    'rows of one answer': [400, `${list}limit=25001`],
    'rows of one nested list': [400, `${list}fields=products.id&deep[products][_limit]=10001`],
    'rows of one write, nested ones included': [
      400,
      '/demo/items/brands',
      { method: 'POST', token: 'demo-editor-token', body: `[${many(10_001, () => '{}', ',')}]` },
    ],
    'operations of one batch': [400, '/demo/batch', { method: 'POST', body: `{"operations":[${many(101, () => '{}', ',')}]}` }],
    'bytes of a URL': [400, `${list}nothing=${'a'.repeat(32_768)}`],
    'parameters of a query string': [400, `${list}${many(2001, () => 'a=1', '&')}`],
    'brackets of one parameter': [400, `${list}filter${many(33, () => '[a]', '')}=1`],
    'bytes of URL and headers together (status 431)': [431, `${list}q=${'a'.repeat(131_072)}`],
    'bytes of a body (status 413)': [413, '/demo/auth/authenticate', tooLong],
  };
}

/** What one request alone cannot go beyond is told where exports are, what binds bracketed queries in test/surfaces, positions of areas in features/places. */
const limitRows: Readonly<
  Record<Exclude<keyof Limits, keyof Budgets | 'exports' | 'exportSeconds' | 'areaPositions' | 'queryDepth' | 'queryParameters'>, string>
> = {
  depth: 'levels of nested fields',
  fields: 'names in `fields`, nested ones included',
  outputs: 'fields of the whole answer, once wildcards are expanded',
  filterNodes: 'filter conditions and groups',
  keys: 'keys in a path',
  sort: 'terms of `sort`',
  searchCharacters: 'characters of a text to look for (`q`, `contains`, `rlike`)',
  pageRows: 'rows of one answer',
  nestedRows: 'rows of one nested list',
  writeRows: 'rows of one write, nested ones included',
  batchOperations: 'operations of one batch',
  urlBytes: 'bytes of a URL',
};

async function limitsHold(t: Tester, server: Running): Promise<void> {
  const rows = new Map(rowsOf(await page('reading'), '| what | at most | setting |').map(([what = '', most = '']) => [what, most]));
  const beyond = beyondLimits();
  t.strictSame([...rows.keys()], Object.keys(beyond), 'a request goes beyond every limit of the table');
  for (const [name, row] of Object.entries(limitRows)) t.equal(rows.get(row), String(defaultLimits[name as keyof Limits]), name);
  const settings = new Map(
    rowsOf(await page('configuration'), '| key | value | without it |').map(([key = '', , most = '']) => [key, most]),
  );
  for (const [name, usual] of Object.entries(defaultBudgets)) t.equal(settings.get(`\`limits.${name}\``), String(usual), name);
  for (const [what, [status, path, options]] of Object.entries(beyond)) {
    const answer = await ask(server.url, path, options ?? {});
    t.equal(answer.status, status, what);
    if (status === 400) t.match(String(at(answer.json, 'error', 'message')), new RegExp(`\\b${rows.get(what)}\\b`), what);
  }
}

t.test('requests and commands of the pages', { timeout: 500_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const server = await startServer(folder, {
    SUPER_ADMIN_TOKEN: 'the-token-of-the-super-admin',
    METRICS_TOKEN: 'the-token-of-the-metrics',
  });
  t.teardown(async () => {
    hangUp();
    await server.stop();
  });
  for (const name of pages) await t.test(`docs/${name}.md`, async (t) => replayPage(t, asWritten(server, folder), await page(name)));
  await t.test('README.md', (t) => replayReadme(t, server));
  await t.test('limits', (t) => limitsHold(t, server));
});

for (const vendor of testVendors.filter((one) => one !== 'sqlite')) {
  t.test(`pages on ${vendor}`, { timeout: 300_000 }, (t) => replayOn(t, vendor));
}

t.test('operators, errors and types', async (t) => {
  const reading = await page('reading');
  const documented = rowsOf(reading, '| id | written | meaning | of a to-many relation |');
  const known = operators.map((one) => [
    one.id,
    one.directus.map((name) => `\`${name}\``).join(' '),
    one.meaning,
    one.onRelation ? 'yes' : '',
  ]);
  t.strictSame(documented, known, 'operators');
  const functions = aggregateFunctions.map(({ id, meaning, works }) => [id, meaning, works]);
  t.strictSame(rowsOf(await page('query'), '| function | gives | works |'), functions, 'aggregate functions');
  for (const part of dateParts.keys()) t.match(await page('query'), `\`${part}\``, `${part} of a date`);

  const details = new Proxy({}, { get: (_, name) => (name === 'message' || name === 'hint' ? undefined : `{${String(name)}}`) });
  const kinds = Object.entries<ErrorKind>(errorKinds);
  const errors = rowsOf(reading, '| kind | status | code | sentence | when |');
  t.strictSame(
    errors.map((cells) => cells.slice(0, 4)),
    kinds.map(([name, kind]) => [name, String(kind.status), String(kind.directus), kind.message(details)]),
    'errors',
  );
  for (const cells of errors) t.ok(cells[4], `${cells[0]} says when`);

  const values = await page('values');
  const types = Object.entries(fieldTypes).map(([name, { wire }]) => [name, wire.json, wire.format]);
  t.strictSame(rowsOf(values, '| type | JSON | form |'), types, 'field types');
  // biome-ignore format: a list
  const storages: Readonly<Record<Storage, true>> = { integer: true, decimal: true, float: true, boolean: true, bit: true, text: true, enum: true, set: true, uuid: true, date: true, time: true, datetime: true, instant: true, interval: true, year: true, json: true, binary: true, array: true, range: true, geometry: true, unknown: true };
  t.strictSame(firsts(rowsOf(values, '| storage | PostgreSQL | MySQL, MariaDB | SQLite |')), Object.keys(storages), 'storages');
});

/** The paths of all keys of an object schema. */
function keysOf(schema: { readonly properties?: object; readonly type?: unknown }, path = ''): string[] {
  return Object.entries<{ properties?: object }>({ ...schema.properties }).flatMap(([key, inner]) =>
    inner.properties ? keysOf(inner, `${path}${key}.`) : [`${path}${key}`],
  );
}

/** The whole of our source, to find what it asks the environment and the settings for. */
async function source(): Promise<string> {
  const names = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
  return (await Promise.all(names.map((name) => readFile(join(root, 'src', name), 'utf8')))).join('\n');
}

const found = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();

t.test('settings, variables and flags', async (t) => {
  const text = await page('configuration');
  const code = await source();
  t.strictSame(firsts(rowsOf(text, '| key | value | without it |')), keysOf(projectFileSchema), 'keys of a project file');
  const variables = new Set<string>([
    ...environmentVariables.map(([name]) => name),
    ...operationsVariables,
    ...found(code, /process\.env\['(\w+)'\]/g),
  ]);
  t.strictSame(firsts(rowsOf(text, '| variable | meaning |')).sort(), [...variables].sort(), 'environment variables');
  const clients = new Map(rowsOf(text, '| client | URL | object |').map(([client = '', , object = '']) => [client, object]));
  for (const [client, vendor] of [['pg', 'postgres'] as const, ['mysql2', 'mysql'] as const]) {
    const options = await readFile(join(root, 'src', 'vendors', vendor, 'options.ts'), 'utf8');
    const allowed = found(/const allowed = \[([^\]]+)\]/.exec(options)?.[1] ?? '', /'(\w+)'/g);
    t.strictSame(found(clients.get(`\`${client}\``) ?? '', /`(\w+)`/g), allowed, `what a connection object of ${client} may hold`);
  }
  const settings = firsts(rowsOf(text, '| key | effect | without it |')).flatMap((cell) => cell.split(', '));
  t.same(
    found(code, /(?:settings\.get\(|setting\(rules, |(?<!typeof )row\['key'\] === )'(\w+)'/g).filter((name) => !settings.includes(name)),
    [],
    'settings in the database',
  );

  const folder = await temporaryFolder(t);
  let examples = '';
  for (const file of ['shop.json', 'bucket.json']) {
    const example = blocksOf(text).find(({ info }) => info === `json file=example/${file}`)?.body ?? '';
    await writeFile(join(folder, file), example);
    const loaded = await loadProjectFile(join(folder, file), { SHOP_PASSWORD: 'x', SHOP_SECRET: 'sixteen characters' });
    t.strictSame(loaded?.faults, [], `the example ${file} has no faults`);
    examples += example;
  }
  for (const key of keysOf(projectFileSchema)) t.match(examples, `"${key.split('.').at(-1)}"`, `an example has ${key}`);

  const commands = found((await run(folder, ['--help'])).out.split('Commands:')[1] ?? '', /^ {2}([a-z]+) /gm).filter(
    (name) => name !== 'help',
  );
  const sections = new Map(text.split('\n### sallyport ').map((part) => [/^\w+/.exec(part)?.[0] ?? '', part]));
  for (const command of commands) {
    const flags = found((await run(folder, [command, '--help'])).out, /^ {2}(--[a-z-]+(?: <[a-z]+>)?)/gm);
    const told = found(sections.get(command) ?? '', /^\| `(--[^`]+)`/gm);
    t.strictSame(told, flags, `flags of ${command}`);
  }
});
