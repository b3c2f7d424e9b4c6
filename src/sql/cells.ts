/**
 * The page's rows as cells: scalars and to-one relations leave the database as plain columns, and a writer made with the statement
 * puts the JSON together (architecture, "What rendering costs"). To-many lists, and rows whose fields depend on rules, stay JSON
 * that the database makes. A dialect without `cell` has one cell in all.
 */
import type { ValueForm } from '../dialect/forms.ts';
import type { Cell, TextRow } from '../dialect/types.ts';
import { type Fragment, join, sql } from '../lib/fragment.ts';
import { asItIs, enclosed, isPlain, quoted } from '../lib/json-text.ts';
import type { Cut, Output, Template, TemplateCase } from '../query/types.ts';
import type { Field } from '../schema/types.ts';
import { cutValue, type Rewrite, rewriteOf, rewriteRow } from './cut.ts';
import { isJoined, type Joins, keyText, listText, object, outputValue, stars, targetOf } from './row.ts';
import { column, type Scope } from './scope.ts';

/** A row's JSON text, out of its cells. */
export type CellsWriter = (cells: TextRow) => string;

export interface Cells {
  readonly columns: readonly Fragment[];
  /** ` left join …`, one after another. */
  readonly joins: Fragment;
  readonly write: CellsWriter;
}

/** What gathers the columns of a row; a column asked for twice is sent once. */
interface Gathered {
  readonly columns: Fragment[];
  readonly indexes: Map<string, number>;
  readonly joins: Joins;
  /** Cells before the row's own. */
  readonly first: number;
}

/** The row under `alias` as the template wants it; its cells begin at `first`. */
export function cells(template: Template, cases: readonly TemplateCase[] | undefined, alias: string, scope: Scope, first: number): Cells {
  const gathered: Gathered = { columns: [], indexes: new Map(), joins: [], first };
  const write = objectCells(template, cases, alias, gathered, scope);
  // Counts may be all that is asked for.
  if (gathered.columns.length === 0) gathered.columns.push(sql`null`);
  return { columns: gathered.columns, joins: join(gathered.joins, ''), write };
}

function objectCells(
  template: Template,
  cases: readonly TemplateCase[] | undefined,
  alias: string,
  gathered: Gathered,
  scope: Scope,
): CellsWriter {
  // Fields that only some rows have: the database leaves them out, so that what is hidden never leaves it.
  if (!scope.dialect.cell || (cases && cases.length > 0)) {
    return writerOf(jsonCell(object(template, cases, alias, gathered.joins, scope), gathered, scope, rewriteRow(template)));
  }
  const made: Pieces = { parts: [], rest: '' };
  objectPieces(template, alias, gathered, scope, made);
  return objectWriter(made);
}

/** Adds an object to what a row is made of. What is the same in each row is text between the values: constants, and the braces of groups. */
function objectPieces(template: Template, alias: string, gathered: Gathered, scope: Scope, made: Pieces): void {
  let comma = '{';
  for (const [key, output] of template) {
    const name = `${comma}${JSON.stringify(key)}:`;
    if (output.is === 'constant') made.rest += name + output.json;
    else if (output.is === 'group') {
      made.rest += name;
      objectPieces(output.of, alias, gathered, scope, made);
    } else {
      const value = outputCell(output, alias, gathered, scope);
      if (!value) continue;
      made.parts.push({ head: made.rest + name, ...value });
      made.rest = '';
    }
    comma = ',';
  }
  made.rest += comma === '{' ? '{}' : '}';
}

/** What a key's value is made of: one cell and its form, or whatever `made` makes of the row. */
interface Value {
  readonly at: number;
  readonly form: Cell['write'];
  readonly made: CellsWriter | undefined;
}

interface Part extends Value {
  /** All text before it. */
  readonly head: string;
}

/** What a row is made of, while it is gathered. */
interface Pieces {
  readonly parts: Part[];
  /** Text after the last part. */
  rest: string;
}

const cellValue = (at: number, form: Cell['write']): Value => ({ at, form, made: undefined });
const madeValue = (made: CellsWriter): Value => ({ at: 0, form: asItIs, made });

function writerOf({ at, form, made }: Value): CellsWriter {
  if (made) return made;
  return (row) => {
    const text = row[at];
    return text === null || text === undefined ? 'null' : form(text);
  };
}

