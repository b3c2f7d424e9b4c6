/** What the server counts and measures, for Prometheus. Nothing of this runs where metrics are off. */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry as Register } from 'prom-client';
import type { WatchOfProject } from '../../projects/project.ts';
import type { Registry } from '../../projects/registry.ts';
import '../../surfaces/types.ts';
import { projectGauges } from './project-gauges.ts';

export interface Metrics {
  /** For the registry of projects: measures their statements. */
  readonly watch: WatchOfProject;
  /** For the clocks of requests. */
  stage(name: string, milliseconds: number): void;
  /** Measures the requests of a server, and looks at its projects when somebody reads. */
  attach(app: FastifyInstance, registry: Registry): void;
  /** The text of all, in the form that Prometheus reads. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Seconds; most statements take less than one millisecond and some take as long as they may. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The first word of a statement, of those that are told apart. */
const kinds: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'with']);

function kindOf(text: string): string {
  const word = /^\s*\(?\s*([a-z]+)/i.exec(text.slice(0, 40))?.[1]?.toLowerCase() ?? '';
  return kinds.has(word) ? (word === 'with' ? 'select' : word) : 'other';
}

/** The label of requests to nothing: what strangers type must not become labels. */
const unmatched = 'unmatched';

export function createMetrics(): Metrics {
  const register = new Register();
  collectDefaultMetrics({ register });
  const registers = [register];
  const requests = new Counter({
    name: 'sallyport_http_requests_total',
    help: 'Requests answered',
    labelNames: ['project', 'method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'sallyport_http_request_seconds',
    help: 'From the first byte of a request to the last of its answer',
    labelNames: ['project', 'method', 'route'],
    buckets,
    registers,
  });
  const stages = new Histogram({
    name: 'sallyport_stage_seconds',
    help: 'Stages of requests: identify, parse, bind, authorise, compile, run, respond',
    labelNames: ['stage'],
    buckets,
    registers,
  });
  const statements = new Histogram({
    name: 'sallyport_statement_seconds',
    help: 'Statements of the database, the wait for a connection included',
    labelNames: ['project', 'kind', 'outcome'],
    buckets,
    registers,
  });

  return {
    watch: (project) => (statement) => {
      const begun = performance.now();
      return (error) => {
        const outcome = error === undefined ? 'ok' : 'error';
        statements.observe({ project, kind: kindOf(statement.text), outcome }, (performance.now() - begun) / 1000);
      };
    },
    stage: (stage, milliseconds) => stages.observe({ stage }, milliseconds / 1000),
    attach(app, registry) {
      app.addHook('onResponse', (request, reply, done) => {
        const project = request.lease?.project.key ?? '';
        const { url: route = unmatched } = request.routeOptions;
        const { method } = request;
        requests.inc({ project, method, route, status: reply.statusCode });
        durations.observe({ project, method, route }, reply.elapsedTime / 1000);
        done();
      });
      projectGauges(register, registry);
    },
    text: () => register.metrics(),
    contentType: register.contentType,
  };
}
