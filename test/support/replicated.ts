/** A database server with a replica of its own, both started by the test that uses them and gone with it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { eventually } from './eventually.ts';

export interface Replicated {
  /** Of the server that is written to, without a database. */
  readonly primary: string;
  readonly replica: string;
  /** Runs statements on either; the rows of the last one. */
  send(on: 'primary' | 'replica', ...statements: readonly string[]): Promise<unknown>;
  /** The replica goes on receiving and shows nothing new. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the replica as a crash would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => done(false));
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
  });
}

/** The user that a server runs as, which must not be root. */
async function userNamed(name: string): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (!isRoot) return undefined;
  const idOf = async (flag: string): Promise<number> => Number((await run('id', [flag, name])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

/** A folder that the user owns. */
async function folderOf(user: { readonly uid: number; readonly gid: number } | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-replicated-'));
  await chmod(folder, 0o700);
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}

/** Servers that were started, and the signal that ends them at once. */
function household(folder: string, signal: NodeJS.Signals) {
  const children: ChildProcess[] = [];
  return {
    async start(port: number, command: string, args: readonly string[], user: object | undefined): Promise<ChildProcess> {
      const child = spawn(command, args, { cwd: folder, stdio: 'ignore', ...user });
      children.push(child);
      // Also where the test never comes to its end.
      process.once('exit', () => child.kill(signal));
      if (!(await eventually(() => answers(port)))) throw new Error(`${command} did not start`);
      return child;
    },
    async kill(child: ChildProcess | undefined): Promise<void> {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill(signal);
      await gone;
    },
    async stop(): Promise<void> {
      for (const child of children.toReversed()) await this.kill(child);
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function binariesOfPostgres(): string | undefined {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(a) - Number(b)) : [];
  return versions.map((version) => join(base, version, 'bin')).findLast((bin) => existsSync(join(bin, 'pg_basebackup')));
}

/** PostgreSQL with streaming replication; else why there is none. */
export async function replicatedPostgres(): Promise<Replicated | string> {
  const bin = binariesOfPostgres();
  if (bin === undefined) return 'No PostgreSQL is installed here of which a replica could be started.';
  const user = await userNamed('postgres').catch(() => undefined);
  if (isRoot && !user) return 'There is no user postgres that a PostgreSQL of the test could run as.';
  const folder = await folderOf(user);
  // Killed, it would leave memory that it shares behind.
  const house = household(folder, 'SIGQUIT');
  const [first, second] = [join(folder, 'primary'), join(folder, 'replica')];
  const ports = { primary: await freePort(), replica: await freePort() };
  const urls = { primary: `postgres://postgres@127.0.0.1:${ports.primary}`, replica: `postgres://postgres@127.0.0.1:${ports.replica}` };
  const tool = (name: string, args: readonly string[]) => run(join(bin, name), args, { cwd: folder, ...user });
  const quick = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=60', 'shared_buffers=16MB'];
  const start = (data: string, port: number): Promise<ChildProcess> => {
    const settings = [...quick, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`].flatMap((one) => ['-c', one]);
    return house.start(port, join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], user);
  };
  const send: Replicated['send'] = async (on, ...statements) => {
    const client = new pg.Client({ connectionString: `${urls[on]}/postgres` });
    await client.connect();
    try {
      let rows: unknown;
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } finally {
      await client.end();
    }
  };
  const ready = (on: 'primary' | 'replica'): Promise<boolean> => eventually(() => send(on, 'select 1').then(Boolean, () => false));
  try {
    await tool('initdb', ['-D', first, '-U', 'postgres', '--auth=trust', '--locale=C.UTF-8', '--encoding=UTF8', '--no-sync']);
    await start(first, ports.primary);
    await ready('primary');
    const copying = ['-D', second, '-R', '--no-sync', '--checkpoint=fast', '-X', 'stream', '-d', urls.primary];
    await tool('pg_basebackup', copying);
    const replica = await start(second, ports.replica);
    await ready('replica');
    return {
      ...urls,
      send,
      pause: async () => void (await send('replica', 'select pg_wal_replay_pause()')),
      resume: async () => void (await send('replica', 'select pg_wal_replay_resume()')),
      kill: () => house.kill(replica),
      stop: () => house.stop(),
    };
  } catch (error) {
    await house.stop();
    throw error;
  }
}

/** MariaDB with replication by global transaction identifiers; else why there is none. */
export async function replicatedMariadb(): Promise<Replicated | string> {
  const server = '/usr/sbin/mariadbd';
  if (!existsSync(server)) return 'No MariaDB is installed here of which a replica could be started.';
  const user = await userNamed('mysql').catch(() => undefined);
  if (isRoot && !user) return 'There is no user mysql that a MariaDB of the test could run as.';
  const folder = await folderOf(user);
  const house = household(folder, 'SIGKILL');
  const ports = { primary: await freePort(), replica: await freePort() };
  const urls = { primary: `mysql://root@127.0.0.1:${ports.primary}`, replica: `mysql://root@127.0.0.1:${ports.replica}` };
  const start = async (on: 'primary' | 'replica', id: number): Promise<ChildProcess> => {
    const data = join(folder, on);
    const scratch = `${data}-scratch`;
    await run('mkdir', [scratch], user);
    const made = [
      '--no-defaults',
      `--datadir=${data}`,
      `--tmpdir=${scratch}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ];
    await run('mariadb-install-db', made, { cwd: folder, env: { ...process.env, TMPDIR: scratch }, ...user });
    const network = [`--port=${ports[on]}`, '--bind-address=127.0.0.1', `--socket=${data}/socket`, `--pid-file=${data}/pid`];
    const texts = ['--character-set-server=utf8mb4', '--collation-server=utf8mb4_general_ci', '--skip-name-resolve'];
    const quick = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=32M'];
    const log = [`--server-id=${id}`, '--log-bin=log', '--binlog-format=row', '--log-slave-updates'];
    return house.start(
      ports[on],
      server,
      ['--no-defaults', `--datadir=${data}`, `--tmpdir=${scratch}`, ...network, ...texts, ...quick, ...log],
      user,
    );
  };
  const send: Replicated['send'] = async (on, ...statements) => {
    const connection = await mysql.createConnection({ uri: `${urls[on]}/` });
    try {
      let rows: unknown;
      for (const statement of statements) [rows] = await connection.query(statement);
      return rows;
    } finally {
      await connection.end();
    }
  };
  const ready = (on: 'primary' | 'replica'): Promise<boolean> => eventually(() => send(on, 'select 1').then(Boolean, () => false));
  try {
    const [, replica] = await Promise.all([start('primary', 1), start('replica', 2)]);
    await Promise.all([ready('primary'), ready('replica')]);
    // What installing wrote is the same on both, and nothing of it is to be copied.
    await send('primary', 'reset master');
    const source = `master_host='127.0.0.1', master_port=${ports.primary}, master_user='root', master_use_gtid=slave_pos`;
    await send('replica', 'reset master', "set global gtid_slave_pos=''", `change master to ${source}`, 'start slave');
    return {
      ...urls,
      send,
      pause: async () => void (await send('replica', 'stop slave sql_thread')),
      resume: async () => void (await send('replica', 'start slave sql_thread')),
      kill: () => house.kill(replica),
      stop: () => house.stop(),
    };
  } catch (error) {
    await house.stop();
    throw error;
  }
}
