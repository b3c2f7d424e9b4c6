/** Promise: an export holds what the list holds for the same caller, in the same order, as JSON, lines of JSON or CSV (issue 3). */
import { oddTable } from '../fixtures/garden-foreign.ts';
import type { Who } from '../fixtures/garden-people.ts';
import { readCsv } from '../support/csv.ts';
import { canonicalNumber, exactJson } from '../support/exact-json.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refuses, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Answer, at, type Json } from '../support/http.ts';

const callers: readonly (Who | undefined)[] = ['admin', 'editor', 'writer', 'crew', 'sleuth', 'nobody', undefined];

const queries: readonly string[] = [
  'plants?',
  'plants?fields=*.*&sort=-height',
  'plants?fields=id,title,family.*,uses.use_id.name,labels.*&sort=id&lang=fr',
  'plants?filter[height][gt]=1&sort=-title&limit=3&offset=1&fields=title,id',
  'plants?status=*&fields=id,status,notes,price',
  'plants?q=apple',
  'tasks?fields=*,assignee.first_name',
  'sightings?fields=id,plant.title,note',
  'shipments?fields=*,shipment_lines.*',
  'measures?',
  'uses?sort=-name',
  'families?limit=0',
  'plant_overview?sort=title',
  'nope?',
  'directus_users?',
  'plants?fields=nope',
];

/** Every row's text in the list, cut out of the body, so that not a digit is lost. */
function texts(list: Answer): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = list.text.indexOf('"data":[') + 8; depth > 0 || list.text[i] !== ']'; i += 1) {
    const letter = list.text[i];
    if (letter === '"') {
      for (i += 1; list.text[i] !== '"'; i += 1) if (list.text[i] === '\\') i += 1;
    } else if (letter === '{' || letter === '[') {
      if (depth === 0) from = i;
      depth += 1;
    } else if (letter === '}' || letter === ']') {
      depth -= 1;
      if (depth === 0) found.push(list.text.slice(from, i + 1));
    }
  }
  return found;
}

async function sameAsList(t: Tester, world: World, who: Who | undefined, query: string): Promise<void> {
  const path = `items/${query}`;
  const list = await world.get(/[?&]limit=/.test(path) ? path : `${path}&limit=-1`, who);
  const json = await world.get(`${path}&export=json`, who);
  t.strictSame([json.status, json.text], [list.status, list.text], `${who ?? 'public'}: ${path}`);
  const [ndjson, csv] = [await world.get(`${path}&export=ndjson`, who), await world.get(`${path}&export=csv`, who)];
  if (list.status !== 200) {
    t.strictSame([ndjson.status, ndjson.text, csv.status, csv.text], [list.status, list.text, list.status, list.text], `refused alike`);
    for (const answer of [json, ndjson, csv]) t.notOk(answer.headers['content-disposition'], 'a refusal is no file');
    return;
  }
  const rows = texts(list);
  t.equal(ndjson.text, rows.map((row) => `${row}\n`).join(''), 'one line each');
  sameFields(t, csv, rows);
}

