/** The shape of a project file, and its faults. */
import { anyObject, either, type Fault, fits, list, object, optional, type Right, text, truth, whole, word } from './shape.ts';

import { ssoSchema } from './sso-schema.ts';

export type { Fault } from './shape.ts';

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
  pageRows: limit(1, 10_000_000),
  nestedRows: limit(1, 1_000_000),
  writeRows: limit(1, 1_000_000),
  batchOperations: limit(1, 10_000),
  // The server takes 128 KiB of URL and headers together (server/app.ts).
  urlBytes: limit(1024, 114_688),
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

const address = text(8);

/** How people sign in (auth/settings.ts). */
const authSchema = object({
  passwords: optional(word('argon2id', 'bcrypt')),
  attempts: limit(1, 1000),
  addressAttempts: limit(1, 1_000_000),
  firstWaitSeconds: limit(1, 3600),
  longestWaitSeconds: limit(1, 86_400),
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

const client = word('pg', 'mysql2', 'better-sqlite3');
const connection = either('must be a URL or an object', text(1), anyObject);

export const projectFileSchema = object({
  database: object({
    client,
    connection,
    schemas: optional(list(text(1), 'leave it out to serve the default')),
    pool: optional(object({ min: optional(whole(0)), max: optional(whole(1, 1000)) })),
    textOrder: optional(word('portable', 'native')),
  }),
  secret: text(16),
  storage: optional(object({ driver: word('local'), root: text(1) })),
  limits: optional(limitsSchema),
  history: optional(historySchema),
  extensions: optional(text(1)),
  webhooks: optional(webhooksSchema),
  auth: optional(authSchema),
  mail: optional(mailSchema),
  scim: optional(scimSchema),
  sso: optional(ssoSchema),
  graphql: optional(graphqlSchema),
  private: optional(truth),
});

export type ProjectFile = Right<typeof projectFileSchema>;
export type LimitSettings = Right<typeof limitsSchema>;
export type HistorySettings = Right<typeof historySchema>;
export type AuthSettings = Right<typeof authSchema>;
export type MailSettings = Right<typeof mailSchema>;
export type GraphqlSettings = Right<typeof graphqlSchema>;
export type ScimSettings = Right<typeof scimSchema>;
export type WebhookSettings = Right<typeof webhooksSchema>;

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

/** The same for the webhooks alone, which stand under `/webhooks`. */
export function checkWebhookSettings(webhooks: unknown): { settings: WebhookSettings } | { faults: Fault[] } {
  return fits(webhooksSchema, webhooks) ? { settings: webhooks } : { faults: webhooksSchema.faults(webhooks, '/webhooks') };
}

/** The same for how people sign in, which stands under `/auth`. */
export function checkAuthSettings(auth: unknown): { settings: AuthSettings } | { faults: Fault[] } {
  return fits(authSchema, auth) ? { settings: auth } : { faults: authSchema.faults(auth, '/auth') };
}

/** The same for mail, which stands under `/mail`. */
export function checkMailSettings(mail: unknown): { settings: MailSettings } | { faults: Fault[] } {
  return fits(mailSchema, mail) ? { settings: mail } : { faults: mailSchema.faults(mail, '/mail') };
}

/** The same for the limits alone, which stand under `/limits`. */
export function checkLimitSettings(limits: unknown): { settings: LimitSettings } | { faults: Fault[] } {
  return fits(limitsSchema, limits) ? { settings: limits } : { faults: limitsSchema.faults(limits, '/limits') };
}

/** The same for what is kept of the history, which stands under `/history`. */
export function checkHistorySettings(history: unknown): { settings: HistorySettings } | { faults: Fault[] } {
  return fits(historySchema, history) ? { settings: history } : { faults: historySchema.faults(history, '/history') };
}
