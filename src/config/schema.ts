/** The shape of a project file, and its faults. */
import { corsFaults, corsSchema, originFaults } from './cors-schema.ts';
import { rateLimitFaults, rateLimitSchema } from './rate-limit-schema.ts';
import { anyObject, either, type Fault, fits, list, object, optional, type Right, type Shape, text, truth, whole, word } from './shape.ts';

import { ssoFaults, ssoSchema } from './sso-schema.ts';
import { storageSchema } from './storage-schema.ts';
import { strapiFaults, strapiSchema } from './strapi-schema.ts';

export type { Fault } from './shape.ts';
export type { StrapiSettings } from './strapi-schema.ts';

const limit = (least: number, most: number) => optional(whole(least, most));

/** How much one request may ask for (query/limits.ts), and how long its statements may take. */
const limitsSchema = object({
  depth: limit(1, 30),
  fields: limit(1, 100_000),
  outputs: limit(1, 1_000_000),
  filterNodes: limit(1, 10_000),
  keys: limit(1, 100_000),
  sort: limit(1, 200),
  searchCharacters: limit(1, 16_000),
  areaPositions: limit(4, 10_000),
  pageRows: limit(1, 10_000_000),
  nestedRows: limit(1, 1_000_000),
  writeRows: limit(1, 1_000_000),
  batchOperations: limit(1, 10_000),
  // The server takes 128 KiB of URL and headers together (server/app.ts).
  urlBytes: limit(1024, 114_688),
  queryDepth: limit(5, 100),
  queryParameters: limit(10, 10_000),
  exports: limit(0, 1000),
  exportSeconds: limit(1, 86_400),
  statementMilliseconds: limit(0, 86_400_000),
  countMilliseconds: limit(0, 86_400_000),
  searchRows: limit(1, 100_000_000),
  idempotencySeconds: limit(1, 31_536_000),
  idempotencyLeaseSeconds: limit(1, 3600),
  hookMilliseconds: limit(1, 3_600_000),
});

/** How much of the history is kept; without a number all of it. */
const historySchema = object({
  days: limit(1, 36_500),
  perItem: limit(1, 1_000_000),
});

/** How webhooks are delivered (extensions/deliveries.ts). */
const webhooksSchema = object({
  secret: optional(text(16)),
  privateAddresses: optional(truth),
  attempts: limit(1, 100),
  firstDelaySeconds: limit(1, 86_400),
  timeoutMilliseconds: limit(1, 600_000),
  keepHours: limit(1, 87_600),
});

/** What uploads are bound by (files/upload-settings.ts). */
const uploadsSchema = object({
  bytes: limit(1, 1_099_511_627_776),
  files: limit(1, 1000),
  importSeconds: limit(1, 3600),
  privateAddresses: optional(truth),
  partsFolder: optional(text(1)),
  resumeHours: limit(1, 8760),
});

/** How files are handed out, and images made of them (files/asset-settings.ts). */
const assetsSchema = object({
  access: optional(word('hash', 'permission')),
  pixels: limit(1, 1_000_000_000),
  inputBytes: limit(1, 4_294_967_296),
  side: limit(1, 16_000),
  seconds: limit(1, 600),
  concurrency: limit(1, 256),
  queue: limit(0, 100_000),
  memoryBytes: limit(0, 17_179_869_184),
  maxAgeSeconds: limit(0, 31_536_000),
});

const address = text(8);

/** How people sign in (auth/settings.ts). */
const authSchema = object({
  passwords: optional(word('argon2id', 'bcrypt')),
  attempts: limit(1, 1000),
  addressAttempts: limit(1, 1_000_000),
  firstWaitSeconds: limit(1, 3600),
  longestWaitSeconds: limit(1, 86_400),
  lockAttempts: limit(1, 1000),
  lockSeconds: limit(1, 86_400),
  sessionDays: limit(1, 3650),
  resetMinutes: limit(5, 1440),
  sameSite: optional(word('lax', 'strict')),
  origins: optional(list(address, 'leave it out to take cookies from the same host alone')),
});

