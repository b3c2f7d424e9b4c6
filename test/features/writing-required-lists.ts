/** Promise: a row keeps at least one row in a list that it must have (directus8-data §7.4, §9.4). */
import type { Feature } from '../support/expect.ts';
import { refused } from '../support/expect.ts';
import { project } from '../support/gateway.ts';
import { gives, grant, leavesAll, withWriting } from '../support/writing.ts';

export const writingRequiredLists: Feature = {
  promise: 'lists that must not be empty are not',
  async run(t, { vendor }) {
    await withWriting(vendor, async (world) => {
      const { send, knex } = world;
      await knex('labels').delete();
      await knex('directus_fields').where({ collection: 'makers', field: 'things' }).update({ required: true });
      const lease = await world.gateway.registry.lease(project);
      await lease.project.reload();
      lease.release();
      const bad: readonly [string, 'POST' | 'PATCH', string, unknown][] = [
        ['made without', 'POST', 'makers', { name: 'Eve' }],
        ['made with none', 'POST', 'makers', { name: 'Eve', things: [] }],
        ['made below without', 'POST', 'makers', { name: 'Eve', things: [{ name: 'Peg' }], team: [{ name: 'Jo' }] }],
        ['the last one deleted', 'PATCH', 'makers/1', { things: [{ id: 1, $delete: true }] }],
        ['the last one sent away', 'PATCH', 'makers/1', { things: [{ id: 1, maker: null }] }],
      ];
      for (const [what, method, path, body] of bad) {
        await leavesAll(t, world, what, async () => {
          const answer = await send(method, path, body);
          refused(t, answer, 422, 4, what);
          t.match(answer.text, /things: This value should not be blank/);
        });
      }
      gives(t, await send('POST', 'makers?fields=name', { name: 'Eve', things: [{ name: 'Peg' }] }), { name: 'Eve' }, 'made with one');
      gives(t, await send('PATCH', 'makers/1?fields=name', { name: 'Ana' }), { name: 'Ana' }, 'what is not sent stays');
      const replaced = { things: [{ id: 1, $delete: true }, { name: 'Axe' }] };
      gives(t, await send('PATCH', 'makers/1?fields=things.name', replaced), { things: [{ name: 'Axe' }] }, 'replaced');
      const [rights, last] = [
        { read: 'full', update: 'full', delete: 'full' },
        { name: 'Last', maker: 1 },
      ];
      await grant(world, 4, 'makers', rights);
      await grant(world, 4, 'things', { ...rights, read: 'none' });
      await knex('things').where({ maker: 1 }).delete();
      await knex('things').insert({ ...last, id: 90 });
      const gone = () => send('PATCH', 'makers/1', { things: [{ id: 90, $delete: true }] }, 'writer');
      const alone = await gone();
      await knex('things').insert({ ...last, id: 91 });
      const beside = await gone();
      refused(t, alone, 422, 4, 'the last one');
      t.strictSame([beside.status, beside.text], [alone.status, alone.text], 'others that may not be read do not show');
    });
  },
};
