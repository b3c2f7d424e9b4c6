/** What a write of files knows beside the rows: content that is stored already, and content that no row names any more. */
import type { RequestedItem } from '../query/mutation.ts';
import type { Collection } from '../schema/types.ts';

/** The collection of files. */
export const filesName = 'directus_files';

/** Whether the collection is that of files. */
export const isFiles = ({ name, system }: Collection): boolean => system && name === filesName;

/** What a write of files comes with. */
export interface FileWrites {
  /** Names on disk under which this request has stored content. */
  readonly stored: ReadonlySet<string>;
  /** Columns that the server fills in; whether the caller may write them is no question. */
  readonly filled: ReadonlySet<string>;
  /** Keeps the object of one name under another one too, which no row has. Throws GatewayError for what is no name. */
  readonly copy?: (from: string, to: string) => Promise<void>;
}

/** Content that no row names any more. */
export interface ReleasedFile {
  /** The key of its row. */
  readonly id: string;
  readonly disk: string;
  readonly storage: string;
}

/** Of the columns that are to be written, those that the caller chose. */
export function chosen(collection: Collection, names: readonly string[], files: FileWrites | undefined): readonly string[] {
  return files && isFiles(collection) ? names.filter((name) => !files.filled.has(name)) : names;
}

/** What an item has in place of a file's id. */
export interface ItemFile {
  /** The field. */
  readonly field: string;
  readonly item: RequestedItem;
}

/** Files whose content is stored, as rows to be made, in the order in which they were brought. */
export interface StoredFiles {
  readonly items: readonly RequestedItem[];
  readonly files: FileWrites;
}

/** Takes the content of files to be made into the storage. Throws GatewayError for what is no file, or none that is taken. */
export type StoreFiles = (brought: readonly ItemFile[]) => Promise<StoredFiles>;
