/** What uploads are bound by: the project's file and the settings of its database, whichever is stricter. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { UploadFileSettings } from '../config/schema.ts';
import type { Demands } from './receive.ts';

export interface UploadSettings {
  readonly bytes: number;
  /** Files of one request. */
  readonly files: number;
  readonly importSeconds: number;
  /** Whether files are fetched from private addresses too. */
  readonly privateAddresses: boolean;
  /** Where the parts of resumable uploads are kept until they are whole. */
  readonly partsFolder: string;
  /** How long they are kept when nothing comes. */
  readonly resumeHours: number;
}

/** The settings of a project's file, with what is usual. */
export function uploadSettings(project: string, given: UploadFileSettings = {}): UploadSettings {
  return {
    bytes: given.bytes ?? 2 * 1024 ** 3,
    files: given.files ?? 20,
    importSeconds: given.importSeconds ?? 30,
    privateAddresses: given.privateAddresses ?? false,
    partsFolder: resolve(given.partsFolder ?? join(tmpdir(), 'sallyport-uploads', project)),
    resumeHours: given.resumeHours ?? 24,
  };
}

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A number of bytes as `file_max_size` has it: `100MB`, `100M` or `104857600`; undefined for what says none. */
function bytesOf(text: string | null | undefined): number | undefined {
  const [, number = '', unit = ''] = /^\s*(\d{1,12})\s*([kmg]?)i?b?\s*$/i.exec(text ?? '') ?? [];
  return number === '' || Number(number) === 0 ? undefined : Number(number) * (units[unit.toLowerCase()] ?? 1);
}

/** Bytes that a file may have. */
export function mostBytes({ bytes }: UploadSettings, settings: ReadonlyMap<string, string | null>): number {
  return Math.min(bytes, bytesOf(settings.get('file_max_size')) ?? bytes);
}

/** What content must be, by `directus_settings`. */
export function demandsOf(uploads: UploadSettings, settings: ReadonlyMap<string, string | null>): Demands {
  const types = (settings.get('file_mimetype_whitelist') ?? '').split(',').map((type) => type.trim().toLowerCase());
  return {
    mostBytes: mostBytes(uploads, settings),
    types: types.filter((type) => type !== ''),
    naming: settings.get('file_naming'),
  };
}
