import t from 'tap';
import { createHooks, type HookAbout, type Listener, noHooks } from '../../src/engine/hooks.ts';
import { GatewayError } from '../../src/lib/errors.ts';
import { rememberingLog } from '../extensions/support.ts';

const caller = { user: '3', role: '4', admin: false, ip: '127.0.0.1' };

function listener(run: Listener['run'], more: Partial<Listener> = {}): Listener {
  return { hook: 'test', phase: 'before', action: 'create', run, ...more };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof GatewayError ? `${error.kind} ${error.details['status'] ?? ''} ${error.message}` : String(error)),
  );
}

t.test('filters run in order, of all collections first', async (t) => {
  const log = rememberingLog();
  const seen: HookAbout[] = [];
  const hooks = createHooks(
    [
      listener((value) => ({ ...Object(value), order: `${Object(value).order}c` }), { collection: 'plants' }),
      listener((value, about) => {
        seen.push(about);
        Object(value).order += 'a';
      }),
      listener(() => ({ order: 'never' }), { collection: 'zones' }),
      listener((value) => ({ order: `${Object(value).order}b` })),
    ],
    { log, milliseconds: 1000 },
  );
  t.ok(hooks.listens('before', 'create', 'anything'));
  t.notOk(hooks.listens('before', 'update', 'plants'));
  t.notOk(hooks.listens('after', 'create', 'plants'));
  const made = await hooks.before({ collection: 'plants', action: 'create' }, { order: '' }, { caller });
  t.same(made, { order: 'abc' });
  t.same(seen, [{ collection: 'plants', action: 'create', caller }]);
  const deleted = createHooks([listener(() => undefined, { action: 'delete' })], { log, milliseconds: 1000 });
  t.same(await deleted.before({ collection: 'plants', action: 'delete' }, {}, { caller, keys: ['1'] }), {});
  t.same(log.lines, []);
});

t.test('what a filter throws', async (t) => {
  const log = rememberingLog();
  const thrown = async (error: unknown): Promise<string> => {
    const hooks = createHooks([listener(() => Promise.reject(error))], { log, milliseconds: 1000 });
    return refusal(hooks.before({ collection: 'plants', action: 'create' }, {}, { caller }));
  };
  t.equal(await thrown(Object.assign(new Error('no roses'), { status: 422 })), 'unprocessable  no roses');
  t.equal(await thrown({ status: 409, message: 'taken' }), 'refused 409 taken');
  t.equal(await thrown(new GatewayError('forbidden')), 'forbidden  You are not allowed to do this');
  t.same(log.lines, [], 'a refusal is no fault');
  for (const error of [new Error('secret'), { status: 500, message: 'secret' }, { status: 422 }, 'secret', undefined]) {
    t.equal(await thrown(error), 'internal  Internal Server Error');
    t.match(log.lines.pop(), {
      level: 'error',
      details: { hook: 'test', collection: 'plants', action: 'create' },
      message: 'the hook test failed',
    });
  }
});

t.test('a filter that gives something else, or never ends', async (t) => {
  const log = rememberingLog();
  for (const run of [() => 'text', () => [], () => null, () => new Promise(() => undefined)]) {
    const hooks = createHooks([listener(run)], { log, milliseconds: 5 });
    t.match(await refusal(hooks.before({ collection: 'plants', action: 'create' }, {}, { caller })), /^internal/);
  }
  t.match(log.lines.at(-1), { details: { error: { message: /hookMilliseconds/ } } });
  const rows = createHooks([listener(() => ({}), { phase: 'after', action: 'read' })], { log, milliseconds: 1000 });
  t.match(await refusal(rows.afterRead('plants', [], { caller })), /^internal/);
});

t.test('actions never break anything', async (t) => {
  const log = rememberingLog();
  const calls: unknown[] = [];
  let free = (): void => undefined;
  const held = new Promise<void>((done) => {
    free = done;
  });
  const after = { phase: 'after', action: 'update' } as const;
  const hooks = createHooks(
    [
      listener(() => Promise.reject(new Error('broken')), { ...after, hook: 'broken' }),
      listener(() => held, { ...after, hook: 'slow' }),
      listener((value, about) => calls.push([value, about.keys]), { ...after, hook: 'good', collection: 'plants' }),
    ],
    { log, milliseconds: 5 },
  );
  hooks.after({ collection: 'plants', action: 'update', keys: ['1', '2'], items: [{ id: 1 }] }, { caller });
  t.same(calls, [], 'nothing runs before the answer');
  setTimeout(free, 50);
  await hooks.settled();
  t.same(calls, [
    [{ id: 1 }, ['1']],
    [undefined, ['2']],
  ]);
  const told = log.lines.map(({ level, message }) => `${level} ${message}`);
  t.ok(told.includes('warn the hook slow is slow'));
  t.equal(told.filter((line) => line === 'error the hook broken failed').length, 2);
});

t.test('without extensions', async (t) => {
  t.notOk(noHooks.listens('before', 'read', 'plants'));
  noHooks.after({ collection: 'plants', action: 'create', keys: ['1'] }, { caller });
  await noHooks.settled();
});
