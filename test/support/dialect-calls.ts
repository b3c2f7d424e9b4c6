/** A call of every operation of the administrator's documents of the other dialects, as the text of a program for a typed client. */
import { bedIds } from '../fixtures/garden-foreign.ts';
import type { Operation } from './openapi.ts';
import { changed, created } from './openapi-calls.ts';

export type Dialect = 'strapi' | 'payload';

/** What a program is given beside the client. */
export const programHead = `
  type Client = ReturnType<typeof createClient<paths>>;
  interface Told { readonly response: Response; readonly data?: unknown; readonly error?: unknown }
  interface World {
    tell(id: string, answer: Told): void;
    id(name: string): string;
    form(part: string): FormData;
    reset(): Promise<string>;
  }`;

const text = JSON.stringify;

/** New rows by the means of every dialect: no rows of relations inside. */
const bodies: Readonly<Record<string, object>> = {
  ...created,
  plants: { title: 'New', status: 'draft', family: 'ROS' },
  directus_users: { email: 'ines@garden.test', password: 'password', role: 3 },
};

/** What a copy may not have in common with its original. */
const otherwise: Readonly<Record<string, object>> = {
  bed_plants: { bed: bedIds[2], plant: 2 },
  beds: { id: '0b2cd2f4-6a1e-4c58-9a53-1d6f3f6a0019' },
  directus_users: { email: 'ivo@garden.test', password: 'password' },
  families: { code: 'NEX' },
  keepers: { id: '78' },
  measures: { id: 19 },
  shipment_lines: { depot: 'north', number: 1, line: 8 },
  shipments: { depot: 'east', number: 5 },
  tasks: { state: 1 },
};

const byPath = (name: string): string => `params: { path: { id: w.id(${text(name)}) } }`;
const passwords = `password: 'another one', passwordConfirmation: 'another one'`;
const form = (part: string): string => `body: { ${part}: '' }, bodySerializer: () => w.form(${text(part)})`;
const signed = `headers: { authorization: 'JWT ' + w.id('token') }`;

/** The arguments of operations that are about no type of content. */
const special: Readonly<Record<Dialect, Readonly<Record<string, string>>>> = {
  strapi: {
    sign_in: `body: { identifier: 'edda@garden.test', password: 'password' }`,
    register: `body: { username: 'newt', email: 'newt@garden.test', password: 'a password' }`,
    forgot_password: `body: { email: 'edda@garden.test' }`,
    reset_password: `body: { code: await w.reset(), ${passwords} }`,
    change_password: `headers: { authorization: 'Bearer ' + w.id('token') }, body: { currentPassword: 'another one', password: 'a third one', passwordConfirmation: 'a third one' }`,
    list_users: '',
    count_users: '',
    read_me: '',
    create_user: `body: ${text({ username: 'ines', email: 'ines@garden.test', password: 'password', role: 3 })}`,
    read_user: byPath('create_user'),
    update_user: `${byPath('create_user')}, body: { first_name: 'Ines' }`,
    delete_user: byPath('create_user'),
    list_files: '',
    read_file: byPath('upload'),
    delete_file: byPath('upload'),
    upload: form('files'),
  },
  payload: {
    sign_in: `body: { email: 'edda@garden.test', password: 'password' }`,
    sign_out: signed,
    refresh_token: signed,
    read_me: '',
    read_init: '',
    read_access: '',
    forgot_password: `body: { email: 'edda@garden.test' }`,
    reset_password: `body: { token: await w.reset(), password: 'another one' }`,
    unlock_user: `body: { email: 'edda@garden.test' }`,
    list_preferences: '',
    read_preference: `params: { path: { key: 'shown' } }`,
    keep_preference: `params: { path: { key: 'shown' } }, body: { value: { columns: ['title'] } }`,
    delete_preference: `params: { path: { key: 'shown' } }`,
    upload: form('file'),
    read_file: `params: { path: { filename: w.id('filename') } }, parseAs: 'text'`,
  },
};

