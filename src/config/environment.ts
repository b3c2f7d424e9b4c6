/** A project configured by environment variables alone, for containers. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { DatabaseConfig, TextOrder, VendorName } from '../dialect/types.ts';
import { clientOfUrl, connectionOfUrl } from './database-url.ts';
import type { Environment } from './fill.ts';
import { extensionsFolder, faultOfKey } from './load.ts';
import { checkPart, type Part, type PartSettings, publicUrlFaults, redisFaults } from './schema.ts';
import { storageOf } from './storage-schema.ts';
import type { ProjectConfig } from './types.ts';

/** The variables read, with what each is for; `--help` and the documentation show this list. */
export const environmentVariables: readonly (readonly [name: string, meaning: string])[] = [
  ['DATABASE_URL', 'postgres://, mysql://, mariadb:// or sqlite:FILE; serves this database without a project file'],
  ['DATABASE_SCHEMAS', 'schemas to serve (PostgreSQL), separated by commas, the default one first'],
  ['DATABASE_REPLICAS', 'URLs of copies of that database to spread reads over, separated by commas'],
  ['DATABASE_TEXT_ORDER', 'portable (texts compare the same on every database) or native (as the database does by itself)'],
  ['PROJECT', 'key of that project in URLs (default _)'],
  ['SECRET', 'signs its tokens, at least 16 characters; without it sessions end with the process'],
  ['ADMIN_EMAIL', 'with ADMIN_PASSWORD: install the system tables and this first administrator'],
  ['ADMIN_PASSWORD', 'password of that administrator'],
  ['ADMIN_TOKEN', 'static token of that administrator (optional)'],
  ['LIMITS', 'its limits as JSON, with the keys of "limits" in a project file'],
  ['HISTORY', 'how much of its history is kept as JSON, with the keys of "history" in a project file (default all)'],
  ['EXTENSIONS', 'folder of its hooks and endpoints (default extensions)'],
  ['WEBHOOKS', 'how webhooks are delivered, as JSON, with the keys of "webhooks" in a project file'],
  ['UPLOADS', 'what uploads are bound by, as JSON, with the keys of "uploads" in a project file'],
  ['AUTH', 'how people sign in, as JSON, with the keys of "auth" in a project file'],
  [
    'CORS',
    'which pages of other origins may read answers, as JSON, with the keys of "cors" in a project file (default any, without cookies)',
  ],
  ['MAIL', 'how mail is sent, as JSON, with the keys of "mail" in a project file (default none)'],
  ['STORAGE', 'where uploaded files are kept, as JSON, with the keys of "storage" in a project file'],
  ['ASSETS', 'how files are handed out, as JSON, with the keys of "assets" in a project file'],
  ['SCIM', 'the client that keeps users and groups, as JSON, with the keys of "scim" in a project file (default none)'],
  ['SSO', 'identity providers, as JSON, with the keys of "sso" in a project file (default none)'],
  ['GRAPHQL', 'what one GraphQL request may ask for, as JSON, with the keys of "graphql" in a project file'],
  ['CHANGES', 'what subscriptions and the change feed are bound by, as JSON, with the keys of "changes" in a project file'],
  ['REDIS_URL', 'redis:// or rediss://; by it the instances tell each other of changes (every project without a "redis" of its own)'],
  ['RATE_LIMIT', 'how often somebody may ask, as JSON, with the keys of "rateLimit" in a project file (default no limit)'],
  ['PUBLIC_URL', 'address that links in answers begin with (default the Host header of each request)'],
  ['DOCUMENTS', 'how many documents about the interface are kept, as JSON, with the keys of "documents" in a project file'],
  ['SURFACES', 'dialects served beside Directus and GraphQL, as JSON, with the keys of "surfaces" in a project file (default none)'],
  ['STRAPI', 'how the Strapi surface answers, as JSON, with the keys of "strapi" in a project file'],
  ['STORAGE_ROOT', 'folder of uploaded files (default data/PROJECT-files)'],
];

/** Characters that the token of the super admin has at least. */
export const shortestSuperAdminToken = 16;

