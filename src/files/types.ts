/** What files are kept in, and what is known of one: the words that storage drivers, uploads and assets share. */
import type { Readable } from 'node:stream';

/** A range of bytes, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An object as a storage knows it; `size` in bytes. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly modified: Date;
}

interface WriteOptions {
  readonly type?: string;
  readonly signal?: AbortSignal;
  /** False for what can be made again: a loss of power may leave it empty, and writing takes a third of the effort. */
  readonly lasting?: boolean;
}

/**
 * A place for objects under keys. Keys are made by Sallyport alone: segments of `[A-Za-z0-9._-]`, none of them beginning with a dot,
 * divided by `/`. Whatever a driver throws besides a GatewayError is a failure of the place, not of the request.
 */
export interface Storage {
  /** As projects name it, for `directus_files.storage`. */
  readonly name: string;
  /**
   * Keeps what `content` is or gives, whole or not at all, in place of what was there: when it throws, or `content` breaks off or `signal` ends it,
   * the key holds what it held before. Resolves to the number of bytes.
   */
  write(key: string, content: Readable | Buffer, options?: WriteOptions): Promise<number>;
  /**
   * The object, or a range of it; undefined where there is none. `size` is that of the whole object. A range ends where the object does,
   * and is empty beyond. The caller ends the stream.
   */
  read(key: string, range?: ByteRange): Promise<(StoredObject & { readonly stream: Readable }) | undefined>;
  stat(key: string): Promise<StoredObject | undefined>;
  /** Where objects are files of this machine: the path of one, whether it is there or not. What reads files itself need not have it read here. */
  readonly pathOf?: (key: string) => string;
  /** Keys that are not there are no fault. */
  remove(keys: readonly string[]): Promise<void>;
  /** All objects whose keys begin with `prefix`, in no particular order. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Removes what writes that began before then have left aside: those of processes that were killed. Resolves to their number. */
  removeUnfinished(before: Date): Promise<number>;
  /** Throws where the place cannot be written to. */
  check(): Promise<void>;
  close(): Promise<void>;
}
