/** The operations on the rows of a collection: those of items, and of system collections, which have paths of their own. */
import { graphqlName } from '../../../schema/names.ts';
import { isHistory } from '../../../schema/system.ts';
import type { JsonSchema } from '../values.ts';
import type { Served, View } from '../view.ts';
import { component, type Described, enveloped, json, operation, type Paths, parameter, pathItem, schema } from './operations.ts';
import { inQuery as described, nested } from './query-parameter.ts';
import type { Refer } from './row-schemas.ts';

const inQuery = (name: string, of: JsonSchema, description: string, more: JsonSchema = { style: 'form', explode: false }): JsonSchema =>
  described(name, of, description, more);

/** Names that the answer of functions over rows has for itself. */
const functionNames = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'];

/** What a list answers with: rows, or groups of them, which hold what they are grouped by. */
function listed({ collection }: Served, item: JsonSchema): JsonSchema {
  const groups = schema('Aggregates');
  const distinct = functionNames.some((name) => collection.fields.has(name) || collection.relations.has(name));
  return { type: 'array', items: { anyOf: [item, distinct ? groups : { allOf: [item, groups] }] } };
}

const file = (type: string): JsonSchema => ({ [type]: { schema: { type: 'string' } } });

interface Writing {
  readonly served: Served;
  readonly view: View;
  readonly refer: Refer;
  readonly operation: (id: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'>) => JsonSchema;
}

function reads({ served, view, refer, operation }: Writing): { list: JsonSchema; one: JsonSchema } {
  const { collection } = served;
  const item = refer(served, 'Item');
  const fields = inQuery('fields', refer(served, 'Fields'), 'What is shown of each row');
  const about = [parameter('Deep'), ...(collection.lang || hasTranslations(served) ? [parameter('Lang')] : [])];
  const parameters = [
    fields,
    inQuery('filter', refer(served, 'Filter'), 'Which rows; may also be one JSON text', nested),
    inQuery('sort', refer(served, 'Sort'), 'In which order; a minus turns it round'),
    ...['Limit', 'Offset', 'Page', 'Q', 'Search'].map(parameter),
    ...(collection.status ? [parameter('Status')] : []),
    ...about,
    ...['Meta', 'Cursor'].map(parameter),
    inQuery('aggregate', refer(served, 'Aggregated'), 'What is worked out over the rows', nested),
    inQuery('groupBy', refer(served, 'Group'), 'What the rows are grouped by'),
    parameter('Export'),
    parameter('IfNoneMatch'),
    ...explaining(view),
  ];
  const content = { ...json(enveloped(listed(served, item))), ...file('text/csv'), ...file('application/x-ndjson') };
  const whole = { '200': { description: 'The rows, or groups of them', headers: tagged, content }, '304': unchanged };
  const found = { '200': { description: 'The row', headers: tagged, content: json(enveloped(item)) }, '304': unchanged };
  return {
    list: operation('list', 'Rows', { parameters, answer: whole }),
    one: operation('read', 'A row', { parameters: [fields, ...about, parameter('IfNoneMatch'), ...explaining(view)], answer: found }),
  };
}

const tagged = { ETag: component('headers', 'ETag') };
const unchanged = component('responses', 'Unchanged');

const hasTranslations = ({ collection }: Served): boolean =>
  [...collection.relations.values()].some((relation) => relation.kind === 'o2m' && relation.translation);

const counted: JsonSchema = { type: 'object', required: ['count'], properties: { count: { type: 'integer' } } };

/** Who writes may leave a reason, and send a request again without its being done again. */
const safely = [parameter('Comment'), parameter('IdempotencyKey')];

/** Relations come with columns of tables, which have no dry run. */
const writingOf = ({ system, name }: Served['collection']) =>
  system && name === 'directus_relations' ? safely : [...safely, parameter('DryRun')];

/** How a read is answered is told to administrators. */
const explaining = ({ who }: View) => (who === 'administrator' ? ['Explain', 'AsRole'].map(parameter) : []);

/** Each is put together where it may be used alone: schemas that nothing refers to are not made. */
function writes({ served, view, refer, operation }: Writing) {
  const { collection, read } = served;
  const writing = writingOf(collection);
  const item = (): JsonSchema => refer(served, 'Item');
  const items = (): JsonSchema => ({ type: 'array', items: item() });
  const fields = () => (read ? [inQuery('fields', refer(served, 'Fields'), 'What is shown of each row that was written')] : []);
  const shown = (of: () => JsonSchema) => (read ? { data: of(), silent: true } : {});
  const keys = collection.key.filter((field) => view.visible.field(field) !== 'no').map(({ name }) => name);
  const where = () => [inQuery('filter', refer(served, 'Filter'), 'Which rows', nested), parameter('Most')];
  return {
    create() {
      const create = refer(served, 'Create');
      const upsert = inQuery('upsert', { type: 'array', items: { type: 'string' } }, 'The columns that tell which rows are there already');
      return operation('create', 'Makes rows', {
        parameters: [...fields(), upsert, ...writing],
        body: { anyOf: [create, { type: 'array', items: create }] },
        ...shown(() => ({ anyOf: [item(), items()] })),
      });
    },
    changeMany() {
      const values = refer(served, 'Update');
      const keyed = { type: 'array', items: { allOf: [values], required: keys } };
      return operation('change', 'Changes the rows of a list by their keys, or, by one object of values, those that a filter names', {
        parameters: [...fields(), ...(read ? where() : []), ...writing],
        body: keys.length === collection.key.length ? { anyOf: [keyed, values] } : values,
        ...shown(() => ({ anyOf: [items(), counted] })),
      });
    },
    deleteMany: () =>
      operation('delete_matching', 'Deletes the rows that a filter names', { parameters: [...where(), ...writing], data: counted }),
    change: () =>
      operation('update', 'Changes a row', {
        parameters: [...fields(), parameter('IfMatch'), ...writing],
        body: refer(served, 'Update'),
        ...shown(item),
      }),
    remove: () => operation('delete', 'Deletes a row', { parameters: [parameter('IfMatch'), ...writing], silent: true }),
    revert: () => operation('revert', 'Makes a row what it was', { parameters: [...fields(), ...writing], ...shown(item) }),
  };
}

/** The paths of a collection. */
export function rowPaths(served: Served, view: View, refer: Refer): Paths {
  const { collection, path, read, does } = served;
  const { system, key, name } = collection;
  const known = graphqlName(name);
  const named: Writing['operation'] = (id, summary, more) => operation({ ...more, id: `${id}_${known}`, summary, tag: name });
  const parts: Writing = { served, view, refer, operation: named };
  const write = writes(parts);
  const seen = read ? reads(parts) : undefined;
  const can = (action: 'create' | 'update' | 'delete'): boolean => does.has(action);
  // Files come with content, in ways of their own (special-paths.ts).
  const plain = name !== 'directus_files' || !system;
  const revisions = key.length > 0 && read && !isHistory(collection) && revisionsFor(view);
  const history = revisions ? historyOf(revisions, parts) : undefined;
  return [
    ...pathItem(`/${path}`, {
      get: seen?.list,
      post: can('create') && plain && write.create(),
      patch: can('update') && write.changeMany(),
      delete: can('delete') && !system && read && write.deleteMany(),
    }),
    ...pathItem(
      `/${path}/{id}`,
      {
        get: key.length > 0 && seen?.one,
        patch: can('update') && plain && write.change(),
        delete: can('delete') && write.remove(),
      },
      [parameter('Id')],
    ),
    ...pathItem(`/${path}/{id}/revisions`, { get: history?.list }, [parameter('Id')]),
    ...pathItem(`/${path}/{id}/revisions/{offset}`, { get: history?.one }, [parameter('Id'), parameter('Place')]),
    ...pathItem(`/${path}/{id}/revert/{revision}`, { patch: history !== undefined && can('update') && write.revert() }, [
      parameter('Id'),
      parameter('Revision'),
    ]),
  ];
}

/** The history, where it may be read. */
function revisionsFor(view: View): Served | undefined {
  const revisions = view.served.get('directus_revisions');
  return revisions?.read ? revisions : undefined;
}

function historyOf(revisions: Served, { view, refer, operation }: Writing): { list: JsonSchema; one: JsonSchema } {
  const item = refer(revisions, 'Item');
  const parameters = [...['Limit', 'Offset', 'Meta'].map(parameter), ...explaining(view)];
  return {
    list: operation('list_revisions', 'What a row has been', { parameters, data: { type: 'array', items: item } }),
    one: operation('read_revision', 'What a row was, counted from the first', { parameters: explaining(view), data: item }),
  };
}
