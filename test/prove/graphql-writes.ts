/** Requests that write over GraphQL: what they answer tells no more than reading does. */
import { graphqlName, pascalName } from '../../src/schema/names.ts';
import { fields, where } from './graphql-requests.ts';
import { keyOf } from './keys.ts';
import type { Request } from './request.ts';
import { anyTable, key, type Vocabulary } from './vocabulary.ts';
import { someValue, type Table } from './world.ts';

function item({ dice }: Vocabulary, table: Table, made: boolean): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const column of dice.some(table.plain, 0.5)) values[graphqlName(column.name)] = someValue(column, dice);
  if (dice.chance(0.3)) values['code'] = `code-${table.name}-${dice.pick([1, 2, 3, 77, 78])}`;
  if (!made) return values;
  if (table.keyed === 'uuid') values['id'] = keyOf('uuid', 6000 + dice.below(1000));
  if (table.status && dice.chance(0.7)) values['state'] = dice.pick(['draft', 'live', 'gone']);
  return values;
}

/** One mutation. */
export function graphqlMutation(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const [name, type] = [graphqlName(table.name), pascalName(table.name)];
  // A tie has no `id`; what asks for it is refused.
  const shown = fields(words, table, dice.below(3));
  const id = JSON.stringify(String(key(words, table)));
  const limit = dice.pick([1, 3, 50]);
  const [declared, field, value] = dice.pick([
    () => [`$v: ${type}Create!`, `create_${name}_item(data: $v, comment: "why") { ${shown} }`, item(words, table, true)] as const,
    () =>
      [`$v: ${type}Update!`, `update_${name}_item(id: ${id}, data: $v, comment: "why") { ${shown} }`, item(words, table, false)] as const,
    () =>
      [
        `$v: ${type}Update!`,
        `update_${name}_items(ids: [${id}], data: $v, comment: "why") { ${shown} }`,
        item(words, table, false),
      ] as const,
    () =>
      [
        `$v: [${type}Create!]!`,
        `upsert_${name}_items(by: ["code"], data: $v, comment: "why") { ${shown} }`,
        [item(words, table, false)],
      ] as const,
    () =>
      [`$v: ${type}Where!`, `delete_${name}_where(where: $v, limit: ${limit}, comment: "why") { count }`, where(words, table, 1)] as const,
    () => [`$v: Boolean`, `delete_${name}_item(id: ${id}, comment: "why") { ids @include(if: $v) }`, true] as const,
  ])();
  const tried = dice.chance(0.3) ? '?dry_run=1' : '';
  return {
    method: 'POST',
    url: `gql${tried}`,
    body: { query: `mutation (${declared}) { ${field} again: __typename }`, variables: { v: value } },
  };
}
