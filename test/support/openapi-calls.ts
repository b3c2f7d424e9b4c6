/** A call of every operation of the administrator's document of the garden, as the text of a program for a typed client. */
import { bedIds } from '../fixtures/garden-foreign.ts';
import type { Operation } from './openapi.ts';

/** What a program is given beside the client. */
export const programHead = `
  type Client = ReturnType<typeof createClient<paths, 'application/json'>>;
  interface Told { readonly response: Response; readonly data?: unknown; readonly error?: unknown }
  interface World {
    tell(id: string, answer: Told): void;
    id(name: string): string;
    row<Key extends string>(name: string): { [K in Key]: string };
    reset(): Promise<string>;
    otp(): string;
    callback(): Promise<{ code: string; state: string; iss: string; cookie: string }>;
  }`;

export const secondFactor = 'JBSWY3DPEHPK3PXP';

/** Rows to be made: nothing but what each must have. */
export const created: Readonly<Record<string, object>> = {
  families: { code: 'NEW', name: 'New' },
  plants: { title: 'New', status: 'draft', family: 'ROS', uses: [{ weight: 2, use_id: { name: 'shade' } }] },
  bad_status: { status: 'any' },
  plant_overview: { title: 'New' },
  tasks: { title: 'New', state: 1 },
  keepers: { id: '77', name: 'Nan' },
  beds: { id: '0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0009', label: 'New' },
  bed_plants: { bed: bedIds[2], plant: 1 },
  shipments: { depot: 'east', number: 4 },
  shipment_lines: { depot: 'north', number: 1, line: 9 },
  measures: { id: 9, exact: '1.5' },
  directus_users: { email: 'ines@garden.test', password: 'password', role: 3, status: 'active' },
  directus_roles: { name: 'Harbour' },
  directus_permissions: { role: 5, collection: 'uses', read: 'full' },
  directus_relations: { collection_many: 'uses', field_many: 'name', collection_one: 'uses' },
  directus_settings: { key: 'harbour', value: 'North' },
  directus_folders: { name: 'Docks' },
  directus_collection_presets: { collection: 'uses', title: 'mine', user: 1 },
  directus_webhooks: {
    status: 'inactive',
    http_action: 'post',
    url: 'https://hooks.example/',
    collection: 'uses',
    directus_action: 'item.create:after',
  },
};

/** What is changed in a row. */
export const changed: Readonly<Record<string, object>> = {
  families: { note: 'x' },
  zones: { name: 'x' },
  plants: { latin: 'x' },
  plant_texts: { name: 'x' },
  uses: { name: 'x' },
  plant_uses: { weight: 3 },
  sightings: { note: 'x' },
  tasks: { title: 'x' },
  bad_status: { status: 'x' },
  plant_overview: { title: 'x' },
  keepers: { name: 'x' },
  beds: { label: 'x' },
  bed_plants: { quantity: 3 },
  shipments: { weight: '2.25' },
  shipment_lines: { item: 'x' },
  measures: { label: 'x' },
  order: { group: 'x' },
  directus_users: { title: 'x' },
  directus_roles: { description: 'x' },
  directus_permissions: { read: 'none' },
  directus_relations: { field_one: null },
  directus_settings: { value: 'South' },
  directus_folders: { name: 'Quays' },
  directus_collection_presets: { title: 'ours' },
  directus_webhooks: { url: 'https://hooks.example/other' },
  directus_files: { title: 'Dot' },
};

/** Columns of keys that are not `id`. */
const keys: Readonly<Record<string, readonly string[]>> = {
  families: ['code'],
  bed_plants: ['bed', 'plant'],
  shipments: ['depot', 'number'],
  shipment_lines: ['depot', 'number', 'line'],
};

/** The columns of the key of a collection's rows. */
export const keyOf = (collection: string): readonly string[] => keys[collection] ?? ['id'];

