/** Promise: a read whose rows come once for each row of a list shows and counts those rows only that the caller may read. */
import type { Actor } from '../../src/access/types.ts';
import { prepareRead, runRead } from '../../src/engine/read.ts';
import type { RequestedOutput } from '../../src/query/requested-template.ts';
import type { Feature, Tester } from '../support/expect.ts';
import type { World } from '../support/garden.ts';
import { project } from '../support/gateway.ts';

const note = (only: 'this' | 'others', as: 'value' | 'count'): RequestedOutput => ({
  is: 'relation',
  name: 'sightings',
  as,
  only,
  of: new Map([['note', { is: 'field', name: 'note' }]]),
});

async function seen(t: Tester, { gateway }: World, actor: Actor, wanted: unknown, total: number): Promise<void> {
  const lease = await gateway.registry.lease(project);
  try {
    const { connection, limits, sealer, schemas, rules } = lease.project;
    const context = { actor, connection, limits, sealer, schema: schemas.current, rules: rules.current };
    const { texts, counts } = await runRead(
      context,
      prepareRead(context, {
        collection: 'plants',
        selection: { all: false, named: new Map(), without: new Set() },
        template: new Map<string, RequestedOutput>([
          ['id', { is: 'field', name: 'id' }],
          ['note', note('this', 'value')],
          ['others', note('others', 'count')],
        ]),
        where: { is: 'compare', path: ['id'], operator: 'in', value: ['1', '2', '3'] },
        order: [{ path: ['id'], descending: false }],
        each: 'sightings',
        limit: 10,
        offset: 0,
        counts: { filtered: true, total: false, byStatus: false },
        stubs: false,
      }),
    );
    t.strictSame([JSON.parse(String(texts.between('[', ']'))), counts.filtered], [wanted, total], JSON.stringify(actor));
  } finally {
    lease.release();
  }
}

export const rowsForEach: Feature = {
  promise: 'rows that come for each row of a list',
  async run(t, world) {
    const row = (id: number, text: string | null, others: number) => ({ id, note: text, others });
    const all = [row(1, 'in bloom', 1), row(1, 'fruit set', 1), row(2, 'berries', 0), row(3, 'cone', 0)];
    await seen(t, world, { is: 'user', id: '1', role: '1', admin: true, ip: '' }, all, 4);
    // The writer sees his own; where there is none the row comes once all the same.
    const own = [row(1, 'in bloom', 0), row(2, null, 0), row(3, null, 0)];
    await seen(t, world, { is: 'user', id: '3', role: '4', admin: false, ip: '' }, own, 3);
  },
};
