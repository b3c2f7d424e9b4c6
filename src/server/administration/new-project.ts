/** What a request to make a project says, checked (directus8-system §2.3). */
import { join } from 'node:path';
import { faultOfKey } from '../../config/load.ts';
import { newSecret } from '../../config/project-file.ts';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Credentials, checkCredentials } from '../../system/administrator.ts';

export interface NewProject {
  readonly key: string;
  readonly private: boolean;
  readonly database: DatabaseConfig;
  /** Of SQLite: the file, made where it is not there. */
  readonly filename?: string;
  readonly storageRoot: string;
  readonly administrator: Credentials;
  readonly projectName: string;
  readonly appUrl: string;
  /** What becomes of system tables that are there. */
  readonly present: 'refuse' | 'keep' | 'drop';
}

type Body = Readonly<Record<string, unknown>>;

const known = new Set([
  'super_admin_token',
  'project',
  'private',
  'existing',
  'force',
  'db_type',
  'db_host',
  'db_port',
  'db_name',
  'db_user',
  'db_password',
  'db_socket',
  'db_schemas',
  'user_email',
  'user_password',
  'user_token',
  'project_name',
  'app_url',
]);

const types: Readonly<Record<string, DatabaseConfig['client']>> = {
  mysql: 'mysql2',
  mariadb: 'mysql2',
  pgsql: 'pg',
  postgres: 'pg',
  postgresql: 'pg',
  sqlite: 'better-sqlite3',
};

const fault = (message: string): GatewayError => new GatewayError('validation', { message });

function textIn(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === '') return undefined;
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string') throw fault(`${name}: This value should be of type string.`);
  // The project file would take it for the name of a variable of the environment.
  if (text.includes('${')) throw fault(`${name}: this cannot stand in a project file: it holds "\${"`);
  if (text.length > 1000 || text.includes('\0')) throw fault(`${name}: this is too long, or no text`);
  return text;
}

function demanded(body: Body, names: readonly string[]): void {
  const blank = names.filter((name) => textIn(body, name) === undefined);
  if (blank.length > 0) throw fault(blank.map((name) => `${name}: This value should not be blank.`).join(' '));
}

function truthIn(body: Body, name: string): boolean {
  const value = body[name];
  if (value === undefined || value === null || value === false || value === 0 || value === '0' || value === 'false') return false;
  if (value === true || value === 1 || value === '1' || value === 'true') return true;
  throw fault(`${name}: This value should be of type bool.`);
}

function serverOf(body: Body, client: 'pg' | 'mysql2'): DatabaseConfig {
  demanded(body, ['db_name', 'db_user']);
  const port = textIn(body, 'db_port') ?? (client === 'pg' ? '5432' : '3306');
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) throw fault('db_port: this is no port');
  const socket = textIn(body, 'db_socket');
  const host = textIn(body, 'db_host') ?? 'localhost';
  const place = socket === undefined ? { host } : client === 'pg' ? { host: socket } : { socketPath: socket };
  const [user, password, database] = ['db_user', 'db_password', 'db_name'].map((name) => textIn(body, name));
  const connection = { ...place, port: Number(port), user, ...(password === undefined ? {} : { password }), database };
  const schemas = textIn(body, 'db_schemas')
    ?.split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (schemas && client !== 'pg') throw fault('db_schemas: only PostgreSQL has schemas');
  return { client, connection, ...(schemas && schemas.length > 0 ? { schemas } : {}) };
}

/** A file of the data folder: nothing of a name leads out of it. */
function filenameOf(body: Body, key: string, folder: string): string {
  const name = textIn(body, 'db_name') ?? key;
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw fault('db_name: of SQLite this is the name of a file in the folder of data; it holds letters, digits, ".", "_" and "-" only');
  }
  return join(folder, /\.[A-Za-z0-9]+$/.test(name) ? name : `${name}.sqlite`);
}

/** Throws `validation` with a sentence for what is missing or wrong. */
export function newProjectOf(given: unknown, dataFolder: string): NewProject {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) throw new GatewayError('invalid_payload');
  const body: Body = Object.fromEntries(Object.entries(given));
  const unknown = Object.keys(body).filter((name) => !known.has(name));
  if (unknown.length > 0) throw fault(`${unknown.join(', ')}: not known here; these belong into the project file`);
  const type = (textIn(body, 'db_type') ?? 'mysql').toLowerCase();
  const client = types[type];
  if (!client) throw fault(`db_type: This is one of ${Object.keys(types).join(', ')}.`);
  demanded(body, ['project', 'user_email', 'user_password']);
  const [key = '', email = '', password = '', token] = ['project', 'user_email', 'user_password', 'user_token'].map((name) =>
    textIn(body, name),
  );
  const wrong = faultOfKey(key) ?? (/^_./.test(key) ? 'a file whose name begins with "_" is switched off' : undefined);
  if (wrong !== undefined || key.length > 100) throw fault(`project: ${wrong ?? 'this is too long'}`);
  const administrator = { email, password, ...(token === undefined ? {} : { token }) };
  checkCredentials(administrator);
  const filename = client === 'better-sqlite3' ? filenameOf(body, key, dataFolder) : undefined;
  return {
    key,
    private: truthIn(body, 'private'),
    database: client === 'better-sqlite3' ? { client, connection: { filename: filename ?? '' } } : serverOf(body, client),
    ...(filename === undefined ? {} : { filename }),
    storageRoot: join(dataFolder, `${key}-files`),
    administrator,
    projectName: textIn(body, 'project_name') ?? 'Sallyport',
    appUrl: textIn(body, 'app_url') ?? '',
    present: truthIn(body, 'existing') ? 'keep' : truthIn(body, 'force') ? 'drop' : 'refuse',
  };
}

/** The content of its project file, with a secret of its own. */
export function contentOf({ database, storageRoot }: NewProject): object {
  return { database, secret: newSecret(), storage: { driver: 'local', root: storageRoot } };
}
