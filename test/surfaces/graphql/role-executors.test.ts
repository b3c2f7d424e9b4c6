/** Promise: the callers of a role share one executor as long as schema and rules are the same, and it ends with the project. */

import t from 'tap';
import { compileRules } from '../../../src/access/compile-rules.ts';
import type { Actor } from '../../../src/access/types.ts';
import { roleExecutor } from '../../../src/surfaces/graphql/role-executors.ts';
import { built, table } from '../../schema/tables.ts';

const schema = built([table('boats', { id: 'integer' })]);
const rulesOf = (version: number) => compileRules({ roles: [], permissions: [], settings: [] }, version);
const rules = rulesOf(1);
const user = (id: string, role: string, admin = false): Actor => ({ is: 'user', id, role, admin, ip: '' });
const project = () => {
  const ending = new AbortController();
  return { config: {}, ending: ending.signal, end: () => ending.abort() };
};

t.test('one for a role', async (t) => {
  const [owner, other] = [project(), project()];
  const first = roleExecutor(owner, { schema, rules, actor: user('1', '3') });
  t.equal(roleExecutor(owner, { schema, rules, actor: user('2', '3') }), first, 'asked for before it is there');
  t.equal(await roleExecutor(owner, { schema, rules, actor: user('2', '3') }), await first);
  t.not(roleExecutor(owner, { schema, rules, actor: user('1', '4') }), first, 'another role');
  t.not(roleExecutor(owner, { schema, rules, actor: user('1', '3', true) }), first, 'administrators');
  t.not(roleExecutor(owner, { schema, rules: rulesOf(2), actor: user('1', '3') }), first, 'other rules');
  t.not(roleExecutor(owner, { schema: { ...schema, version: 99 }, rules, actor: user('1', '3') }), first, 'another schema');
  t.not(roleExecutor(other, { schema, rules, actor: user('1', '3') }), first, 'another project');
  t.equal(roleExecutor(owner, { schema, rules, actor: user('1', '3') }), first);
});

t.test('so many of a project', async (t) => {
  const owner = project();
  const first = roleExecutor(owner, { schema, rules, actor: user('1', '0') });
  for (let i = 1; i <= 50; i++) await roleExecutor(owner, { schema, rules, actor: user('1', String(i)) });
  t.equal(await (await first).execute('{__typename}', () => async () => 'a'), 'a', 'who has it goes on with it');
  t.not(roleExecutor(owner, { schema, rules, actor: user('1', '0') }), first);
});

t.test('fewer of a project with many columns, but some', async (t) => {
  const columns = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`c${i}`, 'integer'] as const));
  const wide = built(Array.from({ length: 30 }, (_, i) => table(`t${i}`, { id: 'integer', ...columns })));
  const owner = project();
  const of = (role: number) => roleExecutor(owner, { schema: wide, rules, actor: user('1', String(role)) });
  const made = [0, 1, 2, 3].map(of);
  t.same([0, 1, 2, 3].map(of), made, 'four are kept');
  of(4);
  t.equal(of(3), made[3]);
  t.not(of(0), made[0], 'a fifth takes the place of the one that nobody asked for longest');
  await Promise.all(made);
});

t.test('the end of a project', async (t) => {
  const owner = project();
  const asked = { schema, rules, actor: user('1', '3') };
  const { execute } = await roleExecutor(owner, asked);
  let go: (text: string) => void = () => undefined;
  const late = execute('{__typename}', () => () => new Promise<string>((done) => (go = done)));
  owner.end();
  setImmediate(() => go('late'));
  t.equal(await late, 'late', 'what was asked is answered');
  t.equal(
    await (await roleExecutor(owner, asked)).execute('{__typename}', () => async () => 'a'),
    'a',
    'and so is what its last requests ask',
  );
});
