/** Promise: a project whose database is down answers 503 and recovers by itself, while the others serve on (issue 2). */
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseConfig } from '../../src/dialect/types.ts';
import { tokens } from '../fixtures/garden-people.ts';
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { type Gateway, project, startGateway } from '../support/gateway.ts';
import { type Answer, ask } from '../support/http.ts';
import { fileOf, urlOf } from '../support/sql-text.ts';
import { openProxy } from '../support/tcp-proxy.ts';

const path = '/garden/items/zones/1?fields=name';

/** The answer as soon as it has that status; the last one after a while. */
async function until(gateway: Gateway, status: number): Promise<Answer> {
  const end = Date.now() + 25_000;
  let answer = await ask(gateway.url, path, { token: tokens.admin });
  while (answer.status !== status && Date.now() < end) {
    await pause(100);
    answer = await ask(gateway.url, path, { token: tokens.admin });
  }
  return answer;
}

async function othersServe(t: Tester, gateway: Gateway): Promise<void> {
  const other = await ask(gateway.url, '/other/items/zones/1?fields=name', { token: tokens.admin });
  t.equal(other.status, 200, `the other project serves on (${told(other)})`);
}

function through(config: DatabaseConfig, port: number): DatabaseConfig {
  const url = new URL(urlOf(config));
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { ...config, connection: url.href };
}

async function outage(t: Tester, world: World): Promise<void> {
  const { hostname, port } = new URL(urlOf(world.config));
  const proxy = await openProxy(hostname, Number(port || (world.vendor === 'postgres' ? 5432 : 3306)));
  const gateway = await startGateway({ [project]: through(world.config, proxy.port), other: world.config });
  try {
    t.equal((await until(gateway, 200)).status, 200, 'serves');
    await proxy.cut();
    refused(t, await until(gateway, 503), 503, 11, 'while the way is cut');
    await othersServe(t, gateway);
    await proxy.mend();
    const again = await until(gateway, 200);
    t.equal(again.status, 200, `recovers (${told(again)})`);
  } finally {
    await gateway.close();
    await proxy.cut();
  }
}

async function lateStart(t: Tester, world: World): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-late-'));
  const file = world.vendor === 'sqlite' ? join(folder, 'late.db') : undefined;
  const proxy = file
    ? undefined
    : await openProxy(
        new URL(urlOf(world.config)).hostname,
        Number(new URL(urlOf(world.config)).port || (world.vendor === 'postgres' ? 5432 : 3306)),
      );
  await proxy?.cut();
  const config: DatabaseConfig = file
    ? { client: 'better-sqlite3', connection: { filename: file } }
    : through(world.config, proxy?.port ?? 0);
  const gateway = await startGateway({ [project]: config, other: world.config });
  try {
    refused(t, await ask(gateway.url, path, { token: tokens.admin }), 503, 11, 'before the database is there');
    await othersServe(t, gateway);
    if (file) {
      await copyFile(fileOf(world.config), `${file}.new`);
      await rename(`${file}.new`, file);
    }
    await proxy?.mend();
    const served = await until(gateway, 200);
    t.equal(served.status, 200, `serves as soon as it is (${told(served)})`);
  } finally {
    await gateway.close();
    await proxy?.cut();
    await rm(folder, { recursive: true, force: true });
  }
}

export const databaseDown: Feature = {
  promise: 'a project whose database is down recovers by itself',
  async run(t, world) {
    await t.test('a database that comes late', (t) => lateStart(t, world));
    // A file does not lose its connection.
    if (world.vendor !== 'sqlite') await t.test('a database that goes and comes back', (t) => outage(t, world));
  },
};
