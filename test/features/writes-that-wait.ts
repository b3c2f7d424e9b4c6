/** Promise: however many writes wait for a table that somebody else has locked, other tables are read. */
import { vendorOf } from '../../src/vendors/index.ts';
import { eventually } from '../support/eventually.ts';
import type { Feature } from '../support/expect.ts';
import { bytes } from '../support/files.ts';
import { project } from '../support/gateway.ts';
import { type OwnGarden, ownGarden } from '../support/own-garden.ts';
import type { TestVendor } from '../support/vendors.ts';

const json = { 'content-type': 'application/json' };

/** A file of SQLite has one writer at a time, who holds no connection while waiting. */
const locks: Partial<Record<TestVendor, string>> = {
  postgres: 'lock table zones in exclusive mode',
  mysql: 'select * from zones for update',
};

async function withLock(garden: OwnGarden, lock: string, run: (release: () => Promise<void>) => Promise<void>): Promise<void> {
  const lease = await garden.gateway.registry.lease(project);
  const { database } = lease.project.config;
  lease.release();
  const other = await vendorOf(database.client).connect(database);
  const held = await other.knex.transaction();
  try {
    await held.raw(lock);
    await run(async () => void (await held.rollback()));
  } finally {
    if (!held.isCompleted()) await held.rollback();
    await other.close();
  }
}

export const writesThatWait: Feature = {
  promise: 'reads beside writes that wait for a lock',
  async run(t, world) {
    const lock = locks[world.vendor];
    if (lock === undefined) return;
    await ownGarden(world, (garden) =>
      withLock(garden, lock, async (release) => {
        const lease = await garden.gateway.registry.lease(project);
        const { connection } = lease.project;
        lease.release();
        let ended = 0;
        const writes = Array.from({ length: 30 }, async (_, i) => {
          const name = JSON.stringify({ name: `zone ${i}` });
          const answer = await bytes(garden, '/garden/items/zones/1?fields=name', 'admin', { method: 'PATCH', body: name, headers: json });
          ended += 1;
          return answer.status;
        });
        const { most } = connection.use();
        await eventually(async () => connection.use().busy >= most - 1 && connection.use().waiting === 0);
        for (let i = 0; i < 3; i += 1) {
          const read = await bytes(garden, '/garden/items/plants?limit=1&fields=id', 'admin');
          t.equal(read.status, 200);
        }
        t.equal(ended, 0, 'while no write has ended');
        await release();
        const answers = await Promise.all(writes);
        t.strictSame([...new Set(answers)], [200], 'and all of them are written in the end');
      }),
    );
  },
};
