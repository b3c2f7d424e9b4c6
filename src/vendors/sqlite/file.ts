/** Where a project's SQLite database is, and whether it still is what was opened there. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { DatabaseConfig } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';

export interface DatabaseFile {
  /** Undefined is a database in memory. */
  readonly path: string | undefined;
  /** Whether a file that does not exist is made, at the first opening only. */
  readonly create: boolean;
  readonly readonly: boolean;
}

/**
 * Reads a project's `connection`: `{ filename, create, readonly }`, or the file's name as text. A relative name is taken from
 * the current directory.
 *
 * @throws GatewayError database_unavailable when no file is named
 */
export function databaseFileOf(connection: DatabaseConfig['connection']): DatabaseFile {
  const given = typeof connection === 'string' ? { filename: plain(connection) } : settings(connection);
  const { filename } = given;
  if (typeof filename !== 'string' || filename === '') {
    throw new GatewayError('database_unavailable', { message: 'The connection of this project names no file' });
  }
  return {
    path: filename === ':memory:' ? undefined : resolve(filename),
    create: given.create === true,
    readonly: given.readonly === true,
  };
}

/** The error for a file that is not there. Its cause, which clients do not see, tells the whole path. */
export function missing(path: string): GatewayError {
  const message = `The database file "${basename(path)}" does not exist`;
  return new GatewayError('database_unavailable', { message }, new Error(`There is no file ${path}`));
}

function settings(connection: Readonly<Record<string, unknown>>): { filename?: unknown; create?: unknown; readonly?: unknown } {
  return connection;
}

function plain(text: string): string {
  return text.replace(/^(?:sqlite3?|file):(?:\/\/)?/i, '');
}

/** What tells one file from another that takes its place; undefined when there is none. */
export function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}
