/** A row as one JSON expression: fields, to-one relations as left joins, to-many relations as JSON lists. */

import type { ValueForm } from '../dialect/forms.ts';
import type { JsonTexts } from '../dialect/types.ts';
import { type Fragment, join, sql, trusted } from '../lib/fragment.ts';
import type { Lacking, Output, Template, TemplateCase } from '../query/types.ts';
import { namesOneRow } from '../schema/one-row.ts';
import type { Field } from '../schema/types.ts';
import { uncut } from './cut.ts';
import { eachCondition } from './each.ts';
import { ordered } from './order.ts';
import { overflowJson } from './overflow.ts';
import { column, type Scope, table, whereClause } from './scope.ts';
import { condition, joined, relatedRows } from './where.ts';

/** MySQL joins at most 61 tables and SQLite 64; past this many, to-one relations become sub-selects with joins of their own. */
const joinsOfOneSelect = 30;

interface Row {
  /** The JSON object. */
  json: Fragment;
  /** ` left join …`, one after another. */
  joins: Fragment;
}

/** The joins of one select, shared by the relations nested in it. */
export type Joins = Fragment[];

/** The row under `alias` as the template wants it. */
function row(template: Template, cases: readonly TemplateCase[] | undefined, alias: string, scope: Scope): Row {
  const joins: Joins = [];
  const json = object(template, cases, alias, joins, scope);
  return { json, joins: join(joins, '') };
}

/** A row that is the value of its only output. */
function bareRow(template: Template, cases: readonly TemplateCase[] | undefined, alias: string, scope: Scope): Row {
  const { dialect } = scope;
  const joins: Joins = [];
  const [[key, output] = []] = template;
  const value = output && outputValue(output, alias, joins, scope);
  if (key === undefined || !value) return { json: dialect.jsonConstant('null'), joins: sql`` };
  const hidden = (cases ?? []).filter((one) => one.without.has(key)).flatMap((one) => condition(one.when, alias, scope) ?? sql`1 = 1`);
  const json = dialect.jsonScalar(value);
  return {
    json: hidden.length === 0 ? json : sql`(case when ${join(hidden, ' or ')} then null else ${json} end)`,
    joins: join(joins, ''),
  };
}

/** The template's outputs for the row under `alias`, as one JSON object. */
export function object(
  template: Template,
  cases: readonly TemplateCase[] | undefined,
  alias: string,
  joins: Joins,
  scope: Scope,
): Fragment {
  const values = valuesOf(template, alias, joins, scope);
  const json = built(values, undefined, scope);
  if (!cases || cases.length === 0) return json;
  const branches = cases.map((one) => sql`when ${condition(one.when, alias, scope) ?? sql`1 = 1`} then ${built(values, one, scope)}`);
  return scope.dialect.asJson(sql`(case ${join(branches, ' ')} else ${json} end)`);
}

/** The values of an object; those of a group are apart, as some rows may lack one of them. */
type Values = Map<string, Fragment | { readonly group: Values }>;

function valuesOf(template: Template, alias: string, joins: Joins, scope: Scope): Values {
  const values: Values = new Map();
  for (const [key, output] of template) {
    const value = output.is === 'group' ? { group: valuesOf(output.of, alias, joins, scope) } : outputValue(output, alias, joins, scope);
    if (value) values.set(key, value);
  }
  return values;
}

function built(values: Values, lacking: Lacking | undefined, scope: Scope): Fragment {
  const pairs: [string, Fragment][] = [];
  for (const [key, value] of values) {
    if (lacking?.without.has(key)) {
      if (lacking.nulls) pairs.push([key, scope.dialect.jsonConstant('null')]);
      continue;
    }
    pairs.push([key, 'group' in value ? built(value.group, lacking?.inside?.get(key), scope) : value]);
  }
  return scope.dialect.jsonObject(pairs);
}

export const stars = trusted("'**********'");

