/** Promise: the official JavaScript client of Directus 8 works unmodified for what it reads (directus8-system §28). */
import { createRequire } from 'node:module';
import type { SDK } from '@directus/sdk-js';
import type { Feature } from '../support/expect.ts';

// The package's ES build has no default export that Node finds; its CommonJS build has.
const { SDK: Sdk } = createRequire(import.meta.url)('@directus/sdk-js') as { SDK: typeof SDK };

export const directusSdk: Feature = {
  promise: 'the official JavaScript client of Directus 8 reads',
  databaseIndependent: 'what clients make of answers that other promises look at',
  async run(t, world) {
    const client = new Sdk({ url: `${world.gateway.url}/`, project: 'garden', mode: 'jwt', persist: false, storage: undefined as never });
    await client.login({ email: 'admin@example.com', password: 'password', persist: false });
    t.equal(await client.isLoggedIn(), true, 'signed in');

    const list = await client.getItems('plants', {
      fields: ['id', 'title', 'zone.name'],
      filter: { title: { contains: 'a' }, id: { in: [1, 2, 3] } },
      sort: ['-id'],
      limit: 2,
      meta: ['total_count', 'filter_count'],
    } as never);
    const ids = (list.data as unknown as { id: number }[]).map((plant) => plant.id);
    t.ok(ids.length > 0 && ids.length <= 2 && ids.every((id) => [1, 2, 3].includes(id)), 'a list with fields, filter, sort and limit');
    t.strictSame(
      ids,
      [...ids].sort((a, b) => b - a),
      'in the order asked for',
    );
    t.equal(typeof (list as unknown as { meta: { filter_count: unknown } }).meta.filter_count, 'number', 'with its counts');

    const item = await client.getItem('plants', 1, { fields: ['id', 'title'] } as never);
    t.strictSame(Object.keys(item.data as object).sort(), ['id', 'title'], 'one item');
    const missing = await client.getItem('plants', 999_999).catch((error: unknown) => error);
    t.match(missing, { code: 203 }, 'a missing item has its code');

    t.equal((await client.getMe({ fields: ['email'] } as never)).data.email, 'admin@example.com', 'who one is');
    const listings: [string, unknown][] = [
      ['collections', await client.getCollections()],
      ['fields', await client.getFields('plants')],
      ['relations', await client.getRelations()],
      ['users', await client.getUsers()],
      ['roles', await client.getRoles()],
      ['settings', await client.getSettings()],
    ];
    for (const [name, answer] of listings) {
      t.ok((answer as { data: unknown[] }).data.length > 0, name);
    }
    t.ok((await client.projectInfo()) !== undefined, 'the project');
  },
};
