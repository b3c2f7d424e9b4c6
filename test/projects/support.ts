/** What the tests of projects share: configurations over scratch databases, and a line to a database that can be cut. */
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectConfig } from '../../src/config/types.ts';
import type { Connection, DatabaseConfig, StatementLimits } from '../../src/dialect/types.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import type { Statement } from '../../src/lib/fragment.ts';
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
export async function eventually<T>(attempt: () => Promise<T>, patience = 20_000): Promise<T> {
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

/** A hold on some statements of a connection. */
export interface Gate {
  /** When the first of them is sent. */
  readonly reached: Promise<void>;
  /** Lets all of them through. */
  open(): void;
}

/** Holds back the statements that look like this. */
export function gate(connection: Connection, about: RegExp): Gate {
  let reach = (): void => undefined;
  let open = (): void => undefined;
  const reached = new Promise<void>((done) => {
    reach = done;
  });
  const opened = new Promise<void>((done) => {
    open = done;
  });
  const held = <T>(run: (statement: Statement, limits?: StatementLimits) => Promise<T>) => {
    return async (statement: Statement, limits?: StatementLimits): Promise<T> => {
      if (about.test(statement.text)) {
        reach();
        await opened;
      }
      return run(statement, limits);
    };
  };
  const { texts, rows } = connection;
  Object.assign(connection, { texts: held(texts), rows: held(rows) });
  return {
    reached,
    open() {
      Object.assign(connection, { texts, rows });
      open();
    },
  };
}

/** The work's result, which must not depend on anything that the test holds back. */
export async function soon<T>(work: Promise<T>, patience = 20_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bell = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error('It waits for what is held back')), patience);
  });
  return Promise.race([work, bell]).finally(() => clearTimeout(timer));
}
