/** What the role may use: its collections, what may be done with them, and their fields, out of the OpenAPI document of the role. */
import { call } from './api.js';

export const operations = [
  { id: 'list', label: 'List', needs: 'read' },
  { id: 'item', label: 'Item', needs: 'item' },
  { id: 'aggregate', label: 'Aggregate', needs: 'read' },
  { id: 'create', label: 'Create', needs: 'create' },
  { id: 'update', label: 'Update', needs: 'update' },
  { id: 'delete', label: 'Delete', needs: 'delete' },
];

/** Ids of operations on rows begin with what they do. */
const needs = { list: 'read', read: 'item', create: 'create', update: 'update', delete: 'delete' };

/** The collections with where they are, what the role may do with them, and their fields. */
export async function collectionsOf() {
  const { status, text } = await call('GET', '/openapi.json');
  return status === 200 ? ofDocument(JSON.parse(text)) : [];
}

function ofDocument({ paths, components }) {
  const found = new Map();
  for (const [path, item] of Object.entries(paths)) {
    const [, place, keyed] = /^(\/items\/[^/]+|\/[^/]+)(\/\{id\})?$/.exec(path) ?? [];
    for (const operation of Object.values(item)) {
      const [, does] = /^(list|read|create|update|delete)_/.exec(operation?.operationId ?? '') ?? [];
      const [name] = operation?.tags ?? [];
      if (!place || !does || (does === 'list' || does === 'create') !== (keyed === undefined)) continue;
      if (!place.startsWith('/items/') && !name.startsWith('directus_')) continue;
      const known = found.get(name) ?? { name, path: place, may: new Set(), system: !place.startsWith('/items/'), schema: undefined };
      known.may.add(needs[does]);
      known.schema ??= /schemas\/(\w+?)(?:Item|Create|Update)"/.exec(JSON.stringify(operation))?.[1];
      found.set(name, known);
    }
  }
  return [...found.values()].map(({ schema, ...collection }) => ({ ...collection, fields: fieldsOf(components.schemas, schema) }));
}

/** Names and types of what may be read, or else of what may be sent. */
function fieldsOf(schemas, name) {
  const read = schemas[`${name}Item`]?.properties;
  const sent = schemas[`${name}Update`]?.properties ?? {};
  return Object.entries(read ?? sent).map(([field, schema]) => ({
    name: field,
    type: typeOf(schema),
    written: Object.hasOwn(sent, field) && !schema.items,
  }));
}

const typeOf = ({ type, format, anyOf }) =>
  [format ?? type ?? (anyOf ? anyOf.map(typeOf) : 'related')]
    .flat()
    .filter((one) => one !== 'null')
    .join(' or ');
