/** The condition that a text index of PostgreSQL answers. */
import type { TextMatch } from '../../dialect/types.ts';
import { type Fragment, join, name, param, sql, trusted } from '../../lib/fragment.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { isText } from './compare.ts';

/** All words are wanted, in whatever form the index keeps them; nothing in the text has a meaning of its own. */
function wanted(text: string, config: string | null): Fragment {
  if (config === null) return sql`plainto_tsquery(${param(text)}::text)`;
  return sql`plainto_tsquery(${trusted(`'${config.replace(/'/g, "''")}'`)}::regconfig, ${param(text)}::text)`;
}

/** In the form that trigrams serve, whatever letters there are: which cases are the same is the column's affair. */
function contains(field: Field, word: string, alias: string): Fragment {
  const column = name(alias, field.column.name);
  return sql`${isText(field) ? column : sql`${column}::text`} ilike ${param(`%${word.replace(/[\\%_]/g, '\\$&')}%`)}`;
}

/** An expression stands in the catalogue's own words, as the index knows it: these name columns alone. */
function condition({ index: { form }, fields, text, words }: TextMatch, alias: string): Fragment {
  if (form.is === 'vector') return sql`${name(alias, form.column)} @@ ${wanted(text, form.config)}`;
  if (form.is === 'expression') return sql`(${trusted(form.expression)}) @@ ${wanted(text, form.config)}`;
  const anywhere = (word: string): Fragment =>
    join(
      fields.map((field) => contains(field, word, alias)),
      ' or ',
    );
  return join(
    words.map((word) => sql`(${anywhere(word)})`),
    ' and ',
  );
}

function isKeyed({ kind, key }: Collection): boolean {
  return kind === 'table' && key.length > 0 && key.every((field) => !field.column.nullable);
}

/**
 * See `Dialect.textMatch`. The rows are found in a select of their own, and again by their keys. So an expression meets no other tables,
 * and `offset 0` keeps the planner from walking through the table in the page's order instead, for rows that it takes for frequent.
 */
export function textMatch(match: TextMatch): Fragment {
  const { collection, alias } = match;
  if (!isKeyed(collection)) return condition(match, alias);
  const { schema, name: table } = collection.table;
  const found = `${alias}x`;
  const key = (of: string): Fragment =>
    join(
      collection.key.map((field) => name(of, field.column.name)),
      ', ',
    );
  const from = sql`${schema === null ? name(table) : name(schema, table)} ${name(found)}`;
  return sql`(${key(alias)}) in (select ${key(found)} from ${from} where ${condition(match, found)} offset 0)`;
}
