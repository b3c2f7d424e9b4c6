/** What is stored is what is read: every type of column, by INSERT, by UPDATE and by a CASE beside the column, as the API answers. */
import t from 'tap';
import type { Connection, Stored } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { type Fragment, join, name, print, sql, trusted } from '../../src/lib/fragment.ts';
import { parseJsonBody } from '../../src/lib/json-body.ts';
import { buildSchema } from '../../src/schema/build.ts';
import { storedValue } from '../../src/schema/stored-values.ts';
import type { Field } from '../../src/schema/types.ts';
import { vendorOf } from '../../src/vendors/index.ts';
import { adminToken } from '../fixtures/garden-people.ts';
import { exactJson } from '../support/exact-json.ts';
import { installSystem } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { ask, at, exact, hangUp, type Json } from '../support/http.ts';
import { clientOf, createDatabase, isMariadb, type TestVendor, testVendors, whyNot } from '../support/vendors.ts';
import { before, type Kind, kinds, mariadbKinds, mariadbRefused, type Refused, refusedKinds } from './stored-kinds.ts';

const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const columns = (list: readonly Kind[]): string[] => list.map(({ type }, i) => `c${i} ${type}`);

async function fieldsOf(connection: Connection, list: readonly Kind[]): Promise<Field[]> {
  const schema = buildSchema(
    await vendorOf(connection.vendor).introspect(connection),
    { collections: [], fields: rowsOf(list), relations: [] },
    1,
  );
  return list.map((_, i) => {
    const field = schema.collections.get('things')?.fields.get(`c${i}`);
    if (!field) throw new Error(`There is no column c${i}`);
    return field;
  });
}

const rest = {
  options: null,
  locked: false,
  validation: null,
  required: false,
  readonly: false,
  hidden_detail: false,
  hidden_browse: false,
} as const;
const none = { sort: null, width: null, group: null, note: null, translation: null, interface: null } as const;

function rowsOf(list: readonly Kind[]) {
  return list.flatMap(({ metadata }, i) =>
    metadata === undefined ? [] : [{ id: i + 1, collection: 'things', field: `c${i}`, type: metadata, ...rest, ...none }],
  );
}

/** Of the value in that row; beyond the last one NULL. */
function sentIn(field: Field, { values }: Kind, row: number): Stored {
  const sent = values[row - 1];
  if (sent === undefined) return null;
  const verdict = storedValue(field, parseJsonBody(typeof sent === 'string' ? sent : sent[0]));
  if ('fault' in verdict) throw new Error(`${field.column.nativeType} ${String(sent).slice(0, 50)}: ${verdict.message}`);
  return verdict.value;
}

function answerIn({ values, metadata, type }: Kind, row: number): Json {
  const sent = values[row - 1];
  if (sent === undefined) return metadata === 'array' && type === 'text' ? [] : null;
  return exactJson(typeof sent === 'string' ? sent : sent[1]);
}

const list = (fragments: readonly Fragment[]): Fragment => join(fragments, ', ');

/** MySQL itself, unlike MariaDB, orders the members of an object its own way, and keeps fractions inside of JSON as doubles. */
async function comparedOn(vendor: TestVendor): Promise<(value: unknown) => unknown> {
  if (vendor !== 'mysql' || (await isMariadb())) return (value) => value;
  const member = (value: unknown): unknown =>
    typeof value === 'string' && /^#-?\d+\.\d+$/.test(value) ? `#${Number(value.slice(1))}` : compared(value);
  const compared = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(compared);
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, member(inner)])
        .sort(),
    );
  };
  return compared;
}