/** How mail is sent (mail/mailer.ts). */
const mailSchema = object({
  url: address,
  from: text(3),
  publicUrl: address,
  templates: optional(text(1)),
  resetUrls: optional(list(address, 'leave it out to allow none but the usual one')),
  roles: optional(list(whole(3), 'leave it out to let administrators alone send mail')),
  lettersPerHour: limit(0, 1_000_000),
  addressLettersPerHour: limit(0, 1_000_000),
  resetsPerHour: limit(1, 1_000_000),
  addressResetsPerHour: limit(1, 1_000_000),
});
/** The client that provisions users and groups (surfaces/scim). */
const scimSchema = object({ token: text(16) });

/** What one GraphQL request may ask for (surfaces/graphql/settings.ts). */
const graphqlSchema = object({
  depth: limit(1, 30),
  aliases: limit(0, 100_000),
  rootFields: limit(1, 1000),
  complexity: limit(1, 1_000_000_000),
  tokens: limit(10, 1_000_000),
  milliseconds: limit(1, 86_400_000),
  batch: limit(0, 1000),
  introspection: optional(word('everybody', 'users', 'nobody')),
});

/** What the change feed and subscriptions are bound by (changes/settings.ts). */
const changesSchema = object({
  connections: limit(0, 1_000_000),
  connectionsPerCaller: limit(1, 1_000_000),
  subscriptions: limit(1, 10_000),
  subscriptionsPerCaller: limit(1, 1_000_000),
  buffer: limit(1, 1_000_000),
  keepAliveSeconds: limit(1, 3600),
  initSeconds: limit(1, 300),
  lookMilliseconds: limit(50, 600_000),
  catchUp: limit(0, 10_000_000),
});

/** Documents about the interface that are kept (surfaces/contract). */
const documentsSchema = object({
  number: limit(1, 100_000),
  memoryBytes: limit(0, 17_179_869_184),
});

/** Dialects that are served beside Directus and GraphQL. */
const surfacesSchema = object({ strapi: optional(truth), payload: optional(truth) });

const client = word('pg', 'mysql2', 'better-sqlite3');
const connection = either('must be a URL or an object', text(1), anyObject);
const pool = object({ min: optional(whole(0)), max: optional(whole(1, 1000)) });

/** Copies of the database that reads are spread over (projects/replicas.ts). */
const replicasSchema = object({
  connections: list(connection, 'leave replicas out to read from the database itself'),
  pool: optional(pool),
  lagSeconds: limit(1, 3600),
  lookMilliseconds: limit(50, 60_000),
});

export const projectFileSchema = object({
  database: object({
    client,
    connection,
    schemas: optional(list(text(1), 'leave it out to serve the default')),
    pool: optional(pool),
    textOrder: optional(word('auto', 'portable', 'native')),
    preparedStatements: optional(truth),
    genericPlans: optional(truth),
    replicas: optional(replicasSchema),
  }),
  secret: text(16),
  storage: optional(storageSchema),
  assets: optional(assetsSchema),
  limits: optional(limitsSchema),
  history: optional(historySchema),
  extensions: optional(text(1)),
  webhooks: optional(webhooksSchema),
  uploads: optional(uploadsSchema),
  auth: optional(authSchema),
  cors: optional(corsSchema),
  mail: optional(mailSchema),
  scim: optional(scimSchema),
  sso: optional(ssoSchema),
  graphql: optional(graphqlSchema),
  rateLimit: optional(rateLimitSchema),
  publicUrl: optional(address),
  documents: optional(documentsSchema),
  surfaces: optional(surfacesSchema),
  strapi: optional(strapiSchema),
  changes: optional(changesSchema),
  redis: optional(text(8)),
  private: optional(truth),
});

