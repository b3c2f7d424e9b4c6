/** Promise: going back to a revision shows nothing of it that may not be read. */

import { type Feature, told } from '../support/expect.ts';
import { at } from '../support/http.ts';
import { ownGarden } from '../support/own-garden.ts';

export const revertRights: Feature = {
  promise: 'a revert tells no more than reading does',
  async run(t, world) {
    await ownGarden(world, async (garden) => {
      const revise = async (id: number, item: number, data: Record<string, unknown>): Promise<void> => {
        const entry = { action: 'update', action_by: 1, action_on: '2026-01-02 03:04:05', ip: 'localhost', user_agent: 'test' };
        await garden.gateway.connection?.knex('directus_activity').insert({ id, ...entry, collection: 'sightings', item: String(item) });
        const text = JSON.stringify(data);
        const revision = { id, activity: id, collection: 'sightings', item: String(item), data: text, delta: text };
        await garden.gateway.connection?.knex('directus_revisions').insert(revision);
      };
      const all = await garden.rows('sightings');
      const own = all.find((row) => Number(row['observer']) === 3);
      const foreign = all.find((row) => row['observer'] !== null && Number(row['observer']) !== 3);
      if (!own || !foreign) throw new Error('The garden has no such sightings');
      const [ownId, foreignId] = [Number(own['id']), Number(foreign['id'])];
      await revise(9001, ownId, { id: ownId, tally: 77, spot: 'an old secret' });
      await revise(9002, foreignId, { id: foreignId, tally: 78 });
      await garden.permit(4, 'sightings', { update: 'full' });
      const revert = (id: number, revision: number) =>
        garden.send('PATCH', `items/sightings/${id}/revert/${revision}?fields=id,tally`, {}, 'writer');

      const unseen = await revert(ownId, 9001);
      t.equal(at(unseen.json, 'error', 'code'), 207, `without revisions to read there is none (${told(unseen)})`);
      await garden.permit(4, 'directus_revisions', { read: 'full' });
      const done = await revert(ownId, 9001);
      t.equal(at(done.json, 'data', 'tally'), 77, `what may be read is restored (${told(done)})`);
      const [after] = await garden.rows('sightings', { id: ownId });
      t.equal(after?.['spot'], own['spot'], 'what is hidden stays as it is');
      for (const revision of [9001, 9002, 9003]) {
        const answer = await revert(foreignId, revision);
        t.equal(at(answer.json, 'error', 'code'), 203, `no revision tells of a row that may not be read (${told(answer)})`);
      }
    });
  },
};