/** The usual forms are told apart here, since calling a function for each of thousands of cells costs as much as writing them. */
function objectWriter({ parts, rest }: Pieces): CellsWriter {
  return (row) => {
    let text = '';
    for (const { head, at, form, made } of parts) {
      if (made) {
        text += head + made(row);
        continue;
      }
      const value = row[at];
      if (value === null || value === undefined) text += `${head}null`;
      else if (form === asItIs) text += head + value;
      else if (form === enclosed || (form === quoted && isPlain(value))) text += `${head}"${value}"`;
      else text += head + form(value);
    }
    return text + rest;
  };
}

function outputCell(
  output: Exclude<Output, { is: 'constant' | 'group' }>,
  alias: string,
  gathered: Gathered,
  scope: Scope,
): Value | undefined {
  switch (output.is) {
    case 'field':
      return output.cut
        ? cutCell(output.field, output.cut, alias, gathered, scope)
        : fieldCell(output.field, alias, gathered, scope, output.form);
    case 'key':
      return cellValue(add(keyText(output, alias, scope), gathered), quoted);
    case 'stub': {
      const at = presence(output.field, alias, gathered, scope);
      const write = writerOf(fieldCell(output.field, alias, gathered, scope));
      const head = `{${JSON.stringify(output.key)}:`;
      return madeValue((row) => (row[at] === null ? 'null' : `${head}${write(row)}}`));
    }
    case 'relation':
      if (output.relation.kind === 'm2o' && isJoined(output, gathered.joins)) return toOneCells(output, alias, gathered, scope);
  }
  const text = output.is === 'relation' ? listText(output, alias, scope) : undefined;
  if (text) return textCell(text, gathered, scope, rewriteOf(output));
  const json = outputValue(output, alias, gathered.joins, scope);
  return json && jsonCell(json, gathered, scope, rewriteOf(output));
}

function toOneCells(output: Extract<Output, { is: 'relation' }>, alias: string, gathered: Gathered, scope: Scope): Value | undefined {
  const target = targetOf(output, alias, gathered.joins, scope);
  if (!target) return undefined;
  const at = presence(target.key, target.alias, gathered, scope);
  const { query, orKey } = output;
  const write = objectCells(query.template, query.cases, target.alias, gathered, scope);
  const other = orKey ? writerOf(fieldCell(orKey.field, alias, gathered, scope, orKey.form)) : () => 'null';
  return madeValue((row) => (row[at] === null ? other(row) : write(row)));
}

function add(value: Fragment, gathered: Gathered): number {
  gathered.columns.push(value);
  return gathered.first + gathered.columns.length - 1;
}

/** Where a cell is that is NULL when the field is: the cell of a list of texts never is. */
function presence(field: Field, alias: string, gathered: Gathered, scope: Scope): number {
  return field.type === 'array' ? add(column(alias, field), gathered) : cellIndex(field, alias, gathered, scope);
}

/** Where the field's cell is. */
function cellIndex(field: Field, alias: string, gathered: Gathered, scope: Scope, form: ValueForm = 'plain'): number {
  const key = `${form}:${alias}.${field.name}`;
  let at = gathered.indexes.get(key);
  if (at === undefined) {
    const cell = scope.dialect.cell?.(field, column(alias, field), form);
    at = add(cell ? cell.value : column(alias, field), gathered);
    gathered.indexes.set(key, at);
  }
  return at;
}

function fieldCell(field: Field, alias: string, gathered: Gathered, scope: Scope, form: ValueForm = 'plain'): Value {
  if (field.secret === 'masked') {
    return cellValue(add(sql`(case when ${column(alias, field)} is null then null else ${stars} end)`, gathered), quoted);
  }
  const at = cellIndex(field, alias, gathered, scope, form);
  return cellValue(at, scope.dialect.cell?.(field, column(alias, field), form).write ?? String);
}

function cutCell(field: Field, cut: Cut, alias: string, gathered: Gathered, scope: Scope): Value {
  const of = cellIndex(cut.of, alias, gathered, scope);
  const write = writerOf(fieldCell(field, alias, gathered, scope));
  return madeValue((row) => cutValue(cut, row[of] ?? null, write(row)));
}

function jsonCell(json: Fragment, gathered: Gathered, scope: Scope, rewrite: Rewrite | undefined): Value {
  return textCell(scope.dialect.jsonText(json), gathered, scope, rewrite);
}

function textCell(text: Fragment, gathered: Gathered, scope: Scope, rewrite: Rewrite | undefined): Value {
  const finish = scope.dialect.finish ?? asItIs;
  return cellValue(add(text, gathered), rewrite ? (text) => rewrite(finish(text)) : finish);
}
