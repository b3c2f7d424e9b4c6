/** What an item must hold, and must not, before it is written. */
import t from 'tap';
import type { IntrospectedColumn, Stored } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { checkValues, demanding, requiredLists, type WriteMode } from '../../src/query/check-item.ts';
import type { Collection, Field, FieldMeta } from '../../src/schema/types.ts';
import { built, collection, column, fieldRow, relationRow, table } from '../schema/tables.ts';

const named = (...all: IntrospectedColumn[]) => Object.fromEntries(all.map((one) => [one.name, one]));
const required = { nullable: false } as const;

const columns = named(
  column('id', 'integer', { ...required, autoIncrement: true }),
  column('title', 'text', required),
  column('kind', 'text', { ...required, default: "'x'" }),
  column('state', 'text'),
  column('note', 'text'),
  column('tags', 'json', required),
  column('list', 'array', required),
  column('number', 'integer', required),
  column('yes', 'boolean', required),
  column('made', 'datetime', required),
  column('maker', 'integer', required),
  column('total', 'integer', { ...required, generated: true }),
  column('counter', 'integer', { ...required, autoIncrement: true, identityAlways: true }),
);

const mapping = (required: Record<string, unknown>) => ({ status_mapping: { on: { name: 'On', ...required }, off: { name: 'Off' } } });

function things(rows: readonly FieldMeta[] = [], more: Parameters<typeof table>[2] = {}): Collection {
  const typed = [fieldRow('things', 'made', 'datetime_created'), fieldRow('things', 'maker', 'owner'), ...rows];
  return collection(built([table('things', columns, { primaryKey: ['id'], ...more })], { fields: typed }), 'things');
}

const full = { title: 'a', tags: '{}', list: '{"1"}', number: '0', yes: false };

function values(of: Collection, given: Readonly<Record<string, Stored>>): Map<Field, Stored> {
  return new Map(
    Object.entries(given).map(([name, value]) => {
      const field = of.fields.get(name);
      if (!field) throw new Error(`There is no field ${name}`);
      return [field, value];
    }),
  );
}

