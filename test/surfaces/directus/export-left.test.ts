/** A client that leaves while the caller is still looked up: the export it asked for holds nothing afterwards. */
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { installSystem } from '../../support/garden.ts';
import { project, startGateway } from '../../support/gateway.ts';
import { ask, hangUp } from '../../support/http.ts';
import { loadSql } from '../../support/sql-text.ts';
import { createDatabase } from '../../support/vendors.ts';

const token = 'token-of-the-administrator';

t.test('an export that nobody waits for gives its place back', async (t) => {
  const database = await createDatabase('sqlite');
  await installSystem(database.config, token);
  const rows = Array.from({ length: 5000 }, (_, i) => `(${i}, 'row ${i}')`);
  await loadSql(database.config, `create table x (id integer primary key, name text); insert into x values ${rows.join(', ')};`);
  const gateway = await startGateway({ [project]: database.config }, { exports: 1 });
  t.teardown(async () => {
    hangUp();
    await gateway.close();
    await database.drop();
  });
  const { connection } = gateway;
  if (!connection) return t.fail('the project is closed');
  const path = `/${project}/items/x?export=ndjson`;
  const { rows: look } = connection;
  let gone = (): void => undefined;
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  let looked = false;
  Object.assign(connection, {
    rows: async (statement: Parameters<typeof look>[0]) => {
      if (!/directus_users/.test(statement.text) || looked) return look(statement);
      looked = true;
      sent.destroy();
      await left;
      return look(statement);
    },
  });
  const sent = request(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  sent.on('error', () => undefined);
  sent.on('close', () => setTimeout(gone, 50));
  sent.end();
  await left;
  let status = 0;
  for (let i = 0; i < 200 && status !== 200; i += 1) {
    await wait(50);
    status = (await ask(gateway.url, path, { token })).status;
  }
  t.ok(looked, 'the client left while the caller was looked up');
  t.equal(status, 200, 'the next one has the place');
});
