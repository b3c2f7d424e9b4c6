/** What the role may use: its collections, what may be done with them, and their fields. */
import { call, dataOf } from './api.js';

const segments = {
  directus_users: 'users',
  directus_roles: 'roles',
  directus_permissions: 'permissions',
  directus_files: 'files',
  directus_folders: 'folders',
  directus_activity: 'activity',
  directus_revisions: 'revisions',
  directus_settings: 'settings',
};

export const operations = [
  { id: 'list', label: 'List', needs: 'read' },
  { id: 'item', label: 'Item', needs: 'read' },
  { id: 'aggregate', label: 'Aggregate', needs: 'read' },
  { id: 'create', label: 'Create', needs: 'create' },
  { id: 'update', label: 'Update', needs: 'update' },
  { id: 'delete', label: 'Delete', needs: 'delete' },
];

/** Where the rows of a collection are. */
export const pathOf = (collection) =>
  segments[collection] === undefined ? `/items/${encodeURIComponent(collection)}` : `/${segments[collection]}`;

const all = new Set(['create', 'read', 'update', 'delete']);

/** Collections with what the role may do, by name. */
export async function collectionsOf({ administrator }) {
  if (administrator) {
    const rows = (await dataOf('/collections')) ?? [];
    return rows.filter(isServed).map(({ collection }) => ({ name: collection, may: all, system: collection.startsWith('directus_') }));
  }
  const found = new Map();
  for (const row of (await dataOf('/permissions/me')) ?? []) {
    const may = found.get(row.collection) ?? new Set();
    for (const action of all) if (row[action] !== 'none') may.add(action);
    found.set(row.collection, may);
  }
  return [...found]
    .filter(([name, may]) => may.size > 0 && isServed({ collection: name }))
    .map(([name, may]) => ({ name, may, system: name.startsWith('directus_') }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

const isServed = ({ collection }) => !collection.startsWith('directus_') || segments[collection] !== undefined;

/** Names and types of a collection's fields, as far as the role may know them. */
export async function fieldsOf({ name, may }) {
  const rows = await dataOf(`/fields/${encodeURIComponent(name)}`);
  if (rows) return rows.map(({ field, type, primary_key: key }) => ({ name: field, type, key: Boolean(key) }));
  if (!may.has('read')) return [];
  const { status, text } = await call('GET', `${pathOf(name)}?limit=1`);
  const row = status === 200 ? JSON.parse(text).data?.[0] : undefined;
  return Object.keys(row ?? {}).map((field) => ({ name: field, type: '', key: field === 'id' }));
}
