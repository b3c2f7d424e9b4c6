/** Promise: a page behind a cursor costs what the first page costs, where an index has the leading column of the order (issue 3). */
import type { Feature, Tester } from '../support/expect.ts';
import { told } from '../support/expect.ts';
import { installSystem, type World } from '../support/garden.ts';
import { project, startGateway } from '../support/gateway.ts';
import { ask, at, rows } from '../support/http.ts';
import { loadSql } from '../support/sql-text.ts';
import { withDatabase } from '../support/vendors.ts';

const token = 'token-of-the-counter';
const count = 20_000;
/** Far more than a page needs, far less than there are. */
const few = 300;

const tables = `create table things (id integer primary key, n integer not null, m integer, word varchar(20) collate "C" not null);
  insert into things select i, i * 7919 % ${count}, case when i % 3 > 0 then i * 104729 % ${count} end, 'word ' || i * 31 % ${count}
  from generate_series(1, ${count}) i;
  create index on things (n); create index on things (m); create index on things (word); analyze things;`;

const orders = ['id', '-id', 'n', '-n,id', 'n,-id', 'm', '-m', 'm,-n', '-m,n,id', 'word', '-word'];

interface Plan {
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** Rows that all steps of the plan looked at. */
function visited(plan: Plan): number {
  const here = ((plan['Actual Rows'] ?? 0) + (plan['Rows Removed by Filter'] ?? 0)) * (plan['Actual Loops'] ?? 1);
  return here + (plan.Plans ?? []).reduce((sum, inner) => sum + visited(inner), 0);
}

async function cost(t: Tester, { vendor }: World): Promise<void> {
  await withDatabase(vendor, async (config) => {
    await loadSql(config, tables);
    await installSystem(config, token);
    const gateway = await startGateway({ [project]: config });
    const costOf = async (query: string): Promise<{ rows: number; ids: unknown[] }> => {
      gateway.statements.length = 0;
      const answer = await ask(gateway.url, `/${project}/items/things?${query}`, { token });
      const sent = gateway.statements.find(({ text }) => text.includes('"things"'));
      const [[plan] = []] =
        (await gateway.connection?.texts({ text: `explain (analyze, format json) ${sent?.text}`, values: sent?.values ?? [] })) ?? [];
      const [{ Plan: top }] = JSON.parse(plan ?? '') as [{ Plan: Plan }];
      if (answer.status !== 200) t.fail(told(answer));
      return { rows: visited(top), ids: rows(answer).map(({ id }) => id) };
    };
    try {
      for (const sort of orders) {
        const list = `fields=id&sort=${sort}&limit=20&meta=cursor`;
        const first = await costOf(list);
        t.ok(first.rows <= few, `sort=${sort}: the first page looks at ${first.rows} rows`);
        for (const skipped of [count / 4, count - 2000]) {
          const before = await ask(gateway.url, `/${project}/items/things?fields=id&sort=${sort}&limit=${skipped}&meta=cursor`, { token });
          const cursor = String(at(before.json, 'meta', 'cursor'));
          const page = await costOf(`${list}&cursor=${cursor}`);
          const offset = await ask(gateway.url, `/${project}/items/things?fields=id&sort=${sort}&limit=20&offset=${skipped}`, { token });
          t.strictSame(
            page.ids,
            rows(offset).map(({ id }) => id),
            `sort=${sort}: the page behind ${skipped} rows`,
          );
          t.ok(page.rows <= few, `sort=${sort}: it looks at ${page.rows} rows`);
        }
      }
    } finally {
      await gateway.close();
    }
  });
}

export const cursorCost: Feature = {
  promise: 'a page behind a cursor costs what the first one costs',
  async run(t, world) {
    // The other databases take the same conditions, and tell less about what they look at.
    if (world.vendor === 'postgres') await t.test('by the rows that PostgreSQL looks at', (t) => cost(t, world));
  },
};
