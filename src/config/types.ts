/** A project's configuration after files, environment and defaults have met. */
import type { DatabaseConfig } from '../dialect/types.ts';
import type { CorsSettings } from './cors-schema.ts';
import type { RateLimitSettings } from './rate-limit-schema.ts';
import type {
  AssetSettings,
  AuthSettings,
  ChangeSettings,
  DocumentSettings,
  GraphqlSettings,
  HistorySettings,
  LimitSettings,
  MailSettings,
  ScimSettings,
  StrapiSettings,
  SurfaceSettings,
  UploadFileSettings,
  WebhookSettings,
} from './schema.ts';
import type { SsoSettings } from './sso-schema.ts';
import type { S3StorageSettings } from './storage-schema.ts';

interface LocalStorageConfig {
  readonly driver: 'local';
  /** The whole name of the folder. */
  readonly root: string;
}

export type S3StorageConfig = Readonly<S3StorageSettings>;

/** Where the content of files is kept. */
export type StorageConfig = LocalStorageConfig | S3StorageConfig;

export interface ProjectConfig {
  /** The first segment of every URL of the project. */
  readonly key: string;
  readonly database: DatabaseConfig;
  /** Signs tokens; at least 16 characters. */
  readonly secret: string;
  readonly storage: StorageConfig;
  /** How files are handed out and images made of them, as far as it is set. */
  readonly assets?: AssetSettings;
  /** How much one request may ask for, as far as it is set. */
  readonly limits?: LimitSettings;
  /** How much of the history is kept, as far as it is not all. */
  readonly history?: HistorySettings;
  /** The folder of hooks and endpoints; without one there are none. */
  readonly extensions?: string;
  /** How webhooks are delivered, as far as it is set. */
  readonly webhooks?: WebhookSettings;
  /** What uploads are bound by, as far as it is set. */
  readonly uploads?: UploadFileSettings;
  /** How people sign in, as far as it is set. */
  readonly auth?: AuthSettings;
  /** Which pages of other origins may read answers, as far as it is set. */
  readonly cors?: CorsSettings;
  /** How mail is sent; without it none is. */
  readonly mail?: MailSettings;
  /** The token of the client that provisions users and groups; without it there is none. */
  readonly scim?: ScimSettings;
  /** Identity providers that users may sign in by. */
  readonly sso?: SsoSettings;
  /** What one GraphQL request may ask for, as far as it is set. */
  readonly graphql?: GraphqlSettings;
  /** What subscriptions and the change feed are bound by, as far as it is set. */
  readonly changes?: ChangeSettings;
  /** The Redis server by which instances tell each other of changes; without one each looks for itself. */
  readonly redis?: string;
  /** How often somebody may ask; without it as often as they like. */
  readonly rateLimit?: RateLimitSettings;
  /** Under which callers reach the server, where links are not to take it from their requests. */
  readonly publicUrl?: string;
  /** How many documents about the interface are kept, as far as it is set. */
  readonly documents?: DocumentSettings;
  /** Dialects that are served beside Directus and GraphQL; none without a word. */
  readonly surfaces?: SurfaceSettings;
  /** How the Strapi surface answers, as far as it is set. */
  readonly strapi?: StrapiSettings;
  /** Left out of GET /server/projects. */
  readonly private: boolean;
}