export type ProjectFile = Right<typeof projectFileSchema>;
export type LimitSettings = Right<typeof limitsSchema>;
export type HistorySettings = Right<typeof historySchema>;
export type AssetSettings = Right<typeof assetsSchema>;
export type AuthSettings = Right<typeof authSchema>;
export type MailSettings = Right<typeof mailSchema>;
export type GraphqlSettings = Right<typeof graphqlSchema>;
export type ChangeSettings = Right<typeof changesSchema>;
export type DocumentSettings = Right<typeof documentsSchema>;
export type SurfaceSettings = Right<typeof surfacesSchema>;
export type ScimSettings = Right<typeof scimSchema>;
export type WebhookSettings = Right<typeof webhooksSchema>;
export type UploadFileSettings = Right<typeof uploadsSchema>;

/** The two keys whose rule depends on each other, looked at even where other parts of the file are wrong. */
const databaseShape = object({ database: object({ client, connection }, true) }, true);

/** Client and connection of a file, when these two have their right types. */
export function databaseOf(content: unknown): Pick<ProjectFile['database'], 'client' | 'connection'> | undefined {
  return fits(databaseShape, content) ? content.database : undefined;
}

/** The file's content when its shape is right, else every fault. */
export function checkProjectFile(content: unknown): { file: ProjectFile } | { faults: Fault[] } {
  return fits(projectFileSchema, content) ? { file: content } : { faults: projectFileSchema.faults(content, '') };
}

const parts = {
  webhooks: webhooksSchema,
  auth: authSchema,
  cors: corsSchema,
  mail: mailSchema,
  scim: scimSchema,
  sso: ssoSchema,
  limits: limitsSchema,
  history: historySchema,
  uploads: uploadsSchema,
  assets: assetsSchema,
  storage: storageSchema,
  graphql: graphqlSchema,
  changes: changesSchema,
  rateLimit: rateLimitSchema,
  documents: documentsSchema,
  surfaces: surfacesSchema,
  strapi: strapiSchema,
};

export type Part = keyof typeof parts;
export type PartSettings<P extends Part> = Right<(typeof parts)[P]>;

/** Of what goes beyond the shape. */
const further: { readonly [P in Part]?: (settings: PartSettings<P>) => Fault[] } = {
  auth: ({ origins = [] }) => originFaults('/auth/origins', origins),
  cors: corsFaults,
  sso: ssoFaults,
  rateLimit: rateLimitFaults,
  strapi: strapiFaults,
};

/** The same for one part of a file alone, which stands under its name. */
export function checkPart<P extends Part>(part: P, content: unknown): { settings: PartSettings<P> } | { faults: Fault[] } {
  const shape: Shape<unknown> = parts[part];
  const faults = shape.faults(content, `/${part}`);
  if (faults.length > 0) return { faults };
  const settings = content as PartSettings<P>;
  const more = further[part]?.(settings) ?? [];
  return more.length > 0 ? { faults: more } : { settings };
}

/** What is wrong with the URL of a Redis server. */
export function redisFaults(url: string, path = '/redis'): Fault[] {
  const right = /^rediss?:\/\//.test(url) && URL.canParse(url);
  return right ? [] : [{ path, message: 'must be a URL that starts with redis:// or rediss://' }];
}

/** An address that links can begin with. */
export function publicUrlFaults(url: string): Fault[] {
  const right = /^https?:\/\//i.test(url) && URL.canParse(url) && !/[?#@]/.test(url);
  return right ? [] : [{ path: '/publicUrl', message: 'must be an address such as https://api.example, without a query' }];
}

/** Rules of the parts of a file that go beyond its shape. */
export function furtherFaults({
  auth,
  cors,
  sso,
  publicUrl,
  rateLimit,
  redis,
  strapi,
}: Pick<ProjectFile, 'auth' | 'cors' | 'sso' | 'publicUrl' | 'rateLimit' | 'redis' | 'strapi'>): Fault[] {
  return [
    ...(redis === undefined ? [] : redisFaults(redis)),
    ...(publicUrl === undefined ? [] : publicUrlFaults(publicUrl)),
    ...(rateLimit ? rateLimitFaults(rateLimit) : []),
    ...((auth && further.auth?.(auth)) ?? []),
    ...(cors ? corsFaults(cors) : []),
    ...(sso ? ssoFaults(sso) : []),
    ...(strapi ? strapiFaults(strapi) : []),
  ];
}
