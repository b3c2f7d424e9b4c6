/** Entries in the form of either version, as a template of the core: attributes, relations, dates and languages (strapi-rest §3). */
import type { MakeObject, RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { RequestedFilter, RequestedOrder } from '../../query/types.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { fileColumns, filesCollection, fileText } from './file-object.ts';
import { allOf, everything } from './filters.ts';
import { fieldOutput, keyOutput, nullOutput } from './forms.ts';
import { inLanguage, type Localised, localisedOf } from './locale.ts';
import type { Populate, Populated } from './populate.ts';
import { attributesOf, createdField, type Lead, publishingOf, updatedField } from './sight.ts';
import { roleAttributes, rolesCollection, userAttributes, usersCollection } from './user-object.ts';
import type { View } from './view.ts';

export interface Entry {
  readonly of: RequestedTemplate;
  readonly make?: MakeObject;
}

type Outputs = Map<string, RequestedOutput>;

/** An entry of a collection. `fields` are the attributes asked for, all where it is undefined. */
export function entryTemplate(view: View, collection: Collection, fields: ReadonlySet<string> | undefined, populated: Populated): Entry {
  const { sight, format } = view;
  const id = keyOutput(sight, collection, 'id');
  if (collection.name === filesCollection) return fileEntry(view, collection, fields, id);
  const attributes = attributesTemplate(view, collection, fields, populated);
  if (format === 'v5') {
    const own: [string, RequestedOutput][] = view.documents ? [['documentId', keyOutput(sight, collection, 'documentId')]] : [];
    // A column of that name goes before ours (S-42); the key goes before a column that is called so.
    return { of: new Map<string, RequestedOutput>([['id', id], ...own, ...attributes, ['id', id]]) };
  }
  const meta = metaOutput(view, collection);
  return {
    of: new Map<string, RequestedOutput>([
      ['id', id],
      ['attributes', { is: 'group', of: attributes }],
      ['meta', meta],
    ]),
  };
}

/** The name under which `meta` stands in a flat entry: no column is called so. */
export const flatMeta = '\u0001meta';

/** An entry whose attributes stand beside its key; its relations have the form asked for. */
export function flatTemplate(view: View, collection: Collection, fields: ReadonlySet<string> | undefined, populated: Populated): Entry {
  const id = keyOutput(view.sight, collection, 'id');
  const own: [string, RequestedOutput] =
    view.format === 'v5' ? ['documentId', keyOutput(view.sight, collection, 'documentId')] : [flatMeta, metaOutput(view, collection)];
  return {
    of: new Map<string, RequestedOutput>([['id', id], own, ...attributesTemplate(view, collection, fields, populated), ['id', id]]),
  };
}

function fileEntry(view: View, collection: Collection, fields: ReadonlySet<string> | undefined, id: RequestedOutput): Entry {
  const columns = fileColumns(view.sight, collection);
  if (view.format === 'v5') return { of: columns, make: fileText(view.fileData, fields, view.documents ? 'v5' : 'bare') };
  const attributes: RequestedOutput = { is: 'group', of: columns, make: fileText(view.fileData, fields, 'attributes') };
  return {
    of: new Map<string, RequestedOutput>([
      ['id', id],
      ['attributes', attributes],
      ['meta', { is: 'constant', json: '{}' }],
    ]),
  };
}

function metaOutput({ sight }: View, collection: Collection): RequestedOutput {
  const localised = localisedOf(sight, collection);
  if (!localised) return { is: 'constant', json: '{}' };
  const { relation, language } = localised;
  const codes: RequestedOutput = { is: 'relation', name: relation.name, as: 'values', of: new Map([['it', fieldOutput(language)]]) };
  return { is: 'group', of: new Map([['availableLocales', codes]]) };
}

/** The attributes of an entry, and the relations that are populated. */
function attributesTemplate(view: View, collection: Collection, fields: ReadonlySet<string> | undefined, populated: Populated): Outputs {
  const { sight } = view;
  const attributes: Outputs = new Map();
  const wants = (name: string): boolean => fields === undefined || fields.has(name);
  const users = collection.name === usersCollection;
  if (users) for (const [name, output] of userAttributes(sight, collection)) if (wants(name)) attributes.set(name, output);
  for (const field of attributesOf(sight, collection)) {
    if ((field.primaryKey && field.name === 'id') || (users && field.name === 'role')) continue;
    if (wants(field.name)) attributes.set(field.name, fieldOutput(field));
  }
  if (collection.name === rolesCollection) return roleAttributes(collection, attributes);
  localise(view, collection, wants, attributes);
  const dates = { createdAt: createdField(sight, collection), updatedAt: updatedField(sight, collection) };
  for (const [name, field] of Object.entries(dates)) if (wants(name)) attributes.set(name, field ? fieldOutput(field) : nullOutput);
  const published = wants('publishedAt') ? publishedOutput(view, collection, Object.values(dates)) : undefined;
  if (published) attributes.set('publishedAt', published);
  for (const [name, populate] of populated) attributes.set(name, populatedOutput(view, collection, populate));
  return attributes;
}

/** Says that an entry is published where nothing tells since when. */
const marker: RequestedOutput = { is: 'constant', json: '"1970-01-01T00:00:00.000Z"' };

/** Since when an entry is open to everybody; null in drafts (S-13). */
function publishedOutput(
  { sight, state }: View,
  collection: Collection,
  others: readonly (Field | undefined)[],
): RequestedOutput | undefined {
  const publishing = publishingOf(sight, collection);
  if (!publishing) return undefined;
  if (state === 'draft') return nullOutput;
  const [created, updated] = others;
  const fields = [publishing.at, updated, created].flatMap((field) => (field && formsMoment(field) ? fieldOutput(field) : []));
  const since: RequestedOutput = { is: 'first', of: [...fields, marker] };
  return state === 'live' ? since : { is: 'when', where: isPublished(publishing), of: since };
}

const formsMoment = ({ storage }: Field): boolean => storage === 'datetime' || storage === 'instant';

function isPublished({ status, published }: NonNullable<ReturnType<typeof publishingOf>>): RequestedFilter {
  return { is: 'compare', path: [status.name], operator: 'in', value: published, strict: true };
}

/** Texts in the language asked for, where there are any; and the language's code (S-143). */
function localise(view: View, collection: Collection, wants: (name: string) => boolean, attributes: Outputs): void {
  const localised = localisedOf(view.sight, collection);
  if (!localised) return;
  for (const field of localised.fields) {
    if (!wants(field.name)) continue;
    const text = translated(view, localised, field);
    const own = collection.fields.get(field.name);
    const alike = own && own.storage === field.storage && attributes.has(field.name);
    attributes.set(field.name, alike ? { is: 'first', of: [text, fieldOutput(own)] } : text);
  }
  if (!wants('locale')) return;
  const code: RequestedOutput = { is: 'constant', json: JSON.stringify(view.language ?? view.defaultLanguage) };
  const own = translated(view, localised, localised.language);
  attributes.set('locale', view.language === undefined && !view.everyLanguage ? code : { is: 'first', of: [own, code] });
}

function translated({ language, defaultLanguage, everyLanguage }: View, localised: Localised, field: Field): RequestedOutput {
  if (everyLanguage) {
    return { is: 'relation', name: localised.relation.name, as: 'value', of: new Map([['it', fieldOutput(field)]]), only: 'this' };
  }
  const where = inLanguage(localised, language ?? defaultLanguage, language === undefined);
  return { is: 'relation', name: localised.relation.name, as: 'value', of: new Map([['it', fieldOutput(field)]]), asked: { where } };
}

function populatedOutput(view: View, collection: Collection, populate: Populate): RequestedOutput {
  const output = populate.lead ? relationOutput(view, populate.lead, populate) : localizationsOutput(view, collection, populate.fields);
  if (view.format === 'v5' || !output) return output ?? { is: 'constant', json: '[]' };
  return { is: 'group', of: new Map([['data', output]]) };
}

/** The other languages of an entry (S-145). */
function localizationsOutput(view: View, collection: Collection, only: Populate['fields']): RequestedOutput | undefined {
  const localised = localisedOf(view.sight, collection);
  if (!localised) return undefined;
  const { relation, texts, language, fields } = localised;
  const told: readonly [string, RequestedOutput][] = [
    ...fields.map((field): [string, RequestedOutput] => [field.name, fieldOutput(field)]),
    ['locale', fieldOutput(language)],
  ];
  const attributes = new Map(told.filter(([name]) => only?.has(name) ?? true));
  const parent = relation.join[0]?.to;
  const shown = parent && texts.fields.has(parent.name) && view.sight.visible.field(parent) !== 'no' ? parent : undefined;
  const id = shown ? fieldOutput(shown) : nullOutput;
  const own: readonly [string, RequestedOutput][] =
    view.documents && shown ? [['documentId', { is: 'field', name: shown.name, form: 'text' }]] : [];
  const of: readonly [string, RequestedOutput][] =
    view.format === 'v5'
      ? [['id', id], ...own, ...attributes]
      : [
          ['id', id],
          ['attributes', { is: 'group', of: attributes }],
          ['meta', { is: 'constant', json: '{}' }],
        ];
  if (view.everyLanguage) return { is: 'relation', name: relation.name, of: new Map(of), only: 'others' };
  const current = inLanguage(localised, view.language ?? view.defaultLanguage, view.language === undefined);
  return { is: 'relation', name: relation.name, of: new Map(of), asked: { where: { is: 'not', of: current } } };
}

function relationOutput(view: View, lead: Lead, { fields, populated, where, order, start, limit, count }: Populate): RequestedOutput {
  const { end, relation, far, many } = lead;
  const publishing = view.state === 'live' ? publishingOf(view.sight, end) : undefined;
  const filter = allOf([where, publishing ? isPublished(publishing) : undefined]);
  if (count) return countOutput(view, lead, filter);
  const entry = entryTemplate({ ...view, everyLanguage: false }, end, fields, populated);
  if (!many) return { is: 'relation', name: relation.name, ...entry, ...(filter ? { asked: { where: filter } } : {}) };
  const page = { ...(start ? { offset: start } : {}), ...(limit === undefined ? {} : { limit }) };
  if (!far)
    return {
      is: 'relation',
      name: relation.name,
      ...entry,
      asked: { ...(filter ? { where: filter } : {}), ...(order ? { order } : {}), ...page },
    };
  const sorted = (order ?? farOrder(view, lead))?.map((term) => ({ ...term, path: [far.name, ...term.path] }));
  return {
    is: 'relation',
    name: relation.name,
    as: 'values',
    of: new Map([['entry', { is: 'relation', name: far.name, ...entry }]]),
    asked: { where: behind(far.name, filter), ...(sorted ? { order: sorted } : {}), ...page },
  };
}

/** Rows of a junction that lead to an entry which may be seen. */
function behind(far: string, where: RequestedFilter | undefined): RequestedFilter {
  return { is: 'related', relation: far, quantifier: 'some', where: where ?? everything };
}

/** By the junction's own order where it has one, else by the key of the entries behind it (S-117). */
function farOrder({ sight }: View, { relation, end }: Lead): readonly RequestedOrder[] | undefined {
  const junction = sight.schema.collections.get(relation.to);
  if (junction?.sort || !end.key.every((field) => sight.visible.field(field) === 'yes')) return undefined;
  return end.key.map(({ name }) => ({ path: [name], descending: false }));
}

function countOutput({ format }: View, { relation, far }: Lead, filter: RequestedFilter | undefined): RequestedOutput {
  const where = far ? behind(far.name, filter) : filter;
  const count: RequestedOutput = {
    is: 'relation',
    name: relation.name,
    as: 'count',
    of: new Map(),
    ...(where ? { asked: { where } } : {}),
  };
  const attributes: RequestedOutput = { is: 'group', of: new Map([['count', count]]) };
  return format === 'v5' ? attributes : { is: 'group', of: new Map([['attributes', attributes]]) };
}
