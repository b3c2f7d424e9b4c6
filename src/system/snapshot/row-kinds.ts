/** The parts of a snapshot that are rows of one table each, as data: what is written of them, and by what they are known again. */
import type { Json } from '../../lib/json-body.ts';
import { jsonTextOf } from '../../lib/json-body.ts';
import { systemFields } from '../seed-fields.ts';
import { systemRelations } from '../seed-rows.ts';
import type { RowSection, Values } from './types.ts';

export interface RowKind {
  readonly section: RowSection;
  readonly table: string;
  /** In the order in which they are written. */
  readonly attributes: readonly string[];
  /** Those that tell which row is meant. */
  readonly key: readonly string[];
  /** Rows that the file does not name go. */
  readonly removes: boolean;
  /** Has a row left out: it is of this instance alone, or a secret, or part of every installation. */
  readonly leavesOut?: (values: Values) => boolean;
  /** The collections that a row speaks of, with the field of each where it names one: without them it says nothing. */
  readonly speaksOf?: (values: Values) => readonly (readonly [collection: Json, field?: Json])[];
  /** As it is written. */
  readonly shown?: (values: Values) => Values;
}

const names = (list: readonly string[]): ReadonlySet<string> => new Set(list);

/** Files have other ids elsewhere, the app stands elsewhere, and keys of services are secrets. */
const ownSettings = names([
  ...systemFields.filter(({ collection, type }) => collection === 'directus_settings' && type === 'file').map(({ field }) => field),
  'app_url',
  'youtube_api_key',
]);

const seededRelations = names(systemRelations.map(([many, field]) => `${many}.${field}`));

export const stars = '***';

/** What an address says of who calls, and with which keys, stays here. */
function withoutSecrets(url: Json): Json {
  if (typeof url !== 'string') return url;
  return url.replace(/^([a-z][\w+.-]*:\/\/)[^/?#]*@/i, `$1${stars}@`).replace(/\?[^#]+/, `?${stars}`);
}

export const rowKinds: readonly RowKind[] = [
  {
    section: 'roles',
    table: 'directus_roles',
    attributes: ['name', 'fixed', 'description', 'ip_whitelist', 'module_listing', 'collection_listing', 'enforce_2fa'],
    key: ['fixed', 'name'],
    removes: false,
  },
  {
    section: 'relations',
    table: 'directus_relations',
    attributes: ['collection_many', 'field_many', 'collection_one', 'field_one', 'junction_field'],
    key: ['collection_many', 'field_many', 'collection_one', 'field_one'],
    removes: true,
    speaksOf: ({ collection_many: many = null, field_many, collection_one: one = null, field_one }) => [
      [many, field_many ?? null],
      ...(one === null ? [] : [[one, field_one ?? null] as const]),
    ],
    leavesOut: (row) => seededRelations.has(`${String(row['collection_many'])}.${String(row['field_many'])}`),
  },
  {
    section: 'permissions',
    table: 'directus_permissions',
    attributes: [
      'role',
      'collection',
      'status',
      'create',
      'read',
      'update',
      'delete',
      'comment',
      'explain',
      'read_field_blacklist',
      'write_field_blacklist',
      'status_blacklist',
    ],
    key: ['role', 'collection', 'status'],
    removes: true,
    speaksOf: ({ collection = null }) => [[collection]],
  },
  {
    section: 'presets',
    table: 'directus_collection_presets',
    attributes: ['role', 'collection', 'title', 'search_query', 'filters', 'view_type', 'view_query', 'view_options', 'translation'],
    key: ['role', 'collection', 'title'],
    removes: true,
    speaksOf: ({ collection = null }) => [[collection]],
    leavesOut: (row) => (row['user'] ?? null) !== null,
  },
  {
    section: 'settings',
    table: 'directus_settings',
    attributes: ['key', 'value'],
    key: ['key'],
    removes: false,
    leavesOut: (row) => ownSettings.has(String(row['key'])),
  },
  {
    section: 'webhooks',
    table: 'directus_webhooks',
    attributes: ['collection', 'directus_action', 'http_action', 'url', 'status'],
    key: ['collection', 'directus_action', 'http_action', 'url'],
    removes: true,
    shown: (row) => ({ ...row, url: withoutSecrets(row['url'] ?? null) }),
  },
];

/** The text by which a row is known again. Of fixed roles their part tells, not their name. */
export function keyTextOf({ key }: RowKind, values: Values): string {
  const fixed = values['fixed'] ?? null;
  if (key[0] === 'fixed' && fixed !== null) return `fixed ${String(fixed)}`;
  return key.map((name) => jsonTextOf(values[name] ?? null)).join(' ');
}

/** How a row is named to people. */
export function nameOf({ section, key }: RowKind, values: Values): string {
  const parts = key.filter((name) => name !== 'fixed').map((name) => values[name] ?? null);
  const said = parts.filter((part) => part !== null).map((part) => (typeof part === 'string' ? part : jsonTextOf(part)));
  return `${section.replace(/s$/, '')} ${said.join(' ')}`;
}
