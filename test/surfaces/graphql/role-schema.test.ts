/** Promise: a schema is made at once whatever its size, holds to the rules of the language, and no names in it compete. */

import { GraphQLObjectType, parse, validate, validateSchema } from 'graphql';
import t from 'tap';
import { compileRules } from '../../../src/access/compile-rules.ts';
import type { Actor } from '../../../src/access/types.ts';
import { buildRoleSchema } from '../../../src/surfaces/graphql/role-schema.ts';
import { built, table } from '../../schema/tables.ts';

const admin: Actor = { is: 'user', id: '1', role: '1', admin: true, ip: '' };

const stateOf = (tables: Parameters<typeof built>[0]) => {
  const schema = built(tables);
  return { schema, rules: compileRules({ roles: [], permissions: [], settings: [] }, 1), actor: admin };
};

t.test('a thousand tables', async (t) => {
  const columns = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`c${i}`, i % 3 === 0 ? 'integer' : 'text'] as const));
  const tables = Array.from({ length: 1000 }, (_, i) =>
    table(`t${i}`, { id: 'integer', up: 'integer', ...columns }, i === 0 ? {} : { foreignKeys: [['up', `t${i - 1}`]] }),
  );
  const schema = buildRoleSchema(stateOf(tables));
  const item = schema.getType('T7Item');
  t.ok(item instanceof GraphQLObjectType && Object.keys(item.getFields()).length > 13, 'types tell their fields when they are asked');
  const document = parse('query ($w: T999Where) { t999(where: $w) { data { id up { up { c1 } } } } t0_by_id(id: 1) { t1 { id } } }');
  t.strictSame(validate(schema, document), []);
});

t.test('names that compete', async (t) => {
  const names = [
    'boats',
    'Boats',
    'boats_item',
    'boats_by_id',
    'metadata',
    'query',
    'int',
    'boats-2',
    '__x',
    '1st',
    'page_info',
    'string_operators',
  ];
  const schema = buildRoleSchema(
    stateOf(names.map((name) => table(name, { id: 'integer', 'a b': 'text', select: 'json', a_x20_b: 'decimal' }))),
  );
  t.strictSame(validateSchema(schema), []);
  const fields = Object.keys(schema.getQueryType()?.getFields() ?? {});
  t.equal(new Set(fields).size, names.length * 4, 'a list, a row, groups and pages of each');
});

t.test('nothing to read', async (t) => {
  const state = { ...stateOf([table('a', { id: 'integer' })]), actor: { is: 'public', role: '2', ip: '' } as const };
  const schema = buildRoleSchema(state);
  t.strictSame(Object.keys(schema.getQueryType()?.getFields() ?? {}), ['_']);
  t.strictSame(validateSchema(schema), []);
});