export const picture = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkAAIAAAoAAv/lxKUAAAAASUVORK5CYII=';
const file = { data: picture, filename_disk: 'dot.png', filename_download: 'dot.png' };
const column = { field: 'id', type: 'integer', datatype: 'INT', primary_key: true, auto_increment: true };
const nameColumn = { field: 'name', type: 'string', datatype: 'VARCHAR', length: 20 };
const edda = { email: 'edda@garden.test', password: 'password' };
const text = JSON.stringify;
const path = (values: object): string => `params: { path: ${text(values)} }`;
const asText = `parseAs: 'text'`;

/** The arguments of operations that are about no rows of a collection in particular. */
const special: Readonly<Record<string, string>> = {
  sign_in: `body: ${text(edda)}`,
  refresh_token: `body: { token: w.id('sign_in') }`,
  forget_password: `body: { email: 'edda@garden.test' }`,
  reset_password: `body: { token: await w.reset(), password: 'another one' }`,
  sign_out_user: path({ user: '3' }),
  end_session: path({ user: '3', session: '1' }),
  begin_sign_in: `${path({ provider: 'directory' })}, ${asText}`,
  finish_sign_in: `params: { path: { provider: 'directory' }, query: { code: (c = await w.callback()).code, state: c.state, iss: c.iss } }, headers: { cookie: c.cookie }`,
  exchange_token: `body: { request_token: 'none' }`,
  exchange_code: `params: { path: { provider: 'directory' } }, body: { code: 'none' }`,
  track_page: `params: { path: { id: 'me' } }, body: { last_page: '/uses' }`,
  begin_second_factor: `params: { path: { id: '5' } }, body: { '2fa_secret': '${secondFactor}', otp: w.otp() }`,
  end_second_factor: path({ id: '5' }),
  invite_users: `body: { email: 'new@garden.test' }`,
  upload_file: `body: ${text(file)}`,
  change_file: `params: { path: { id: w.id('upload_file') } }, body: { title: 'Dot' }`,
  read_asset: `params: { path: { name: w.id('asset') } }, ${asText}`,
  download_asset: `params: { path: { name: w.id('asset') } }, ${asText}`,
  create_comment: `body: { collection: 'uses', item: 1, comment: 'wet' }`,
  update_comment: `params: { path: { id: w.id('create_comment') } }, body: { comment: 'dry' }`,
  delete_comment: `params: { path: { id: w.id('create_comment') } }`,
  create_collection: `body: ${text({ collection: 'piers', fields: [column, nameColumn] })}`,
  read_collection: path({ collection: 'plants' }),
  update_collection: `${path({ collection: 'piers' })}, body: { icon: 'anchor' }`,
  delete_collection: path({ collection: 'piers' }),
  list_fields_of: path({ collection: 'plants' }),
  create_field: `${path({ collection: 'piers' })}, body: ${text({ field: 'depth', type: 'integer', datatype: 'INT' })}`,
  update_fields: `${path({ collection: 'piers' })}, body: ${text([{ field: 'name', note: 'x' }])}`,
  read_field: path({ collection: 'plants', field: 'title' }),
  update_field: `${path({ collection: 'piers', field: 'depth' })}, body: { note: 'metres' }`,
  delete_field: path({ collection: 'piers', field: 'depth' }),
  read_own_permission: path({ collection: 'plants' }),
  explain_permission: `params: { query: { collection: 'plants', role: '3' } }`,
  write_batch: `body: ${text({ operations: [{ method: 'create', collection: 'uses', item: { name: 'b' } }] })}`,
  ask_graphql: `body: { query: '{ uses { data { id } } }' }`,
  send_mail: `body: ${text({ to: ['a@b.test'], subject: 'Hi', body: '<p>Hi</p>' })}`,
  list_collections: '',
  list_fields: '',
  list_providers: '',
  list_sessions: '',
  list_own_permissions: '',
  hash_text: `body: { string: 'a' }`,
  match_hash: `body: { string: 'a', hash: 'b' }`,
  random_text: `body: { length: 8 }`,
  read_sdl: asText,
  read_types: asText,
};

