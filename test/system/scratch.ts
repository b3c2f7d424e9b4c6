/** A database of its own for one test, on each vendor, dropped when the test ends. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import createKnex, { type Knex } from 'knex';
import type { Test } from 'tap';
import type { VendorName } from '../../src/dialect/types.ts';

export const vendors: readonly VendorName[] = ['better-sqlite3', 'pg', 'mysql2'];

const servers: Readonly<Record<'pg' | 'mysql2', string>> = {
  pg: 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql2: 'mysql://root@127.0.0.1:3306/mysql',
};

export interface Scratch {
  readonly knex: Knex;
  /** What `--connection` of a command line takes. */
  readonly address: string;
  /** Another pool on the same database. */
  another(): Knex;
}

/** Undefined, after skipping the test with a sentence, where the vendor's server does not answer. */
export async function scratch(t: Test, vendor: VendorName): Promise<Scratch | undefined> {
  const address = await place(t, vendor);
  if (address === undefined) {
    t.plan(0, `no ${vendor} server answers here`);
    return undefined;
  }
  const another = () => {
    const connection = vendor === 'better-sqlite3' ? { filename: address } : address;
    const knex = createKnex({ client: vendor, connection, useNullAsDefault: true });
    closing.push(() => knex.destroy());
    return knex;
  };
  const closing: (() => Promise<void>)[] = [];
  t.teardown(async () => {
    for (const close of closing) await close();
  });
  return { knex: another(), address, another };
}

let count = 0;

async function place(t: Test, vendor: VendorName): Promise<string | undefined> {
  if (vendor === 'better-sqlite3') {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-install-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, 'scratch.db');
  }
  const name = `sp_install_${process.pid}_${count++}`;
  const server = createKnex({ client: vendor, connection: servers[vendor], pool: { min: 0, max: 1 }, acquireConnectionTimeout: 5000 });
  try {
    await server.raw('create database ??', [name]);
  } catch {
    await server.destroy();
    return undefined;
  }
  t.teardown(async () => {
    await server.raw('drop database ??', [name]);
    await server.destroy();
  });
  return servers[vendor].replace(/[^/]+$/, name);
}

/** The folder that holds package.json, from compiled and uncompiled tests alike. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