/** The value of one output for the row under `alias`; undefined where the output has none. */
export function outputValue(output: Output, alias: string, joins: Joins, scope: Scope): Fragment | undefined {
  const { dialect } = scope;
  switch (output.is) {
    case 'field': {
      const value = fieldValue(output.field, alias, scope, output.form);
      return output.cut ? uncut(fieldValue(output.cut.of, alias, scope), value, dialect) : value;
    }
    case 'constant':
      return dialect.jsonConstant(output.json);
    case 'denied':
      return undefined;
    case 'group':
      return built(valuesOf(output.of, alias, joins, scope), undefined, scope);
    case 'stub': {
      const value = column(alias, output.field);
      const object = dialect.jsonObject([[output.key, fieldValue(output.field, alias, scope)]]);
      return dialect.asJson(sql`(case when ${value} is null then null else ${object} end)`);
    }
    case 'first': {
      const values = output.of.flatMap((one) => outputValue(one, alias, joins, scope) ?? []);
      // SQLite's coalesce() wants two.
      if (values.length < 2) return values[0];
      return dialect.asJson(sql`coalesce(${join(values.map(dialect.jsonScalar), ', ')})`);
    }
    case 'when': {
      const value = outputValue(output.of, alias, joins, scope);
      const holds = condition(output.where, alias, scope);
      if (!value || !holds) return value;
      return dialect.asJson(sql`(case when ${holds} then ${dialect.jsonScalar(value)} end)`);
    }
    case 'key':
      return dialect.jsonScalar(keyText(output, alias, scope));
    case 'relation':
      return output.relation.kind === 'm2o' ? toOne(output, alias, joins, scope) : toMany(output, alias, scope);
  }
}

/** The text form of a row's key, or of its parts with commas between. */
export function keyText({ fields, joined }: Extract<Output, { is: 'key' }>, alias: string, { dialect }: Scope): Fragment {
  const text = dialect.keys.text(fields.map((field) => ({ field, column: column(alias, field) })));
  // Neither character stands in a part as it is.
  return joined === ',' && fields.length > 1 ? sql`replace(${text}, ';', ',')` : text;
}

function fieldValue(field: Field, alias: string, scope: Scope, form: ValueForm = 'plain'): Fragment {
  const value = column(alias, field);
  if (field.secret === 'masked') return sql`(case when ${value} is null then null else ${stars} end)`;
  return form === 'plain' ? scope.dialect.jsonValue(field, value) : scope.dialect.formed(field, value, form);
}

/** What stands for a row that is not there, or may not be read. */
function otherwise({ orKey }: RelationOutput, alias: string, scope: Scope): Fragment {
  return orKey ? scope.dialect.jsonScalar(fieldValue(orKey.field, alias, scope, orKey.form)) : trusted('null');
}

type RelationOutput = Extract<Output, { is: 'relation' }>;

/**
 * Joins the target of a to-one relation, on its key; a target that the rules hide reads as null, like one that does not exist.
 * `key` is NULL where there is none.
 */
export function targetOf(output: RelationOutput, alias: string, joins: Joins, scope: Scope): { alias: string; key: Field } | undefined {
  const found = joinOf(output, alias, scope);
  if (!found) return undefined;
  joins.push(sql` left join ${table(output.query.collection, found.target)} on ${found.on}`);
  if (output.query.where.is === 'always') {
    scope.joined?.push({ from: alias, relation: output.relation, alias: found.target, key: found.key });
  }
  return { alias: found.target, key: found.key };
}

function joinOf(
  { relation, query }: RelationOutput,
  alias: string,
  scope: Scope,
): { target: string; on: Fragment; key: Field } | undefined {
  const [pair] = relation.kind === 'm2m' ? [] : relation.join;
  if (relation.kind === 'm2m' || !pair) return undefined;
  const target = scope.alias();
  const on = joined(relation.join, alias, target, scope);
  const where = condition(query.where, target, scope);
  return { target, on: where ? sql`${on} and ${where}` : on, key: pair.to };
}

/** Whether a relation becomes a join: while there are few of them, and where a join adds no row for sure. */
export function isJoined({ relation, query }: RelationOutput, joins: Joins): boolean {
  if (relation.kind === 'm2m' || joins.length >= joinsOfOneSelect) return false;
  return namesOneRow(
    relation.join.map((pair) => pair.to),
    query.collection,
  );
}

function toOne(output: RelationOutput, alias: string, joins: Joins, scope: Scope): Fragment | undefined {
  const { query } = output;
  if (!isJoined(output, joins)) {
    const found = joinOf(output, alias, scope);
    if (!found) return undefined;
    const inner = row(query.template, query.cases, found.target, scope);
    const made = sql`(select ${inner.json} from ${table(query.collection, found.target)}${inner.joins} where ${found.on} limit 1)`;
    return scope.dialect.asJson(output.orKey ? sql`coalesce(${made}, ${otherwise(output, alias, scope)})` : made);
  }
  const target = targetOf(output, alias, joins, scope);
  if (!target) return undefined;
  const json = object(query.template, query.cases, target.alias, joins, scope);
  const other = otherwise(output, alias, scope);
  return scope.dialect.asJson(sql`(case when ${column(target.alias, target.key)} is null then ${other} else ${json} end)`);
}