/** Refused whatever is sent: what only a browser brings, and a new row of a view of which MySQL says that it can be changed. */
export const refused: ReadonlyMap<string, number> = new Map([
  ['exchange_token', 401],
  ['exchange_code', 401],
  ['create_plant_overview', 422],
]);

const rows = /^(list|read|create|change|update|delete_matching|delete|revert|list_revisions|read_revision)_(.+)$/;

/** What stands behind the verb in the id of an operation is a collection's name, as GraphQL has it. */
function aboutRows({ id, path }: Operation): { readonly verb: string; readonly name: string } | undefined {
  if (id in special || !/^\/(items\/|[a-z_]+(\/\{id\}|$))/.test(path)) return undefined;
  const verbs = ['list_revisions', 'read_revision', 'delete_matching', 'list', 'read', 'create', 'change', 'update', 'delete', 'revert'];
  const verb = verbs.find((one) => id.startsWith(`${one}_`));
  return rows.test(id) && verb ? { verb, name: id.slice(verb.length + 1) } : undefined;
}

function rowArguments(verb: string, name: string): string {
  const id = `w.id(${text(name)})`;
  const where = Object.fromEntries(keyOf(name).map((key) => [key, { _eq: 'none' }]));
  const listed = `w.row<${keyOf(name)
    .map((key) => text(key))
    .join(' | ')}>(${text(name)})`;
  const values = changed[name] ?? {};
  // To TypeScript every object has a `constructor` that is no text.
  const loose = name.startsWith('Odd') ? ' as never' : '';
  switch (verb) {
    case 'list':
      return `params: { query: { fields: ['*.*'], limit: 3, meta: ['*'] } }`;
    case 'create':
      return `body: ${text(created[name] ?? {})}${loose}`;
    case 'change':
      return `body: [{ ...${listed}, ...${text(values)} }] as never`;
    case 'delete_matching':
      return `params: { query: { filter: ${text(where)}, limit: 1 } } as never`;
    case 'update':
      return `params: { path: { id: ${id} } }, body: ${text(values)}${loose}`;
    case 'read_revision':
      return `params: { path: { id: ${id}, offset: 0 } }`;
    case 'revert':
      return `params: { path: { id: ${id}, revision: w.id('revision ${name}') } }`;
    default:
      return `params: { path: { id: ${id} } }`;
  }
}

/** Rows are made before they are read, and deleted at the end; those that others point at last. */
function turn({ id, path }: Operation): number {
  const about = aboutRows({ id, path, method: '', item: undefined });
  if (about)
    return (
      { create: 0, list: 2, read: 2, change: 3, update: 3, list_revisions: 4, read_revision: 4, revert: 5, delete_matching: 6, delete: 7 }[
        about.verb
      ] ?? 2
    );
  const early = ['sign_in', 'upload_file', 'create_comment', 'create_collection', 'forget_password', 'begin_second_factor'];
  const late = ['delete_comment', 'delete_field', 'end_second_factor', 'sign_out_user', 'end_session', 'sign_out'];
  if (id === 'delete_collection') return 9;
  return early.includes(id) ? 1 : late.includes(id) ? 8 : 2;
}

/** The statements of the program. */
export function programBody(operations: readonly Operation[]): string {
  const ordered = [...operations].sort((a, b) => turn(a) - turn(b));
  const lines = ordered.map((operation) => {
    const about = aboutRows(operation);
    const given = about ? rowArguments(about.verb, about.name) : (special[operation.id] ?? '');
    return `w.tell(${text(operation.id)}, await client.${operation.method.toUpperCase()}(${text(operation.path)}, {${given}}));`;
  });
  return ['let c;', ...lines].join('\n');
}

/** The collection whose rows the operation makes. */
export function madeBy(operation: Operation): string | undefined {
  const about = aboutRows(operation);
  return about?.verb === 'create' ? about.name : undefined;
}