export interface EnvironmentProject {
  readonly config: ProjectConfig;
  /** Who is to be installed as first administrator; undefined asks for no installation. */
  readonly administrator?: { readonly email: string; readonly password: string; readonly token?: string };
  /** What the operator should know, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the project of the environment.
 *
 * @returns the project, or every fault as a sentence that names its variable and never its value; undefined when DATABASE_URL is not set
 */
export function environmentProject(environment: Environment): EnvironmentProject | { readonly faults: readonly string[] } | undefined {
  const set = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const url = set('DATABASE_URL');
  if (url === undefined) return undefined;
  const faults: string[] = [];
  const warnings: string[] = [];

  const client = clientOfUrl(url);
  const made = client === undefined ? undefined : connectionOfUrl(client, url);
  if (made === undefined) faults.push('DATABASE_URL must start with postgres://, mysql://, mariadb:// or sqlite:');
  else if ('fault' in made) faults.push(`DATABASE_URL ${made.fault}`);

  const key = set('PROJECT') ?? '_';
  const keyFault = faultOfKey(key);
  if (keyFault !== undefined) faults.push(`PROJECT: ${keyFault}`);

  const secret = set('SECRET');
  if (secret === undefined) warnings.push('SECRET is not set: a random one is used, so sessions and tokens end when the process does');
  else if (secret.length < 16) faults.push('SECRET must have at least 16 characters');

  const [email, password, token] = [set('ADMIN_EMAIL'), set('ADMIN_PASSWORD'), set('ADMIN_TOKEN')];
  if ((email === undefined) !== (password === undefined)) faults.push('ADMIN_EMAIL and ADMIN_PASSWORD belong together: set both or none');
  if (email === undefined && token !== undefined) faults.push('ADMIN_TOKEN needs ADMIN_EMAIL and ADMIN_PASSWORD');

  const schemas = set('DATABASE_SCHEMAS')
    ?.split(',')
    .map((schema) => schema.trim())
    .filter((schema) => schema !== '');

  const replicas = replicasOf(client, set('DATABASE_REPLICAS'), faults);

  const limits = partOf('limits', set('LIMITS'), faults);
  const history = partOf('history', set('HISTORY'), faults);
  const webhooks = partOf('webhooks', set('WEBHOOKS'), faults);
  const auth = partOf('auth', set('AUTH'), faults);
  const cors = partOf('cors', set('CORS'), faults);
  const mail = partOf('mail', set('MAIL'), faults);
  const scim = partOf('scim', set('SCIM'), faults);
  const sso = partOf('sso', set('SSO'), faults);
  const uploads = partOf('uploads', set('UPLOADS'), faults);
  const assets = partOf('assets', set('ASSETS'), faults);
  const storage = partOf('storage', set('STORAGE'), faults);
  const graphql = partOf('graphql', set('GRAPHQL'), faults);
  const changes = partOf('changes', set('CHANGES'), faults);
  const redis = set('REDIS_URL');
  if (redis !== undefined) for (const { message } of redisFaults(redis)) faults.push(`REDIS_URL ${message}`);
  const rateLimit = partOf('rateLimit', set('RATE_LIMIT'), faults);
  const documents = partOf('documents', set('DOCUMENTS'), faults);
  const surfaces = partOf('surfaces', set('SURFACES'), faults);
  const strapi = partOf('strapi', set('STRAPI'), faults);
  const root = set('STORAGE_ROOT');
  if (root !== undefined && set('STORAGE') !== undefined) faults.push('STORAGE and STORAGE_ROOT say the same: set one of them');
  const publicUrl = set('PUBLIC_URL');
  if (publicUrl !== undefined) for (const { message } of publicUrlFaults(publicUrl)) faults.push(`PUBLIC_URL ${message}`);
  const order = set('DATABASE_TEXT_ORDER');
  const textOrder: TextOrder | undefined = order === 'auto' || order === 'portable' || order === 'native' ? order : undefined;
  if (order !== textOrder) faults.push('DATABASE_TEXT_ORDER must be auto, portable or native');

  if (faults.length > 0 || client === undefined || made === undefined || 'fault' in made) return { faults };
  // A container starts with an empty volume; everywhere else a file that is missing is a mistake to be told.
  const connection =
    client === 'better-sqlite3' && typeof made.connection === 'object' ? { ...made.connection, create: true } : made.connection;
  return {
    config: Object.freeze({
      key,
      database: {
        client,
        connection,
        ...(schemas === undefined || schemas.length === 0 ? {} : { schemas }),
        ...(replicas === undefined ? {} : { replicas: { connections: replicas } }),
        ...(textOrder === undefined ? {} : { textOrder }),
      },
      secret: secret ?? randomBytes(32).toString('base64url'),
      storage: storageOf(key, storage ?? (root === undefined ? undefined : { driver: 'local', root })),
      ...(assets === undefined ? {} : { assets }),
      ...(limits === undefined ? {} : { limits }),
      extensions: resolve(set('EXTENSIONS') ?? extensionsFolder),
      ...(webhooks === undefined ? {} : { webhooks }),
      ...(uploads === undefined ? {} : { uploads }),
      ...(history === undefined ? {} : { history }),
      ...(auth === undefined ? {} : { auth }),
      ...(cors === undefined ? {} : { cors }),
      ...(mail === undefined ? {} : { mail }),
      ...(scim === undefined ? {} : { scim }),
      ...(sso === undefined ? {} : { sso }),
      ...(graphql === undefined ? {} : { graphql }),
      ...(changes === undefined ? {} : { changes }),
      ...(redis === undefined ? {} : { redis }),
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(documents === undefined ? {} : { documents }),
      ...(surfaces === undefined ? {} : { surfaces }),
      ...(strapi === undefined ? {} : { strapi }),
      private: false,
    }),
    ...(email === undefined || password === undefined
      ? {}
      : { administrator: { email, password, ...(token === undefined ? {} : { token }) } }),
    warnings,
  };
}

function replicasOf(
  client: VendorName | undefined,
  text: string | undefined,
  faults: string[],
): readonly DatabaseConfig['connection'][] | undefined {
  if (text === undefined || client === undefined) return undefined;
  if (client === 'better-sqlite3') {
    faults.push('DATABASE_REPLICAS: there are none of a SQLite file');
    return undefined;
  }
  return text.split(',').flatMap((url) => {
    const made = connectionOfUrl(client, url.trim());
    if ('connection' in made) return [made.connection];
    faults.push(`DATABASE_REPLICAS ${made.fault}`);
    return [];
  });
}

/** A part of a project file as JSON, out of the variable of its name. */
function partOf<P extends Part>(part: P, text: string | undefined, faults: string[]): PartSettings<P> | undefined {
  if (text === undefined) return undefined;
  const name = part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    faults.push(`${name} is not valid JSON`);
    return undefined;
  }
  const checked = checkPart(part, content);
  if ('settings' in checked) return checked.settings;
  const prefix = new RegExp(`^/${part}/?`);
  for (const { path, message } of checked.faults) faults.push(`${name}: ${path.replace(prefix, '')} ${message}`.replace(':  ', ': '));
  return undefined;
}