async function storeAndRead(t: Tap, vendor: TestVendor, found: readonly Kind[]): Promise<void> {
  const rows = Math.max(...found.map(({ values }) => values.length)) + 1;
  const database = await createDatabase(vendor);
  t.teardown(() => database.drop());
  const connection = await vendorOf(clientOf[vendor]).connect(database.config);
  t.teardown(() => connection.close());
  const compared = await comparedOn(vendor);
  const { dialect } = connection;
  const run = (fragment: Fragment): Promise<number> => connection.execute(print(fragment, dialect));
  for (const text of [...before[vendor], `create table things (id integer primary key, ${columns(found).join(', ')})`])
    await connection.execute({ text, values: [] });
  await installSystem(database.config, adminToken);
  for (const { field, type } of rowsOf(found))
    await run(
      sql`insert into directus_fields (${list(['collection', 'field', 'type'].map((one) => name(one)))}) values (${trusted(`'things', '${field}', '${type}'`)})`,
    );
  const fields = await fieldsOf(connection, found);
  const gateway = await startGateway({ [project]: database.config });
  t.teardown(() => gateway.close());

  async function check(what: string, expected: (kind: Kind, row: number) => Json): Promise<void> {
    const answer = await ask(gateway.url, `/${project}/items/things?sort=id&limit=-1`, { token: adminToken });
    t.equal(answer.status, 200, answer.text.slice(0, 500));
    t.ok(answer.json, 'JSON');
    const read = exact(answer);
    for (const [i, kind] of found.entries()) {
      const got = ids(rows).map((row) => at(read, 'data', row - 1, `c${i}`));
      t.strictSame(compared(got), compared(ids(rows).map((row) => expected(kind, row))), `${what}: ${kind.type} ${kind.metadata ?? ''}`);
    }
  }

  const valuesOf = (row: number): Fragment[] => fields.map((field, i) => dialect.stored(field, sentIn(field, found[i] as Kind, row)));
  const tuples = ids(rows).map((row) => sql`(${trusted(String(row))}, ${list(valuesOf(row))})`);
  await run(sql`insert into things values ${list(tuples)}`);
  await check('inserted', answerIn);

  const second = valuesOf(2).map((value, i) => {
    const column = name(`c${i}`);
    return sql`${column} = case id when 1 then ${value} else ${column} end`;
  });
  await run(sql`update things set ${list(second)}`);
  await check('in a CASE', (kind, row) => answerIn(kind, row === 1 ? 2 : row));

  await run(sql`update things set ${list(valuesOf(1).map((value, i) => sql`${name(`c${i}`)} = ${value}`))} where id = 1`);
  await check('updated', answerIn);
}

async function errorOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    return error instanceof GatewayError ? error.kind : String(error);
  }
}

async function refuse(t: Tap, vendor: TestVendor, refused: readonly Refused[]): Promise<void> {
  const found = refused.map(([, kind]) => kind);
  const database = await createDatabase(vendor);
  t.teardown(() => database.drop());
  const connection = await vendorOf(clientOf[vendor]).connect(database.config);
  t.teardown(() => connection.close());
  const { dialect } = connection;
  await connection.execute({ text: `create table things (id integer primary key, ${columns(found).join(', ')})`, values: [] });
  const fields = await fieldsOf(connection, found);
  for (const [i, [error, kind]] of refused.entries()) {
    const field = fields[i] as Field;
    for (const row of ids(kind.values.length)) {
      const insert = (): Promise<number> =>
        connection.execute(
          print(sql`insert into things (id, ${name(field.name)}) values (1, ${dialect.stored(field, sentIn(field, kind, row))})`, dialect),
        );
      t.equal(await errorOf(async () => insert()), error, `${kind.type}: ${String(kind.values[row - 1]).slice(0, 60)}`);
    }
  }
}

const onMariadb = async (vendor: TestVendor): Promise<boolean> => vendor === 'mysql' && (await isMariadb());

type Tap = typeof t;

for (const vendor of testVendors) {
  const reason = await whyNot(vendor);
  t.test(`what is stored on ${vendor} is what is read`, reason === undefined ? {} : { skip: reason }, async (t) => {
    t.teardown(hangUp);
    await storeAndRead(t as Tap, vendor, [...kinds[vendor], ...((await onMariadb(vendor)) ? mariadbKinds : [])]);
  });
  t.test(`what ${vendor} would store as something else is refused`, reason === undefined ? {} : { skip: reason }, async (t) => {
    const found = [...refusedKinds[vendor], ...((await onMariadb(vendor)) ? mariadbRefused : [])];
    if (found.length > 0) await refuse(t as Tap, vendor, found);
  });
}