/** Whether a row is mostly constants around another object, as in conventions that wrap each entry: that is made sooner as text. */
function isWrapped({ template, cases }: RelationOutput['query']): boolean {
  return !cases?.length && [...template.values()].some(({ is }) => is === 'group' || is === 'constant');
}

/** The to-one relation that is all there is of each row of a list. */
function soleTarget({ template, cases }: RelationOutput['query']): RelationOutput | undefined {
  const [output] = template.values();
  if (template.size !== 1 || cases?.length || output?.is !== 'relation' || output.orKey) return undefined;
  return output.relation.kind === 'm2o' && isJoined(output, []) && isWrapped(output.query) ? output : undefined;
}

/** The object of a template without cases as text. */
function wrapped(template: Template, alias: string, joins: Joins, scope: Scope, texts: JsonTexts): Fragment {
  const pieces: (string | Fragment)[] = [];
  let before = '{';
  for (const [key, output] of template) {
    const named = `${before}${JSON.stringify(key)}:`;
    if (output.is === 'constant') {
      before = `${named}${output.json},`;
      continue;
    }
    const value = outputValue(output, alias, joins, scope);
    if (!value) continue;
    pieces.push(named, value);
    before = ',';
  }
  return texts.joined([...pieces, before === '{' ? '{}' : `${before.replace(/,$/, '')}}`]);
}

/** A to-many relation as the text of its list; undefined where that is made as JSON. */
export function listText(output: RelationOutput, alias: string, scope: Scope): Fragment | undefined {
  const { relation, query, as } = output;
  const { jsonTexts: texts } = scope.dialect;
  if (!texts || relation.kind === 'm2o' || (as !== undefined && as !== 'values')) return undefined;
  if (as === undefined) {
    if (!isWrapped(query)) return undefined;
    return toMany(output, alias, scope, (template, _cases, alias, scope) => {
      const joins: Joins = [];
      return { json: wrapped(template, alias, joins, scope, texts), joins: join(joins, '') };
    });
  }
  const sole = soleTarget(query);
  if (!sole) return undefined;
  return toMany(output, alias, scope, (_template, _cases, alias, scope) => {
    const joins: Joins = [];
    const target = targetOf(sole, alias, joins, scope);
    if (!target) return { json: sql`'null'`, joins: sql`` };
    const text = wrapped(sole.query.template, target.alias, joins, scope, texts);
    return { json: sql`(case when ${column(target.alias, target.key)} is null then 'null' else ${text} end)`, joins: join(joins, '') };
  });
}

/** `textRow` makes the rows as text, and with them the list. */
function toMany(output: RelationOutput, alias: string, outer: Scope, textRow?: typeof row): Fragment {
  const scope: Scope = { ...outer, joined: [] };
  const { as, relation, query, through } = output;
  const { dialect } = scope;
  const target = scope.alias();
  const { from, lead: tied } = relatedRows(relation, query.collection, through, alias, target, scope);
  const lead = output.only ? sql`${tied} and ${eachCondition(output.only, query, alias, target, scope)}` : tied;
  const which = (): Fragment => {
    const where = condition(query.where, target, scope);
    return whereClause(where ? sql`${lead} and ${where}` : lead);
  };
  if (as === 'count' || as === 'more') {
    const count = sql`(select count(*) ${from}${which()})`;
    if (as === 'count') return count;
    const shown = trusted(String(query.offset + (query.limit ?? 0)));
    return dialect.asJson(
      sql`(case when ${count} > ${shown} then ${dialect.jsonConstant('true')} else ${dialect.jsonConstant('false')} end)`,
    );
  }
  const bare = as === 'values' || as === 'value';
  const inner = (textRow ?? (bare ? bareRow : row))(query.template, query.cases, target, scope);
  const order = ordered(query.order, target, scope);
  const rows = sql`${from}${inner.joins}${order.joins}${which()}`;
  if (as === 'row' || as === 'value') {
    return dialect.asJson(sql`(select ${inner.json} ${rows}${order.clause} ${dialect.page(1, query.offset)})`);
  }
  const list = (textRow && dialect.jsonTexts?.list) ?? dialect.jsonList;
  return list({
    row: inner.json,
    from: rows,
    order: order.clause,
    ...(query.limit === undefined ? {} : { limit: query.limit }),
    ...(query.offset === 0 ? {} : { offset: query.offset }),
    ...(query.most === undefined ? {} : { atMost: { rows: query.most, else: scope.dialect.jsonConstant(overflowJson(relation.name)) } }),
  });
}
