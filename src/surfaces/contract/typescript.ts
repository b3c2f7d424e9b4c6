/** The rows that a caller may read and write, as TypeScript. */
import { readStatuses, writtenStatuses } from '../../access/reach.ts';
import type { Sliced } from '../../lib/slices.ts';
import { hasFileData } from '../../query/file-data.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { requiredNames } from './required.ts';
import { formOf, mayBeNull, nullable } from './values.ts';
import { readFields, readLists, type Served, type View, writtenFields, writtenLists } from './view.ts';

/** What the text has beside the rows, and what it takes from the language. */
export const takenTypes = [
  'Json',
  'BigInteger',
  'Decimal',
  'Key',
  'Saved',
  'Changes',
  'FileData',
  'Collections',
  'CreateInputs',
  'UpdateInputs',
  'Schema',
  'Config',
  'Entries',
  'Globals',
  'Inputs',
  'Partial',
  'Required',
  'Pick',
  'Record',
];

const head = `/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** A whole number that may lie beyond 2^53. JSON.parse rounds those: read them with a parser that keeps digits, and send them as text. */
export type BigInteger = number;
/** A number with all its digits, of which JSON.parse keeps about fifteen. May be sent as text. */
export type Decimal = number;
export type Key = string | number;
/** A row that is written along with another: a new one, or one that is there by its key. */
export type Saved<Row> = Row & { $delete?: boolean };
/** Rows of a list that are written along with the row. */
export type Changes<Row> = (Saved<Row> | Key)[] | { create?: Row[]; update?: Row[]; delete?: (Key | Partial<Row>)[] };
/** Where the content of a file is. */
export interface FileData {
  full_url: string | null;
  url: string | null;
  asset_url: string | null;
  thumbnails: { key: string; url: string; relative_url: string; dimension: string; width: number; height: number }[] | null;
  embed: string | null;
}`;

const name = (text: string): string => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : JSON.stringify(text));

const comment = (text: string | null | undefined): string => (text ? `/** ${text.replace(/\*\//g, '* /').replace(/\s+/g, ' ')} */` : '');

const remark = (text: string | null | undefined): string[] => (text ? [`  ${comment(text)}`] : []);

const statuses = (view: View, collection: Collection, field: Field, of: (reach: View, collection: Collection) => readonly string[]) =>
  collection.status?.field === field ? of(view, collection) : undefined;

/** A row; what a role may read in some rows only, and what is there only when it is asked for, may be missing. */
function rowText(view: View, { collection, names }: Served): string {
  const lines: string[] = [];
  for (const { field, target } of readFields(view, collection)) {
    const form = formOf(field, 'read', statuses(view, collection, field, readStatuses));
    const own = target && target !== 'denied' ? { ...form, type: `${form.type} | Partial<${target.names.type('')}>` } : form;
    const { type } = mayBeNull(collection, field) ? nullable(own) : own;
    const optional = view.visible.field(field) === 'yes' ? '' : '?';
    lines.push(...remark(field.meta?.note ?? field.column.comment), `  ${name(field.name)}${optional}: ${type};`);
  }
  if (hasFileData(collection) && view.visible.field({ name: 'data', collection: collection.name }) === 'yes')
    lines.push('  data: FileData;');
  for (const { relation, target } of readLists(view, collection)) {
    const row = `Partial<${target.names.type('')}>`;
    lines.push(`  ${name(relation.name)}?: ${relation.kind === 'm2o' ? `${row} | null` : `${row}[]`};`);
  }
  const about = collection.meta?.note ?? collection.comment;
  return `${comment(`A row of ${JSON.stringify(collection.name)}${about ? `: ${about}` : ''}`)}\nexport interface ${names.type('')} {\n${lines.join('\n')}\n}`;
}

/** Values to be written, and what of them no new row may lack. */
function inputText(view: View, { collection, names, does }: Served): string {
  const lines: string[] = [];
  for (const { field, target } of writtenFields(view, collection)) {
    const form = formOf(field, 'sent', statuses(view, collection, field, writtenStatuses));
    const own = target ? { ...form, type: `${form.type} | Saved<${target.names.type('Update')}>` } : form;
    lines.push(`  ${name(field.name)}?: ${(field.column.nullable ? nullable(own) : own).type};`);
  }
  if (hasFileData(collection)) lines.push('  /** The content: base64, a data URL, or a URL to fetch it from. */', '  data?: string;');
  for (const { relation, target } of writtenLists(view, collection)) {
    const row = target.names.type('Update');
    lines.push(`  ${name(relation.name)}?: ${relation.kind === 'm2o' ? `Saved<${row}> | null` : `Changes<${row}>`};`);
  }
  const update = `export interface ${names.type('Update')} {\n${lines.join('\n')}\n}`;
  if (!does.has('create')) return update;
  const required = requiredNames(view, collection).map((one) => JSON.stringify(one));
  const more = required.length > 0 ? ` & Required<Pick<${names.type('Update')}, ${required.join(' | ')}>>` : '';
  return `${update}\nexport type ${names.type('Create')} = ${names.type('Update')}${more};`;
}

function mapText(title: string, called: string, all: readonly Served[], typeOf: (one: Served) => string): string {
  const members = all.map((one) => `  ${JSON.stringify(one.collection.name)}: ${typeOf(one)};`);
  return `/** ${title} */\nexport interface ${called} {${members.length > 0 ? `\n${members.join('\n')}\n` : ''}}`;
}

/** The text of the module. */
export function* typesText(view: View): Sliced<string> {
  const all = [...view.served.values()];
  const texts = [head];
  const writes = (one: Served): boolean => one.does.size > 0 && (one.does.has('create') || one.does.has('update'));
  for (const served of all) {
    yield;
    if (served.read) texts.push(rowText(view, served));
    if (writes(served)) texts.push(inputText(view, served));
  }
  const of = (which: (one: Served) => boolean): Served[] => all.filter(which);
  texts.push(
    mapText(
      'The rows that may be read, by collection.',
      'Collections',
      of(({ read }) => read),
      ({ names }) => names.type(''),
    ),
    mapText(
      'What makes a row, by collection.',
      'CreateInputs',
      of(({ does }) => does.has('create')),
      ({ names }) => names.type('Create'),
    ),
    mapText(
      'What changes a row, by collection.',
      'UpdateInputs',
      of(({ does }) => does.has('update')),
      ({ names }) => names.type('Update'),
    ),
    '/** Lists of rows by collection: a type parameter of clients that take one for all. */\n' +
      'export type Schema = { [Name in keyof Collections]: Collections[Name][] };',
  );
  return `${texts.join('\n\n')}\n`;
}
