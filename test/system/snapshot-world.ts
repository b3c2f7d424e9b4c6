/** A project with something of everything that a snapshot tells, made through the API of a running server. */
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { installSystem } from '../support/garden.ts';
import { startGateway } from '../support/gateway.ts';
import { hangUp } from '../support/http.ts';

const token = 'token-of-the-admin';
const mapping = { live: { name: 'Live', soft_delete: false }, gone: { name: 'Gone', soft_delete: true } };
const key = { field: 'id', type: 'integer', datatype: 'INT', interface: 'primary-key', primary_key: true, auto_increment: true };

const collections = [
  {
    collection: 'makers',
    icon: 'person',
    fields: [key, { field: 'name', type: 'string', datatype: 'VARCHAR', length: 80, required: true }],
  },
  {
    collection: 'boats',
    note: 'what floats',
    translation: [{ locale: 'de-DE', translation: 'Boote' }],
    fields: [
      { field: 'code', type: 'string', datatype: 'VARCHAR', length: 12, primary_key: true, required: true },
      { field: 'status', type: 'status', datatype: 'VARCHAR', length: 20, default_value: 'live', options: { status_mapping: mapping } },
      { field: 'maker', type: 'm2o', datatype: 'INT', interface: 'many-to-one', foreign_key: 'makers', signed: true },
      { field: 'price', type: 'decimal', datatype: 'DECIMAL', length: '10,2', default_value: '1.50' },
      { field: 'weight', type: 'decimal', datatype: 'DOUBLE' },
      { field: 'count', type: 'integer', datatype: 'BIGINT', signed: true, default_value: 3 },
      { field: 'sold', type: 'boolean', datatype: 'TINYINT', default_value: true },
      { field: 'hull', type: 'string', datatype: 'CHAR', length: 8, unique: true },
      { field: 'story', type: 'string', datatype: 'TEXT', interface: 'textarea' },
      { field: 'plan', type: 'json', datatype: 'JSON' },
      { field: 'tags', type: 'array', datatype: 'VARCHAR', length: 200 },
      { field: 'built', type: 'date', datatype: 'DATE', default_value: '2020-01-02' },
      { field: 'launched', type: 'time', datatype: 'TIME' },
      { field: 'made_on', type: 'datetime_created', datatype: 'DATETIME', interface: 'datetime-created' },
      { field: 'picture', type: 'binary', datatype: 'BLOB' },
      { field: 'more', type: 'group', interface: 'group' },
      { field: 'line', type: 'alias', interface: 'divider' },
    ],
  },
];

/** Fills an empty database. */
export async function makeWorld(config: DatabaseConfig): Promise<void> {
  await installSystem(config, token);
  const gateway = await startGateway({ boats: config });
  const send = async (method: string, path: string, body: unknown): Promise<{ readonly id: number }> => {
    const answer = await fetch(`${gateway.url}/boats/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { data, error } = (await answer.json()) as { data: { id: number }; error?: unknown };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(error)}`);
    return data;
  };
  try {
    for (const collection of collections) await send('POST', 'collections', collection);
    await send('POST', 'fields/makers', { field: 'boats', type: 'o2m', interface: 'one-to-many' });
    const tied = { collection_many: 'boats', field_many: 'maker', collection_one: 'makers', field_one: 'boats', junction_field: null };
    await send('POST', 'relations', tied);
    const group = await send('POST', 'fields/boats', { field: 'papers', type: 'group', interface: 'group' });
    await send('PATCH', 'fields/boats/story', { group: group.id, sort: 4, translation: [{ locale: 'de-DE', translation: 'Geschichte' }] });
    await send('POST', 'fields/directus_users', { field: 'desk', type: 'string', datatype: 'VARCHAR', length: 10 });
    const { id: role } = await send('POST', 'roles', {
      name: 'Harbour',
      ip_whitelist: ['10.0.0.1'],
      collection_listing: [{ group_name: 'A' }],
    });
    await send('POST', 'permissions', { role, collection: 'boats', status: 'live', read: 'full', read_field_blacklist: ['price', 'plan'] });
    await send('POST', 'permissions', { role: 2, collection: 'makers', read: 'full' });
    await send('POST', 'collection_presets', {
      collection: 'boats',
      role,
      title: null,
      filters: [{ field: 'code', operator: 'eq', value: 'é' }],
    });
    await send('POST', 'collection_presets', { collection: 'boats', user: 1, title: 'mine' });
    await send('POST', 'settings', { key: 'harbour', value: 'North' });
    const hook = { status: 'inactive', http_action: 'post', collection: 'boats', directus_action: 'item.create:after' };
    await send('POST', 'webhooks', { ...hook, url: 'https://example.com/boats' });
  } finally {
    hangUp();
    await gateway.close();
  }
}
