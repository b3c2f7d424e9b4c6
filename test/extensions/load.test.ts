import { join } from 'node:path';
import t from 'tap';
import { createHooks } from '../../src/engine/hooks.ts';
import { loadExtensions } from '../../src/extensions/load.ts';
import { openExtensions } from '../../src/extensions/store.ts';
import { root } from '../support/entry.ts';
import { extensionFolder, rememberingLog, writeExtensions } from './support.ts';

const caller = { user: '1', role: '1', admin: true, ip: '' };
const create = { collection: 'plants', action: 'create' } as const;

const addingOne = (number: number, more = '') =>
  `export default { ${more} filters: { 'item.create:before': (item) => ({ ...item, order: (item.order ?? '') + '${number}' }) } };`;

t.test('what a folder holds', async (t) => {
  const log = rememberingLog();
  const { folder, remove } = await extensionFolder({
    'hooks/b/index.mjs': addingOne(2),
    'hooks/a/index.mjs': addingOne(3, 'priority: -100,'),
    'hooks/c/index.js': addingOne(1, 'priority: 100,'),
    'hooks/_off/index.mjs': 'throw new Error("off")',
    'hooks/README.md': 'no extension',
    'hooks/throws/index.mjs': 'throw new Error("at its start")',
    'hooks/syntax/index.mjs': 'export default {',
    'hooks/event/index.mjs': `export default { filters: { 'item.create:after': () => {} } }`,
    'hooks/action/index.mjs': `export default { actions: { 'item.create.plants:before': () => {} } }`,
    'hooks/phase/index.mjs': `export default { actions: { 'auth.success:after': () => {} } }`,
    'hooks/filter/index.mjs': `export default { filters: { 'auth.success': () => {} } }`,
    'hooks/key/index.mjs': 'export default { filter: {} }',
    'hooks/empty/other.mjs': '',
    'endpoints/none/index.mjs': 'export const x = 1;',
    'endpoints/made/index.mjs': `export default async ({ project, log }) => ({ ['/' + project]: { handler: () => typeof log.info } });`,
  });
  t.teardown(remove);
  const found = await loadExtensions({ folder, project: 'garden', log });
  t.same(found.loaded, ['hooks/a', 'hooks/b', 'hooks/c', 'endpoints/made']);
  const reasons = Object.fromEntries(found.faults.map(({ extension, reason }) => [extension, reason]));
  t.equal(reasons['hooks/throws'], 'at its start');
  t.match(reasons['hooks/event'], /^filters: "item\.create:after" is no event; there are /);
  t.match(reasons['hooks/action'], /^actions: "item\.create\.plants:before" is no event/);
  t.match(reasons['hooks/phase'], /^actions: "auth\.success:after" is no event/);
  t.match(reasons['hooks/filter'], /^filters: "auth\.success" is no event/);
  t.match(reasons['hooks/key'], /^"filter" is not known/);
  t.match(reasons['hooks/empty'], /^it has no index\.js/);
  t.match(reasons['endpoints/none'], /^its default export is no object/);
  t.ok(reasons['hooks/syntax']);
  t.equal(Object.keys(reasons).length, 9);
  t.equal(log.lines.filter(({ level }) => level === 'error').length, 9, 'each is logged');
  const hooks = createHooks(found.listeners, { log, milliseconds: 1000 });
  t.same(await hooks.before(create, {}, { caller }), { order: '123' }, 'by priority');
  t.ok(found.endpoints.get('made')?.[0]?.pattern.test('/garden'));
});

t.test('a change takes effect with the next reload', async (t) => {
  const log = rememberingLog();
  const { folder, remove } = await extensionFolder({ 'hooks/a/index.mjs': addingOne(1) });
  t.teardown(remove);
  const store = await openExtensions({ folder, project: 'garden', log, hookMilliseconds: 1000 });
  const before = store.hooks;
  await writeExtensions(folder, { 'hooks/a/index.mjs': addingOne(2), 'hooks/b/index.mjs': addingOne(3) });
  t.same(await store.hooks.before(create, {}, { caller }), { order: '1' });
  await store.reload();
  t.same(await store.hooks.before(create, {}, { caller }), { order: '23' });
  t.same(await before.before(create, {}, { caller }), { order: '1' }, 'who holds the old ones keeps them');
});

t.test('no folder', async (t) => {
  const log = rememberingLog();
  const none = await openExtensions({ folder: undefined, project: 'garden', log, hookMilliseconds: 1000 });
  const missing = await openExtensions({ folder: '/nowhere/at/all', project: 'garden', log, hookMilliseconds: 1000 });
  for (const { hooks } of [none, missing]) t.notOk(hooks.listens('before', 'create', 'plants'));
  t.same(log.lines, []);
});

t.test('the example of a hook', async (t) => {
  const log = rememberingLog();
  const { listeners, faults } = await loadExtensions({ folder: join(root, 'extensions'), project: 'demo', log });
  t.same(faults, []);
  const hooks = createHooks(listeners, { log, milliseconds: 1000 });
  const made = (payload: Record<string, unknown>) => hooks.before({ collection: 'articles', action: 'create' }, payload, { caller });
  t.same(await made({ title: 'Käse & Brot!' }), { title: 'Käse & Brot!', slug: 'kase-brot' });
  t.same(await made({ title: 'x', slug: 'mine' }), { title: 'x', slug: 'mine' });
  t.same(await made({}), {});
  await t.rejects(made({ title: '?!' }), { kind: 'unprocessable', message: /^slug: / });
  t.notOk(hooks.listens('before', 'create', 'products'));
  hooks.after({ collection: 'articles', action: 'create', keys: ['7'], items: [{ id: 7 }] }, { caller });
  await hooks.settled();
  t.match(log.lines.at(-1), { level: 'info', details: { keys: ['7'], user: '1' }, message: 'an article was created' });
});
