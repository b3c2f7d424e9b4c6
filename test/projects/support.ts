/** What the tests of projects share: configurations over scratch databases, and a line to a database that can be cut. */
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectConfig } from '../../src/config/types.ts';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { createDatabase, type TestDatabase, type TestVendor } from '../support/vendors.ts';

export function projectConfig(key: string, database: DatabaseConfig, more: Partial<ProjectConfig> = {}): ProjectConfig {
  const storage = { driver: 'local', root: join(tmpdir(), 'sallyport-test-storage') } as const;
  return { key, database, secret: 'long enough to be a secret', storage, private: false, ...more };
}

/** A scratch database; a SQLite file is made when it is opened. */
export async function scratchDatabase(vendor: TestVendor): Promise<TestDatabase> {
  const made = await createDatabase(vendor);
  if (vendor !== 'sqlite' || typeof made.config.connection === 'string') return made;
  return { ...made, config: { ...made.config, connection: { ...made.config.connection, create: true } } };
}

export interface Line {
  /** The same database, reached through the line. */
  readonly config: DatabaseConfig;
  /** Ends every connection and takes no new one. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** A line to a database server, cut at first. */
export async function lineTo(database: DatabaseConfig): Promise<Line> {
  const target = new URL(String(database.connection));
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect({ host: target.hostname, port: Number(target.port) });
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const listen = (port: number) => new Promise<void>((done) => void server.listen(port, '127.0.0.1', done));
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const through = new URL(target);
  through.hostname = '127.0.0.1';
  through.port = String(port);

  const cut = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      for (const socket of sockets) socket.destroy();
    });
  await cut();
  return { config: { ...database, connection: through.href }, cut, mend: () => listen(port) };
}

/** Tries until it works, for at most `patience` milliseconds. */
export async function eventually<T>(attempt: () => Promise<T>, patience = 8_000): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** The kind and sentence of the error that the work ends with; `none` when it works. */
export async function refusal(work: Promise<unknown>): Promise<{ kind: string; message: string }> {
  try {
    await work;
    return { kind: 'none', message: '' };
  } catch (error) {
    return error instanceof GatewayError ? { kind: error.kind, message: error.message } : { kind: 'other', message: String(error) };
  }
}