const verbs = [
  'versions_of',
  'version_of',
  'restore',
  'duplicate',
  'access_to_global',
  'access_to',
  'access',
  'find_by_id',
  'find_global',
  'update_global',
  'update_matching',
  'delete_matching',
  'find',
  'count',
  'localise',
  'list',
  'read',
  'create',
  'update',
  'delete',
];

interface About {
  readonly verb: string;
  readonly name: string;
}

function aboutOf(id: string): About {
  const verb = verbs.find((one) => id.startsWith(`${one}_`)) ?? '';
  return { verb, name: id.slice(verb.length + 1) };
}

/** What there is of single types has no key in its address. */
function contentArguments(dialect: Dialect, { id, path }: Operation): string {
  const { verb, name } = aboutOf(id);
  const where = `where: { id: { equals: w.id(${text(name)}) } }`;
  // To TypeScript every object has a `constructor` that is no text.
  const loose = name.startsWith('Odd') ? ' as never' : '';
  const sent = (values: object | undefined): string =>
    `body: ${text(dialect === 'strapi' ? { data: values ?? {} } : (values ?? {}))}${loose}`;
  const key = path.includes('{id}') ? [byPath(name)] : [];
  switch (verb) {
    case 'list':
      return `params: { query: { populate: '*', 'pagination': { pageSize: 3 } } }`;
    case 'find':
      return 'params: { query: { limit: 3, depth: 1 } }';
    case 'create':
      return sent(bodies[name]);
    case 'update':
    case 'update_global':
      return [...key, sent(changed[name])].join(', ');
    case 'update_matching':
      return `params: { query: { ${where} } }, ${sent(changed[name])}`;
    case 'versions_of':
      return 'params: { query: { limit: 2 } }';
    case 'version_of':
    case 'restore':
      return `params: { path: { id: w.id(${text(`version ${name}`)}) } }`;
    case 'localise':
      return `${byPath(name)}, body: { locale: 'la' }`;
    case 'duplicate':
      return `${byPath(name)}, body: ${text(otherwise[name] ?? {})}`;
    case 'delete_matching':
      return `params: { query: { ${where} } }`;
    case 'read':
      // New entries may be drafts.
      return [
        `params: { ${[...(path.includes('{id}') ? [`path: { id: w.id(${text(name)}) }`] : []), `query: { publicationState: 'preview', status: 'draft' }`].join(', ')} }`,
      ].join('');
    default:
      return key.join('');
  }
}

const turns: Readonly<Record<string, number>> = {
  sign_in: 0,
  refresh_token: 0.5,
  register: 1,
  upload: 1,
  keep_preference: 1,
  create_user: 1,
  forgot_password: 2,
  reset_password: 3,
  change_password: 4,
  delete_user: 7,
  delete_file: 7,
  delete_preference: 7,
  // What the link of a mail changed ends the sessions before it.
  sign_out: 1,
};

const verbTurns: Readonly<Record<string, number>> = {
  create: 1,
  duplicate: 2,
  versions_of: 6,
  version_of: 6.2,
  restore: 6.4,
  update: 5,
  update_global: 5,
  update_matching: 5,
  delete: 7,
  delete_matching: 8,
};

/** Rows are made before they are read, and deleted at the end. */
const turnOf = ({ id }: Operation): number => turns[id] ?? verbTurns[aboutOf(id).verb] ?? 3;

/** The statements of the program. */
export function dialectProgram(dialect: Dialect, operations: readonly Operation[]): string {
  const ordered = [...operations].sort((a, b) => turnOf(a) - turnOf(b));
  const lines = ordered.map((operation) => {
    const given = special[dialect][operation.id] ?? contentArguments(dialect, operation);
    return `w.tell(${text(operation.id)}, await client.${operation.method.toUpperCase()}(${text(operation.path)}, {${given}}));`;
  });
  return lines.join('\n');
}

/** The name under which a later operation asks for the row. */
export function madeBy({ id }: Operation): string {
  const { verb, name } = aboutOf(id);
  return verb === 'create' && id !== 'create_user' ? name : id;
}