/** What it is refused with, or nothing. */
function refusal(
  of: Collection,
  given: Readonly<Record<string, Stored>>,
  mode: WriteMode = 'create',
  before?: Readonly<Record<string, Stored>>,
): string | undefined {
  const row = before && { status: String(before['state']), stored: (field: Field) => before[field.name] ?? null };
  try {
    checkValues(of, values(of, given), mode, { before: row });
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

const blank = (...names: string[]): string => `validation: ${names.map((name) => `${name}: This value should not be blank.`).join(' ')}`;

t.test('what must not be blank', async (t) => {
  const of = things();
  t.equal(refusal(of, full), undefined);
  t.equal(refusal(of, {}), blank('title', 'tags', 'list', 'number', 'yes'));
  t.equal(refusal(of, { ...full, title: '', tags: '[]', list: '{}', number: null }), blank('title', 'tags', 'list', 'number'));
  t.equal(refusal(of, { title: '', note: '' }, 'update'), blank('title'), 'of a change only what is given counts');
  t.equal(refusal(of, {}, 'update'), undefined);
  t.equal(refusal(of, { made: null, maker: null, id: null }, 'update'), undefined, 'what is filled anyway');
  const asked = things([fieldRow('things', 'note', 'string', { required: true })]);
  t.equal(refusal(asked, full), undefined, 'metadata alone demands nothing of a column');
});

t.test('status and keys', async (t) => {
  const of = things([fieldRow('things', 'state', 'status', { options: mapping({}) })]);
  t.equal(refusal(of, full), blank('state'), 'a status without a default');
  t.equal(refusal(of, { ...full, state: 'elsewhere' }), undefined);
  const keyed = things([], { primaryKey: ['note'] });
  t.equal(refusal(keyed, full), blank('note'), 'a key that nobody counts up');
  t.equal(refusal(keyed, { ...full, note: 'k' }), undefined);
});

t.test('patterns', async (t) => {
  const of = (validation: string) => things([fieldRow('things', 'note', 'string', { validation })]);
  t.equal(refusal(of('/^[a-z]+$/'), { ...full, note: 'abc' }), undefined);
  for (const note of [null, '']) t.equal(refusal(of('/^[a-z]+$/'), { ...full, note }), undefined, 'blank');
  t.equal(refusal(of('/^[a-z]+$/'), { ...full, title: '', note: 'ABC' }), `${blank('title')} note: This value is not valid.`);
  t.equal(refusal(of('/^[a-z]+$/'), { note: 'ABC' }, 'update'), 'validation: note: This value is not valid.');
  t.match(refusal(of('^[a-z]+$'), { ...full, note: 'abc' }), /^unprocessable: The validation of the field 'note'/);
  t.match(refusal(of('/^(a+)+$/'), { ...full, note: `${'a'.repeat(60)}b` }), /^unprocessable/);
  t.equal(refusal(of('$email'), { ...full, note: 'ann@example.com' }), undefined);
  for (const note of ['ann', 'ann@', 'ann@example', 'a b@example.com', `${'a'.repeat(400)}@example.com`])
    t.equal(refusal(of('$email'), { ...full, note }), 'validation: note: This value is not valid.', note);
});

t.test('what the database writes itself is not written', async (t) => {
  const of = things();
  t.match(refusal(of, { ...full, total: '1' }), /^unprocessable: The field 'total' is computed/);
  t.match(refusal(of, { counter: '1' }, 'update'), /^unprocessable: The field 'counter'/);
  t.equal(refusal(of, { ...full, id: '7' }), undefined, "a key of one's own");
});

t.test('items of statuses that need not be complete', async (t) => {
  const of = things([
    fieldRow('things', 'state', 'status', { options: mapping({ required_fields: true }) }),
    fieldRow('things', 'note', 'string', { validation: '/^a$/' }),
  ]);
  t.equal(refusal(of, { state: 'off', note: 'b' }), undefined);
  t.match(refusal(of, { note: 'b' }), /^validation: title/, 'without a status it must be');
  t.match(refusal(of, { state: 'on', note: 'b' }), /^validation: title: This value should not be blank\./);
  t.equal(refusal(of, { title: '' }, 'update'), blank('title'));
  t.equal(refusal(of, { title: '', state: 'off' }, 'update'), undefined);
  t.match(refusal(of, { state: 'off', total: '1' }), /^unprocessable/, 'never what the database writes');
});

t.test('a change of a row that need not be complete', async (t) => {
  const fields = (required: Record<string, unknown>) => [
    fieldRow('things', 'state', 'status', { options: mapping(required) }),
    fieldRow('things', 'note', 'string', { validation: '/^a$/' }),
  ];
  const of = things(fields({ required_fields: true }));
  const off = { ...full, state: 'off', note: 'b' };
  t.equal(refusal(of, { title: '' }, 'update', off), undefined);
  t.equal(refusal(of, { title: '' }, 'update', { ...off, state: 'on' }), `${blank('title')} note: This value is not valid.`);
  t.equal(refusal(of, { state: 'on' }, 'update', off), 'validation: note: This value is not valid.');
  t.equal(refusal(of, { state: 'on', note: 'a' }, 'update', { ...off, title: '', list: null }), blank('title', 'list'));
  t.equal(refusal(of, { state: 'on', note: 'a' }, 'update', off), undefined);
  t.match(refusal(of, { yes: true }, 'update', { ...off, state: 'on' }), /note: This value is not valid/, 'what was stored before counts');
  t.equal(refusal(of, { note: 'a' }, 'update', { ...off, state: 'on' }), undefined, 'unless it is replaced');
  t.equal(refusal(of, { yes: true }, 'update', off), undefined, 'and nothing of it where the status demands nothing');
  const thrownAway = things(fields({ required_fields: true, soft_delete: true }));
  t.equal(refusal(thrownAway, { state: 'on' }, 'update', off), undefined, 'what goes among the deleted is left alone');
});

t.test('what is found in a row that is changed', async (t) => {
  const of = things([fieldRow('things', 'note', 'string', { validation: '/^a$/' })]);
  t.same(
    demanding(of).map(({ name }) => name),
    ['title', 'note', 'tags', 'list'],
    'numbers and truth values are never found blank',
  );
  t.equal(refusal(of, { yes: true }, 'update', { ...full, title: '', note: 'b' }), `${blank('title')} note: This value is not valid.`);
  t.equal(refusal(of, { title: 'x', note: 'a' }, 'update', { ...full, title: '', note: 'b' }), undefined, 'what is sent takes its place');
  const unusable = things([fieldRow('things', 'note', 'string', { validation: 'a' })]);
  t.equal(refusal(unusable, { yes: true }, 'update', { ...full, note: 'b' }), undefined, 'a pattern that is none');
  t.match(refusal(unusable, { note: 'b' }, 'update', full), /^unprocessable/, 'is told to who writes the field');
});

t.test('lists that an item must come with', async (t) => {
  const parts = table('parts', { id: 'integer', thing: 'integer' }, { primaryKey: ['id'] });
  const schema = built([table('things', columns, { primaryKey: ['id'] }), parts], {
    fields: [fieldRow('things', 'parts', 'o2m', { required: true })],
    relations: [relationRow('parts.thing', 'things', 'parts')],
  });
  const things = collection(schema, 'things');
  t.same(
    requiredLists(things).map(({ name }) => name),
    ['parts'],
  );
  const values = new Map(
    [...things.fields.values()].filter(({ column }) => !column.generated && !column.identityAlways).map((field) => [field, '1'] as const),
  );
  t.throws(() => checkValues(things, values, 'create'), { message: 'parts: This value should not be blank.' });
  t.doesNotThrow(() => checkValues(things, values, 'create', { lists: new Set(['parts']) }));
  t.doesNotThrow(() => checkValues(things, values, 'update'));
});
