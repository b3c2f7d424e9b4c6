/** Project files and environment become configurations; every fault of every file is found in one go. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { connectionOfUrl } from './database-url.ts';
import { type Environment, fillFromEnvironment } from './fill.ts';
import { checkProjectFile, databaseOf, type Fault, furtherFaults, type ProjectFile, redisFaults } from './schema.ts';
import { storageOf } from './storage-schema.ts';
import type { ProjectConfig } from './types.ts';

/** The folder of extensions where no setting names another. */
export const extensionsFolder = 'extensions';

/** What was found for one project key. Without `config` its faults keep the project from being served. */
export interface Loaded {
  readonly key: string;
  readonly private: boolean;
  readonly config?: ProjectConfig;
  readonly faults: readonly string[];
}

/** First path segments that are not projects (directus8-system §1.1), and names the server needs for itself (§2.3). */
const reservedKeys: ReadonlySet<string> = new Set([
  'server',
  'interfaces',
  'layouts',
  'modules',
  'types',
  'projects',
  'metrics',
  'admin',
  'uploads',
  'downloads',
  'extensions',
]);

/** The sentence about a key that cannot be a project's (directus8-system §2.3); undefined when it can. */
export function faultOfKey(key: string): string | undefined {
  if (!/^[0-9a-z_-]+$/i.test(key)) return `the project key "${key}" may hold letters, digits, "_" and "-" only`;
  if (reservedKeys.has(key.toLowerCase())) return `the project key "${key}" is a reserved word`;
  return undefined;
}

/**
 * What a file's name says (directus8-system §1.1): its project's key, and whether that is private.
 * A name that starts with `_` and is longer than that is switched off, as is everything that is no JSON file.
 */
export function nameOfFile(path: string): { key: string; private: boolean } | undefined {
  const file = basename(path);
  if (!file.endsWith('.json') || file.startsWith('.')) return undefined;
  const name = file.slice(0, -'.json'.length);
  if (name.startsWith('_') && name.length > 1) return undefined;
  const hidden = name.startsWith('private.');
  return { key: hidden ? name.slice('private.'.length) : name, private: hidden };
}

