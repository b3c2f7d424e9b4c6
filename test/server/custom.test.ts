import { join } from 'node:path';
import t from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { buildServer } from '../../src/server/app.ts';
import { projectConfig } from '../projects/support.ts';
import { root } from '../support/entry.ts';
import { installSystem } from '../support/garden.ts';
import { loadSql } from '../support/sql-text.ts';
import { withDatabase } from '../support/vendors.ts';

const articles = `
  create table articles (id integer primary key, status varchar(20), title varchar(200), slug varchar(200), teaser varchar(500), published_on datetime);
  insert into articles values
    (1, 'published', 'Peat & <moss>', 'peat', 'On "bogs"', '2026-01-31 12:00:00'),
    (2, 'draft', 'Not yet', 'not-yet', null, null),
    (3, 'published', 'Rain', 'rain', null, '2026-02-01 08:30:00');`;

t.test('the example of an endpoint: a feed of articles', async (t) => {
  await withDatabase('sqlite', async (config) => {
    await loadSql(config, articles);
    await installSystem(config, 'token-of-the-admin');
    const registry = createRegistry({ log: silentLog });
    await registry.set(projectConfig('news', config, { extensions: join(root, 'extensions') }));
    const app = await buildServer({ registry });
    t.teardown(async () => {
      await app.close();
      await registry.close();
    });
    const ask = (url: string, token?: string) =>
      app.inject({ url, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    const feed = await ask('/news/custom/feed', 'token-of-the-admin');
    t.equal(feed.statusCode, 200);
    t.equal(feed.headers['content-type'], 'application/atom+xml; charset=utf-8');
    t.same(
      [...feed.body.matchAll(/<title>(.*)<\/title>/g)].map(([, title]) => title),
      ['Articles', 'Rain', 'Peat &#38; &#60;moss&#62;'],
    );
    t.match(feed.body, '<updated>2026-02-01T08:30:00Z</updated>');
    t.equal((await ask('/news/custom/feed?limit=1', 'token-of-the-admin')).body.match(/<entry>/g)?.length, 1);
    const nobody = await ask('/news/custom/feed');
    t.ok(nobody.statusCode === 401 || nobody.statusCode === 403, 'the public may read no articles');
  });
});
