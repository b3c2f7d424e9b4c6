/** The OpenAPI document of the Strapi surface: the types of content that the caller may use, as their entries are made. */
import { readStatuses } from '../../../access/reach.ts';
import type { Sliced } from '../../../lib/slices.ts';
import type { Collection } from '../../../schema/types.ts';
import type { CallerContext } from '../../caller.ts';
import { relativeFileData } from '../../file-data.ts';
import { localisedOf } from '../../strapi/locale.ts';
import { contentTypes, type Pinned } from '../../strapi/names.ts';
import { leadOf, type Sight } from '../../strapi/sight.ts';
import { entryTemplate } from '../../strapi/template.ts';
import type { Format, View as StrapiView } from '../../strapi/view.ts';
import type { Define } from '../definitions.ts';
import { mapType, schemaTypes } from '../schema-types.ts';
import { anyObject, type JsonSchema } from '../values.ts';
import type { Served, View } from '../view.ts';
import { assembled } from './assemble.ts';
import { fixedParameters } from './components.ts';
import { bodySchema, object, orNull } from './dialect-schemas.ts';
import { type Described, json, operation, type Paths, parameter, pathItem, schema } from './operations.ts';
import { key, list, text, truth, whole } from './plain-schemas.ts';
import { inQuery, nested } from './query-parameter.ts';
import { accountPaths } from './strapi-accounts.ts';
import { templateSchema, type Within } from './template-schema.ts';

interface Asking {
  readonly context: CallerContext;
  readonly view: View;
  readonly entries: StrapiView;
  readonly format: Format;
  readonly pinned: Pinned | undefined;
  readonly define: Define;
  readonly within: Within;
}

/** What relations are written by (strapi-rest §11). */
const relationInput: JsonSchema = {
  anyOf: [
    key,
    { type: 'null' },
    list({ anyOf: [key, anyObject] }),
    object({ connect: list({}), disconnect: list({}), set: list({}) }),
    anyObject,
  ],
};

/** An entry, with the relations that are populated. */
function entryOf(asking: Asking, served: Served): JsonSchema {
  const { view, entries, define, within, format } = asking;
  return define(served.names.type('Item'), () => {
    const { collection } = served;
    const template = entryTemplate(entries, collection, undefined, new Map());
    // Files are made of their columns by other means.
    if (template.make) return anyObject;
    const made = templateSchema(within, collection, template.of);
    const relations: Record<string, JsonSchema> = {};
    for (const relation of collection.relations.values()) {
      const lead = leadOf(entries.sight, relation);
      const target = lead && view.served.get(lead.end.name);
      if (!lead || !target?.read) continue;
      const one = entryOf(asking, target);
      const populated = lead.many ? list(one) : orNull(one);
      relations[relation.name] = format === 'v4' ? object({ data: populated }) : populated;
    }
    return withRelations(made, relations, format);
  });
}

/** Relations stand among the attributes; a column that is a key of another table is populated under its own name. */
function withRelations(entry: JsonSchema, relations: Readonly<Record<string, JsonSchema>>, format: Format): JsonSchema {
  const properties = propertiesOf(entry);
  const merged = (own: Readonly<Record<string, JsonSchema>>): Record<string, JsonSchema> => {
    const both = Object.entries(relations).map(([name, of]) => [name, own[name] ? { anyOf: [own[name], of] } : of] as const);
    return { ...own, ...Object.fromEntries(both) };
  };
  if (format === 'v5') return object(merged(properties), ['id']);
  const { attributes = {} } = properties;
  // Those of files are made of their columns by other means.
  const shown = attributes['properties'] ? object(merged(propertiesOf(attributes))) : attributes;
  return object({ ...properties, attributes: shown }, ['id', 'attributes']);
}

function propertiesOf({ properties }: JsonSchema): Record<string, JsonSchema> {
  return properties !== null && typeof properties === 'object' ? { ...(properties as Record<string, JsonSchema>) } : {};
}

/** The attributes that are sent. */
const bodyOf = ({ view, define }: Asking, { collection, names }: Served): JsonSchema =>
  define(names.type('Update'), () => bodySchema(view, collection, relationInput));

/** Of a list which page it is, and of a dry run what would change. */
const meta = object({
  pagination: object({ page: whole, pageSize: whole, pageCount: whole, total: whole, start: whole, limit: whole }),
  dry_run: truth,
  changes: list(anyObject),
  activity: list(anyObject),
  revisions: list(anyObject),
});

