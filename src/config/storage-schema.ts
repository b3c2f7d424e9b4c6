/** The shape of `storage`: a folder or a bucket, each with keys of its own. */
import { join, resolve } from 'node:path';
import { type Fault, object, optional, type Right, type Shape, text, truth, word } from './shape.ts';
import type { StorageConfig } from './types.ts';

const localSchema = object({ driver: word('local'), root: text(1) });

const s3Schema = object({
  driver: word('s3'),
  bucket: text(3),
  region: optional(text(1)),
  endpoint: optional(text(8)),
  pathStyle: optional(truth),
  prefix: optional(text(1)),
  accessKeyId: optional(text(1)),
  secretAccessKey: optional(text(1)),
  sessionToken: optional(text(1)),
});

export type S3StorageSettings = Right<typeof s3Schema>;
export type StorageSettings = Right<typeof localSchema> | S3StorageSettings;

const driverSchema = object({ driver: word('local', 's3') }, true);

/** What one shape cannot say of `storage` as S3. */
function s3Faults(settings: S3StorageSettings, path: string): Fault[] {
  const faults: Fault[] = [];
  const { endpoint, prefix, accessKeyId, secretAccessKey, sessionToken } = settings;
  if (endpoint !== undefined && !(/^https?:\/\//.test(endpoint) && URL.canParse(endpoint))) {
    faults.push({ path: `${path}/endpoint`, message: 'must be a URL that begins with http:// or https://' });
  }
  if (prefix !== undefined && !/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(prefix)) {
    faults.push({ path: `${path}/prefix`, message: 'may hold letters, digits, ".", "_" and "-", divided by single slashes' });
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    faults.push({ path: `${path}/accessKeyId`, message: 'and secretAccessKey belong together: set both or none' });
  }
  if (sessionToken !== undefined && accessKeyId === undefined) {
    faults.push({ path: `${path}/sessionToken`, message: 'needs accessKeyId and secretAccessKey' });
  }
  return faults;
}

/** `storage` of a project file, and the variable STORAGE. */
export const storageSchema: Shape<StorageSettings> & { readonly properties: object } = {
  properties: { ...localSchema.properties, ...s3Schema.properties },
  faults(value, path) {
    const driver = driverSchema.faults(value, path);
    if (driver.length > 0) return driver;
    const s3 = (value as { readonly driver: string }).driver === 's3';
    if (!s3) return localSchema.faults(value, path);
    const faults = s3Schema.faults(value, path);
    return faults.length > 0 ? faults : s3Faults(value as S3StorageSettings, path);
  },
};

/** The storage of a project; without settings it is a folder named after its key. */
export function storageOf(key: string, settings: StorageSettings | undefined): StorageConfig {
  if (settings?.driver === 's3') return settings;
  return { driver: 'local', root: resolve(settings?.root ?? join('data', `${key}-files`)) };
}
