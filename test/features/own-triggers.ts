/** Promise: what triggers and rules of the database make of a write is told as it is, and a row they leave out is not said to be there. */
import type { Feature, Tester } from '../support/expect.ts';
import { refused, told } from '../support/expect.ts';
import { installSystem } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { type Answer, ask, at, rows } from '../support/http.ts';
import { loadSql } from '../support/sql-text.ts';
import { type TestVendor, withDatabase } from '../support/vendors.ts';

const token = 'admin-token-of-triggers';

const tables = `
create table notes (id int primary key, title varchar(50), made_by varchar(50));
create table letters (id int primary key, title varchar(50));
insert into letters values (1, 'keep');
`;

const capitals = "set new.title = upper(new.title), new.made_by = 'a trigger'";

/** `notes` get their titles in capitals, after the write where the database can do that; `letters` take no 'skip' and lose no 'keep'. */
const triggers: Readonly<Record<TestVendor, string>> = {
  postgres: `
create function shout() returns trigger language plpgsql as $$ begin
  update notes set title = upper(title), made_by = 'a trigger' where id = new.id and title <> upper(title); return null; end $$;
create trigger shout after insert or update on notes for each row execute function shout();
create function pass_over() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' then if old.title = 'keep' then return null; end if; return old; end if;
  if new.title = 'skip' then return null; end if; return new; end $$;
create trigger pass_over before insert or update or delete on letters for each row execute function pass_over();
create table ruled (id int primary key);
create rule elsewhere as on insert to ruled do instead nothing;`,
  sqlite: `
create trigger shout_new after insert on notes begin update notes set title = upper(title), made_by = 'a trigger' where id = new.id; end;
create trigger shout after update of title on notes when new.title <> upper(new.title) begin
  update notes set title = upper(title), made_by = 'a trigger' where id = new.id; end;
create trigger pass_over_new before insert on letters when new.title = 'skip' begin select raise(ignore); end;
create trigger pass_over before update on letters when new.title = 'skip' begin select raise(ignore); end;
create trigger stay before delete on letters when old.title = 'keep' begin select raise(ignore); end;`,
  mysql: `
create trigger shout_new before insert on notes for each row ${capitals};
create trigger shout before update on notes for each row ${capitals};`,
};

type Send = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Revisions hold what is stored, not what was sent. */
async function changed(t: Tester, send: Send): Promise<void> {
  const made = await send('POST', 'items/notes', [
    { id: 1, title: 'one' },
    { id: 2, title: 'two' },
  ]);
  t.strictSame(
    at(made.json, 'data'),
    [
      { id: 1, title: 'ONE', made_by: 'a trigger' },
      { id: 2, title: 'TWO', made_by: 'a trigger' },
    ],
    told(made),
  );
  const now = await send('PATCH', 'items/notes/1', { title: 'other' });
  t.strictSame(at(now.json, 'data'), { id: 1, title: 'OTHER', made_by: 'a trigger' }, told(now));
  const history = await send('GET', 'items/notes/1/revisions?fields=data&sort=id');
  t.strictSame(
    rows(history).map((row) => row['data']),
    ['ONE', 'OTHER'].map((title) => ({ id: 1, title, made_by: 'a trigger' })),
    told(history),
  );
}

async function leftOut(t: Tester, send: Send, vendor: TestVendor): Promise<void> {
  if (vendor !== 'mysql') {
    for (const body of [
      { id: 5, title: 'skip' },
      [
        { id: 6, title: 'a' },
        { id: 7, title: 'skip' },
      ],
    ]) {
      refused(t, await send('POST', 'items/letters', body), 422, 12, 'a row that is left out');
    }
    refused(t, await send('PATCH', 'items/letters/1', { title: 'skip' }), 403, 302, 'a change that is');
    refused(t, await send('DELETE', 'items/letters/1'), 403, 303, 'a deletion that is');
    const there = await send('GET', 'items/letters');
    t.strictSame(at(there.json, 'data'), [{ id: 1, title: 'keep' }], told(there));
    const told_of = await send('GET', 'activity?filter[collection]=letters');
    t.strictSame(at(told_of.json, 'data'), [], told(told_of));
  }
  if (vendor === 'postgres') refused(t, await send('POST', 'items/ruled', { id: 1 }), 422, 12, 'a rule instead of the insert');
}

async function run(t: Tester, vendor: TestVendor): Promise<void> {
  await withDatabase(vendor, async (config) => {
    await loadSql(config, tables);
    await loadSql(config, triggers[vendor]);
    await installSystem(config, token);
    const gateway = await startGateway({ [project]: config });
    const send: Send = (method, path, body) =>
      ask(gateway.url, `/${project}/${path}`, { token, method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    try {
      for (const name of ['notes', 'letters']) await send('PATCH', `collections/${name}`, { managed: true });
      await changed(t, send);
      await leftOut(t, send, vendor);
    } finally {
      await gateway.close();
    }
  });
}

export const ownTriggers: Feature = {
  promise: 'what triggers of the database make of a write is told as it is',
  run: (t, { vendor }) => run(t, vendor),
};