function parse(text: string): { content: unknown } | { fault: string } {
  try {
    return { content: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    // The parser's own sentence may quote the file, secrets included; only the place is passed on.
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (position === undefined) return { fault: 'is not valid JSON' };
    const before = text.slice(0, Number(position)).split('\n');
    return { fault: `is not valid JSON: see line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}` };
  }
}

type Connection = { connection: ProjectConfig['database']['connection'] } | { faults: Fault[] };
type Replicas = { replicas?: NonNullable<ProjectConfig['database']['replicas']> } | { faults: Fault[] };

/** Those of the file, each by the rules of the database's own connection. */
function replicasOf({ client, replicas }: ProjectFile['database']): Replicas {
  if (replicas === undefined) return {};
  if (client === 'better-sqlite3') return { faults: [{ path: '/database/replicas', message: 'there are none of a SQLite file' }] };
  const { connections, pool, lagSeconds, lookMilliseconds } = replicas;
  const made = connections.map((connection, i) => connectionOf({ client, connection }, `/database/replicas/connections/${i}`));
  const faults = made.flatMap((one) => ('faults' in one ? one.faults : []));
  if (faults.length > 0) return { faults };
  return {
    replicas: {
      connections: made.flatMap((one) => ('connection' in one ? [one.connection] : [])),
      ...(pool === undefined ? {} : { pool: poolOf(pool) }),
      ...(lagSeconds === undefined ? {} : { lagSeconds }),
      ...(lookMilliseconds === undefined ? {} : { lookMilliseconds }),
    },
  };
}

/** Rules between client and connection, which the schema cannot express. */
function connectionOf(database: Pick<ProjectFile['database'], 'client' | 'connection'>, path = '/database/connection'): Connection {
  if (typeof database.connection === 'string') {
    const made = connectionOfUrl(database.client, database.connection);
    return 'fault' in made ? { faults: [{ path, message: made.fault }] } : made;
  }
  if (database.client !== 'better-sqlite3') return { connection: database.connection };
  const { filename, ...switches } = database.connection;
  const faults: Fault[] = [];
  if (typeof filename !== 'string' || filename === '') faults.push({ path: `${path}/filename`, message: 'must be the name of a file' });
  for (const [key, value] of Object.entries(switches)) {
    if (key !== 'create' && key !== 'readonly') {
      faults.push({ path: `${path}/${key}`, message: 'is not known; known are filename, create, readonly', unknownKey: true });
    } else if (typeof value !== 'boolean') faults.push({ path: `${path}/${key}`, message: 'must be true or false' });
  }
  if (typeof filename === 'string' && faults.length === 0) {
    return { connection: { ...switches, filename: filename === ':memory:' ? filename : resolve(filename) } };
  }
  return { faults };
}

/** The configuration a file's content stands for, or its faults. */
function configure(
  key: string,
  hidden: boolean,
  content: unknown,
  environment: Environment,
): { config: ProjectConfig } | { faults: Fault[] } {
  const filled = fillFromEnvironment(content, environment);
  const checked = checkProjectFile(filled.content);
  const database = databaseOf(filled.content);
  const connection = database && connectionOf(database);
  const replicas: Replicas = 'file' in checked ? replicasOf(checked.file.database) : {};
  // A place whose variable is missing has been named already; what else is wrong with its value cannot be known.
  const unfilled = new Set(filled.faults.map((fault) => fault.path));
  const found = [...('faults' in checked ? checked.faults : []), ...(connection && 'faults' in connection ? connection.faults : [])];
  if ('file' in checked) found.push(...furtherFaults(checked.file), ...('faults' in replicas ? replicas.faults : []));
  // The server that all projects share which name none; what a file says of it was looked at with the rest of it.
  const shared = environment['REDIS_URL'] === '' ? undefined : environment['REDIS_URL'];
  if ('file' in checked && checked.file.redis === undefined && shared !== undefined) found.push(...redisFaults(shared, 'REDIS_URL'));
  const faults = [...filled.faults, ...found.filter((fault) => fault.unknownKey || !unfilled.has(fault.path))];
  if (faults.length > 0 || 'faults' in checked || !connection || 'faults' in connection || 'faults' in replicas) return { faults };
  const { file } = checked;
  const redis = file.redis ?? shared;
  const config: ProjectConfig = {
    key,
    database: {
      client: file.database.client,
      connection: connection.connection,
      ...(file.database.schemas === undefined ? {} : { schemas: file.database.schemas }),
      ...(file.database.pool === undefined ? {} : { pool: poolOf(file.database.pool) }),
      ...replicas,
      ...(file.database.textOrder === undefined ? {} : { textOrder: file.database.textOrder }),
      ...(file.database.preparedStatements === undefined ? {} : { preparedStatements: file.database.preparedStatements }),
      ...(file.database.genericPlans === undefined ? {} : { genericPlans: file.database.genericPlans }),
    },
    secret: file.secret,
    storage: storageOf(key, file.storage),
    ...(file.assets === undefined ? {} : { assets: file.assets }),
    ...(file.limits === undefined ? {} : { limits: file.limits }),
    ...(file.history === undefined ? {} : { history: file.history }),
    extensions: resolve(file.extensions ?? extensionsFolder),
    ...(file.webhooks === undefined ? {} : { webhooks: file.webhooks }),
    ...(file.uploads === undefined ? {} : { uploads: file.uploads }),
    ...(file.auth === undefined ? {} : { auth: file.auth }),
    ...(file.cors === undefined ? {} : { cors: file.cors }),
    ...(file.mail === undefined ? {} : { mail: file.mail }),
    ...(file.scim === undefined ? {} : { scim: file.scim }),
    ...(file.sso === undefined ? {} : { sso: file.sso }),
    ...(file.graphql === undefined ? {} : { graphql: file.graphql }),
    ...(file.changes === undefined ? {} : { changes: file.changes }),
    ...(redis === undefined ? {} : { redis }),
    ...(file.rateLimit === undefined ? {} : { rateLimit: file.rateLimit }),
    ...(file.publicUrl === undefined ? {} : { publicUrl: file.publicUrl }),
    ...(file.documents === undefined ? {} : { documents: file.documents }),
    ...(file.surfaces === undefined ? {} : { surfaces: file.surfaces }),
    ...(file.strapi === undefined ? {} : { strapi: file.strapi }),
    private: hidden || file.private === true,
  };
  return { config: Object.freeze(config) };
}

function poolOf(pool: NonNullable<ProjectFile['database']['pool']>): { min?: number; max?: number } {
  return { ...(pool.min === undefined ? {} : { min: pool.min }), ...(pool.max === undefined ? {} : { max: pool.max }) };
}

/**
 * Reads one project file.
 * Relative names of SQLite files and of folders are taken from the current directory of the process.
 *
 * @returns the configuration, or all faults, each as `folder/shop.json: /json/pointer what is wrong`; undefined for a file that is
 *   switched off or gone
 */
export async function loadProjectFile(path: string, environment: Environment): Promise<Loaded | undefined> {
  const name = nameOfFile(path);
  if (!name) return undefined;
  const shown = shownPath(path);
  const faulty = (faults: readonly string[]): Loaded => ({
    key: name.key,
    private: name.private,
    faults: faults.map((fault) => `${shown}: ${fault}`),
  });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    return faulty(['cannot be read; see its permissions']);
  }
  const keyFault = faultOfKey(name.key);
  const parsed = parse(text);
  if ('fault' in parsed) return faulty([...(keyFault === undefined ? [] : [keyFault]), parsed.fault]);
  const made = configure(name.key, name.private, parsed.content, environment);
  const faults = 'faults' in made ? made.faults.map((fault) => `${fault.path === '' ? '' : `${fault.path} `}${fault.message}`) : [];
  if (keyFault !== undefined) faults.unshift(keyFault);
  if ('faults' in made || faults.length > 0) return faulty(faults);
  return { key: name.key, private: made.config.private, config: made.config, faults: [] };
}

function shownPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}

/**
 * Reads every project file of a folder, in the order of their names. A folder that is not there holds none.
 * Where two files are for one key, the first counts and the second is a fault.
 */
export async function loadProjects(folder: string, environment: Environment): Promise<Loaded[]> {
  let files: string[];
  try {
    files = (await readdir(folder)).sort();
  } catch {
    return [];
  }
  const paths = files.map((file) => join(folder, file));
  const read = await Promise.all(paths.map((path) => loadProjectFile(path, environment)));
  const byKey = new Map<string, Loaded>();
  read.forEach((loaded, i) => {
    if (!loaded) return;
    const first = byKey.get(loaded.key);
    if (!first) byKey.set(loaded.key, loaded);
    else {
      const fault = `${shownPath(paths[i] ?? folder)}: ignored, another file configures the project "${loaded.key}" already`;
      byKey.set(loaded.key, { ...first, faults: [...first.faults, fault] });
    }
  });
  return [...byKey.values()];
}