/** The value of a row, its numbers by their digits, in the form in which a CSV field of it reads. */
function readAs(value: Json, field: string | null): Json {
  if (field === null || value === null || value === undefined) return field;
  if (typeof value === 'object') return exactJson(field);
  if (typeof value === 'string' && /^#-?\d/.test(value)) return `#${canonicalNumber(field)}`;
  return typeof value === 'boolean' ? field === 'true' : field;
}

function sameFields(t: Tester, csv: Answer, rows: readonly string[]): void {
  const [header = [], ...lines] = readCsv(csv.text);
  const expected = rows.map((row) => exactJson(row) as { [key: string]: Json });
  const found = lines.map((fields, i) => header.map((name, at) => readAs(expected[i]?.[String(name)], fields[at] ?? null)));
  const wanted = expected.map((row) => header.map((name) => (Object.hasOwn(row, String(name)) ? row[String(name)] : null)));
  t.strictSame(found, wanted, 'the same fields');
  const missing = expected.flatMap((row) => Object.keys(row)).filter((name) => !header.includes(name));
  t.strictSame(missing, [], 'and a column for each');
}

async function rules(t: Tester, world: World): Promise<void> {
  for (const who of callers) for (const query of queries) await sameAsList(t, world, who, query);
}

async function everyRow(t: Tester, world: World): Promise<void> {
  const answer = await world.get('items/log_entries?export=ndjson', 'admin');
  t.equal(answer.text.split('\n').length, 231, 'without a limit all of them');
  const two = await world.get('items/log_entries?export=ndjson&limit=2', 'admin');
  t.equal(two.text.split('\n').length, 3, 'with a limit so many');
  const paged = await world.get('items/log_entries?export=csv&limit=2&page=3&sort=at&fields=message', 'admin');
  t.equal(paged.text, 'message\r\nentry 004\r\nentry 005\r\n');
}

async function csvForm(t: Tester, world: World): Promise<void> {
  const none = await world.get('items/plants?export=csv&fields=title,id,family.name,uses&filter[id]=0', 'admin');
  t.equal(none.text, 'id,title,family,uses\r\n', 'the header stands without rows too');
  const one = await world.get('items/plants?export=csv&fields=id,title,height,tags,traits,labels.name&filter[id]=1', 'admin');
  const [, row = []] = readCsv(one.text);
  const list = await world.get('items/plants/1?fields=id,title,height,tags,traits,labels.name', 'admin');
  t.strictSame(row.slice(0, 3), ['1', at(list.json, 'data', 'title'), '3.50'], 'numbers keep their digits');
  t.strictSame(JSON.parse(row[5] ?? ''), at(list.json, 'data', 'labels'), 'a list is JSON');
  const measures = await world.get('items/measures?export=csv&fields=big,label&sort=id', 'admin');
  const lines = readCsv(measures.text);
  t.strictSame(
    lines.map(([big]) => big),
    ['big', '9007199254740993', '-9223372036854775808', '9223372036854775807', null],
    'whole numbers beyond 2^53',
  );
  t.strictSame(
    lines.map((fields) => fields[1]),
    ['label', 'tab\tnew\nline', '', '😀 "quoted" \\ back', null],
    'texts as they are; the empty one is not NULL',
  );
}

async function headers(t: Tester, world: World): Promise<void> {
  const types = {
    json: 'application/json; charset=utf-8',
    csv: 'text/csv; charset=utf-8; header=present',
    ndjson: 'application/x-ndjson; charset=utf-8',
  };
  for (const [format, type] of Object.entries(types)) {
    const path = `items/families?export=${format}`;
    const answer = await world.get(path, 'admin');
    t.equal(answer.headers['content-type'], type);
    t.equal(answer.headers['content-disposition'], `attachment; filename="families.${format}"`);
    const head = await world.get(path, 'admin', { method: 'HEAD' });
    t.strictSame([head.status, head.text, head.headers['content-type']], [200, '', type], 'HEAD has no body');
    t.equal(head.headers['content-disposition'], answer.headers['content-disposition']);
    t.equal(head.headers['content-length'], undefined);
  }
  const odd = await world.get(`items/${encodeURIComponent(oddTable)}?export=csv`, 'admin');
  const encoded = 'Odd%20%22t%C3%A4ble%22%20%5Bx%5D.csv';
  t.equal(odd.headers['content-disposition'], `attachment; filename="Odd _t_ble_ _x_.csv"; filename*=UTF-8''${encoded}`, told(odd));
  t.equal((await world.get('items/nope?export=csv', 'admin', { method: 'HEAD' })).status, 404);
}

async function refusals(t: Tester, world: World): Promise<void> {
  for (const query of [
    'export=xml',
    'export=CSV',
    'export=1',
    'export=csv&meta=*',
    'export=json&meta=filter_count',
    'export=csv&single=1',
  ]) {
    await refuses(t, world, `items/plants?${query}`, 422, 12);
  }
  await refuses(t, world, 'items/plants/1?export=csv', 422, 12);
  await refuses(t, world, 'items/plants/1,2?export=json', 422, 12);
  t.equal((await world.get('items/plants?export=&limit=1', 'admin')).headers['content-disposition'], undefined, 'an empty export is none');
}

/** Nested lists must not be made and kept for all rows before the first one can leave. */
async function orderFirst(t: Tester, world: World): Promise<void> {
  const { connection, statements } = world.gateway;
  statements.length = 0;
  await world.get('items/families?export=ndjson&sort=-name&fields=name,members.title', 'admin');
  const sent = statements.find(({ text }) => text.includes('"families"'));
  const plan = (await connection?.texts({ text: `explain verbose ${sent?.text}`, values: sent?.values ?? [] })) ?? [];
  const lines = plan.map(([line]) => line ?? '');
  const sorted = lines.slice(lines.findIndex((line) => /^ *-> {2}Sort/.test(line)));
  t.match(sorted[1], /Output/, `the rows are ordered (${lines.slice(0, 4).join('; ')})`);
  t.match(lines.slice(0, 2).join(), /SubPlan/, 'lists are made behind the order');
  t.notMatch(sorted[1], /SubPlan/, 'and not before it');
}

export const exporting: Feature = {
  promise: 'an export is the list as a file',
  async run(t, world) {
    await t.test('every caller gets what the list gives', (t) => rules(t, world));
    await t.test('all rows', (t) => everyRow(t, world));
    await t.test('CSV', (t) => csvForm(t, world));
    await t.test('headers, and HEAD', (t) => headers(t, world));
    if (world.vendor === 'postgres') await t.test('the order comes first', (t) => orderFirst(t, world));
    await t.test('refusals', (t) => refusals(t, world));
  },
};
