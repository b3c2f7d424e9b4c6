/** Spans go to whatever SDK is loaded, continue the caller's trace, and hold neither values nor tokens; without the setting nothing is loaded. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type SpanStatus,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import t from 'tap';
import { silentLog } from '../../src/lib/log.ts';
import { createRegistry } from '../../src/projects/registry.ts';
import { buildServer } from '../../src/server/app.ts';
import { usualOperations } from '../../src/server/operations/settings.ts';
import { createTelemetry } from '../../src/server/operations/telemetry.ts';
import { projectConfig, scratchDatabase } from '../projects/support.ts';
import { installSystem } from '../support/garden.ts';

interface Recorded {
  name: string;
  readonly traceId: string;
  readonly attributes: Record<string, unknown>;
  status?: SpanStatus;
  ended: boolean;
}

const spans: Recorded[] = [];
let ids = 0;

/** What an SDK does, as far as it is looked at here. */
function registerSdk(): void {
  const storage = new AsyncLocalStorage<Context>();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (given, run, self, ...rest) => storage.run(given, () => run.call(self as never, ...rest)),
    bind: (_given, target) => target,
    enable() {
      return this;
    },
    disable() {
      return this;
    },
  });
  propagation.setGlobalPropagator({
    inject: () => undefined,
    fields: () => ['traceparent'],
    extract(given, carrier, getter) {
      const [, traceId = '', spanId = ''] = /^00-(\w{32})-(\w{16})-01$/.exec(String(getter.get(carrier, 'traceparent'))) ?? [];
      return traceId === '' ? given : trace.setSpanContext(given, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });
    },
  });
  const startSpan = (name: string, options: SpanOptions = {}, given = context.active()): Span => {
    const traceId = trace.getSpanContext(given)?.traceId ?? String(++ids).padStart(32, '0');
    const recorded: Recorded = { name, traceId, attributes: { ...options.attributes }, ended: false };
    spans.push(recorded);
    const span: Span = {
      spanContext: () => ({ traceId, spanId: String(ids).padStart(16, '0'), traceFlags: TraceFlags.SAMPLED }),
      setAttribute: (key, value) => {
        recorded.attributes[key] = value;
        return span;
      },
      setAttributes: (more) => {
        Object.assign(recorded.attributes, more);
        return span;
      },
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      setStatus: (status) => {
        recorded.status = status;
        return span;
      },
      updateName: (other) => {
        recorded.name = other;
        return span;
      },
      end: () => {
        recorded.ended = true;
      },
      isRecording: () => !recorded.ended,
      recordException: (exception) => {
        recorded.attributes['exception'] = exception;
      },
    };
    return span;
  };
  const tracer: Tracer = {
    startSpan,
    startActiveSpan: () => {
      throw new Error('nobody uses this');
    },
  };
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
}

t.test('requests and statements become spans', async (t) => {
  const isLoaded = (): boolean => Object.keys(createRequire(import.meta.url).cache).some((name) => name.includes('@fastify/otel'));
  await createTelemetry(usualOperations);
  t.equal(isLoaded(), false, 'nothing is loaded unless it is asked for');

  registerSdk();
  t.teardown(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });
  const operations = { ...usualOperations, tracing: true };
  const telemetry = await createTelemetry(operations);
  t.equal(isLoaded(), true);
  const database = await scratchDatabase('sqlite');
  await installSystem(database.config, 'admin-token');
  const registry = createRegistry({ log: silentLog, watch: telemetry.watch });
  await registry.set(projectConfig('shop', database.config));
  const server = await buildServer({ registry, operations, telemetry });
  server.get('/:project/test/throw', async () => {
    throw new Error('Duplicate entry hunter2');
  });
  t.teardown(async () => {
    await server.close();
    await registry.close();
    await database.drop();
  });
  await server.ready();
  spans.length = 0;

  const traceId = 'abcdef'.padEnd(32, '0');
  const headers = { traceparent: `00-${traceId}-${'1'.padEnd(16, '0')}-01` };
  const url = '/shop/users?access_token=admin-token&filter[email]=somebody@example.com&limit=1';
  t.match(await server.inject({ url, headers }), { statusCode: 200 });
  t.match(await server.inject('/shop/test/throw?access_token=admin-token'), { statusCode: 500 });

  const posted = traceId.replace('a', 'b');
  const payload = { email: 'nobody@example.com', password: 'hunter2' };
  const signIn = { traceparent: `00-${posted}-${'1'.padEnd(16, '0')}-01` };
  await server.inject({ method: 'POST', url: '/shop/auth/authenticate', headers: signIn, payload });
  t.ok(
    spans.some((span) => span.traceId === posted && span.attributes['db.query.text'] !== undefined),
    'also behind a body',
  );

  const request = spans.find(({ name }) => name === 'GET /:project/users');
  t.match(request, {
    traceId,
    ended: true,
    attributes: { 'http.route': '/:project/users', 'url.path': '/shop/users', 'http.response.status_code': 200 },
  });
  const statements = spans.filter(({ attributes }) => attributes['db.query.text'] !== undefined);
  t.ok(statements.length > 0 && statements.every(({ ended }) => ended));
  const read = statements.find(({ attributes }) => /directus_users/.test(String(attributes['db.query.text'])));
  t.match(
    read,
    { name: 'select shop', traceId, attributes: { 'db.namespace': 'shop' } },
    'a statement is part of the trace of its request',
  );
  t.match(
    spans.find(({ name }) => name === 'GET /:project/test/throw'),
    { ended: true, status: { code: 2 } },
  );
  t.notMatch(JSON.stringify(spans), /admin-token|body@example|hunter2/, 'no value, no token');
});
