/**
 * Spans of requests and statements for the OpenTelemetry SDK that the operator loads (`node --import`); W3C trace contexts of callers
 * are continued by its propagator. Imported only where tracing is on.
 */
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { redact } from '../../lib/redact.ts';
import type { WatchOfProject } from '../../projects/project.ts';
import { pathOf } from '../project-hook.ts';

export interface Tracing {
  /** For the registry of projects: spans of their statements, with the text that holds placeholders and no values. */
  readonly watch: WatchOfProject;
  /** To be called before anything else is added to the server. */
  attach(app: FastifyInstance): Promise<void>;
}

/** Characters of a statement that a span keeps. */
const longest = 4_000;

/** Messages of drivers hold values: of an error a span tells no more than that there was one. */
function withoutMessages(span: Span): void {
  const setStatus = span.setStatus.bind(span);
  span.setStatus = ({ code }) => setStatus({ code });
}

/** What makes spans, by the tracer that the operator's SDK registers. */
export function createTracing(): Tracing {
  const tracer = trace.getTracer('sallyport');
  const instrumentation = new FastifyOtelInstrumentation({
    instrumentHooks: false,
    recordExceptions: false,
    requestHook(span, request) {
      // The URL as it came holds tokens.
      span.updateName(`${request.method} ${request.routeOptions.url ?? 'unmatched'}`);
      span.setAttribute('url.path', redact(pathOf(request.url)));
      withoutMessages(span);
    },
    lifecycleHook: withoutMessages,
  });
  return {
    watch: (project) => (statement) => {
      const [word = ''] = /[a-z]+/i.exec(statement.text) ?? [];
      const span = tracer.startSpan(`${word.toLowerCase()} ${project}`, {
        kind: SpanKind.CLIENT,
        attributes: { 'db.namespace': project, 'db.query.text': statement.text.slice(0, longest) },
      });
      return (error) => {
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      };
    },
    async attach(app) {
      await app.register(instrumentation.plugin());
    },
  };
}