const answered = (status: string, description: string, of: JsonSchema) => ({ [status]: { description, content: json(of) } });

function contentPaths(asking: Asking, id: string, single: boolean, served: Served): Paths {
  const { format, define } = asking;
  const { collection, names, read, does } = served;
  const tag = id;
  const op = (verb: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'>): JsonSchema =>
    operation({ ...more, id: `${verb}_${names.field}`, summary, tag });
  const entry = (): JsonSchema => (read ? entryOf(asking, served) : anyObject);
  const bare = (): JsonSchema => define(names.type('One'), () => bareOf(asking, collection));
  const wrapped = (of: JsonSchema): JsonSchema => object({ data: of, meta }, ['data']);
  const body = (): JsonSchema => object({ data: bodyOf(asking, served) }, ['data']);
  const one = (status: string, what: string) => answered(status, what, wrapped(orNull(entry())));
  const update = () =>
    op('update', 'Changes the entry', { parameters: [...shown, ...writeParameters], body: body(), answer: one('200', 'The entry') });
  const gone = format === 'v5' ? {} : { answer: one('200', 'The entry as it was') };
  const remove = () => op('delete', 'Deletes the entry', { parameters: writeParameters, ...gone });
  const localised = localisation(asking, served);
  const localise = (): JsonSchema | false =>
    localised !== undefined &&
    op('localise', 'Adds a language to the entry', {
      parameters: writeParameters,
      body: localised,
      answer: answered('200', 'The entry', bare()),
    });
  const get = () => op('read', 'The entry', { parameters: shown, answer: one('200', 'The entry') });
  if (single)
    return [
      ...pathItem(`/${id}`, { get: read && get(), put: does.has('update') && update(), delete: does.has('delete') && remove() }),
      ...pathItem(`/${id}/localizations`, { post: localise() }),
    ];
  const created = format === 'v5' ? '201' : '200';
  return [
    ...pathItem(`/${id}`, {
      get: read && op('list', 'Entries', { parameters: listed, answer: answered('200', 'A page of entries', wrapped(list(entry()))) }),
      post:
        does.has('create') &&
        op('create', 'Makes an entry', { parameters: [...shown, ...writeParameters], body: body(), answer: one(created, 'The entry') }),
    }),
    ...pathItem(
      `/${id}/{id}`,
      {
        get: read && collection.key.length > 0 && get(),
        put: does.has('update') && update(),
        delete: does.has('delete') && remove(),
      },
      [parameter('Id')],
    ),
    ...pathItem(`/${id}/{id}/localizations`, { post: localise() }, [parameter('Id')]),
  ];
}

/** The body that adds a language; undefined where the caller adds none. */
function localisation({ view, entries }: Asking, { collection, read, does }: Served): JsonSchema | undefined {
  const localised = localisedOf(entries.sight, collection);
  const texts = localised && view.served.get(localised.texts.name);
  if (!localised || !read || !does.has('update') || !texts?.does.has('create')) return undefined;
  const written = propertiesOf(bodySchema(view, texts.collection, relationInput));
  const members = localised.fields.flatMap(({ name }): [string, JsonSchema][] => (written[name] ? [[name, written[name]]] : []));
  return object({ ...Object.fromEntries(members), locale: text }, ['locale']);
}

const writeParameters = ['DryRun', 'IdempotencyKey'].map(parameter);
const shown = ['Fields', 'Populate', 'PublicationState', 'DocumentStatus', 'Locale'].map(parameter);
const listed = [...['Filters', 'Sort', 'Pagination', 'Text'].map(parameter), ...shown];

/** An entry whose attributes stand beside its key. */
function bareOf({ entries, within, format }: Asking, collection: Collection, documents = format === 'v5'): JsonSchema {
  const { of } = entryTemplate({ ...entries, format: 'v5', documents }, collection, undefined, new Map());
  return templateSchema(within, collection, of);
}

/** An account as a bare object. */
const userOf = (asking: Asking, { names, collection }: Served): JsonSchema =>
  asking.define(names.type('One'), () => bareOf(asking, collection, false));

function* pathsOf(asking: Asking): Iterable<Paths> {
  for (const [name, { id, single }] of contentTypes(asking.view.schema, asking.pinned).byCollection) {
    const served = asking.view.served.get(name);
    if (served) yield contentPaths(asking, id, single, served);
  }
  const { context, view, format } = asking;
  yield accountPaths({ context, view, format, user: (users) => userOf(asking, users), listed, shown, writeParameters });
}

const { IdempotencyKey } = fixedParameters;

const parameters: Readonly<Record<string, JsonSchema>> = {
  Id: { name: 'id', in: 'path', required: true, schema: text, description: 'The key; of several columns with commas between' },
  Filters: inQuery('filters', anyObject, 'Conditions by attribute, as filters[title][$contains]', nested),
  Sort: inQuery('sort', list(text), 'Attributes, with :desc behind them', { style: 'form', explode: false }),
  Pagination: inQuery(
    'pagination',
    object({ page: whole, pageSize: whole, start: whole, limit: whole, withCount: { type: 'boolean' } }),
    'Which page',
    nested,
  ),
  Fields: inQuery('fields', list(text), 'Attributes to show', { style: 'form', explode: false }),
  Populate: inQuery('populate', { anyOf: [text, anyObject] }, 'Relations to show', nested),
  PublicationState: inQuery('publicationState', { enum: ['live', 'preview'] }, 'Whether drafts are shown'),
  DocumentStatus: inQuery('status', { enum: ['published', 'draft'] }, 'The same as newer clients ask it'),
  Locale: inQuery('locale', text, 'The language of texts; of a list all for each entry in each of its languages'),
  DryRun: inQuery('dry_run', { enum: ['1'] }, 'Only try it: data is what it would leave, meta tells what would change'),
  ...(IdempotencyKey ? { IdempotencyKey } : {}),
  Text: inQuery('_q', text, 'A text to look for'),
};

const schemas: Readonly<Record<string, JsonSchema>> = {
  Error: object({ data: {}, error: object({ status: whole, name: text, message: text, details: {} }, ['status', 'name', 'message']) }, [
    'error',
  ]),
};

const responses: Readonly<Record<string, JsonSchema>> = {
  Error: { description: 'What is wrong', content: json(schema('Error')) },
  Nothing: { description: 'Done; there is nothing to show' },
};

/** What entries of the caller are made by. */
function askingOf(context: CallerContext, view: View, define: Define): Asking {
  const { project } = context;
  const format = project.config.strapi?.format ?? 'v4';
  const sight: Sight = { schema: view.schema, visible: view.visible };
  const entries: StrapiView = {
    sight,
    format,
    documents: format === 'v5',
    // In which state entries are does not say more of their form than drafts do.
    state: 'preview',
    // Nor are entries of one language alone.
    everyLanguage: true,
    defaultLanguage: context.rules.settings.get('default_locale') || 'en',
    fileData: relativeFileData(project),
  };
  const statuses: Within['statuses'] = (collection: Collection, field) =>
    collection.status?.field === field ? readStatuses(view, collection) : undefined;
  return { context, view, entries, format, pinned: project.config.strapi?.types, define, within: { schema: view.schema, statuses } };
}

/** The document's text. */
export function strapiText(context: CallerContext, view: View): Sliced<string> {
  const open = view.who === 'public' ? [{}] : [];
  return assembled({
    title: view.key,
    version: context.project.config.strapi?.format ?? 'v4',
    description: 'What the caller may use, in the dialect of Strapi.',
    server: `/${encodeURIComponent(view.key)}/strapi/api`,
    security: [...open, { token: [] }],
    securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    tags: { 'Signing in': 'Who one is', Users: 'Accounts', Files: 'Files with their content' },
    paths: (define) => pathsOf(askingOf(context, view, define)),
    fixed: { schemas, parameters, responses, headers: {} },
  });
}

/** Entries and what is sent of them as TypeScript, by the names of their types. */
export function strapiTypes(context: CallerContext, view: View): Sliced<string> {
  return schemaTypes({
    *rows(define) {
      const asking = askingOf(context, view, define);
      for (const [name, { id }] of contentTypes(view.schema, asking.pinned).byCollection) {
        const served = view.served.get(name);
        if (!served) continue;
        const sent = served.does.has('create') || served.does.has('update');
        yield { id, row: served.read ? entryOf(asking, served) : undefined, sent: sent ? bodyOf(asking, served) : undefined };
      }
    },
    maps: (rows) => `${mapType('Entries', rows, ({ row }) => row)}\n\n${mapType('Inputs', rows, ({ sent }) => sent)}`,
  });
}
