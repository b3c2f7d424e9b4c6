/** What the server counts and measures, for Prometheus. Nothing of this runs where metrics are off. */
import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry as Register } from 'prom-client';
import type { WatchOfProject } from '../../projects/project.ts';
import type { Registry } from '../../projects/registry.ts';
import '../../surfaces/types.ts';
import type { Lifecycle } from './lifecycle.ts';
import { projectGauges } from './project-gauges.ts';
import { byLabels, createHistogram } from './tallies.ts';

export interface Metrics {
  /** For the registry of projects: measures their statements. */
  readonly watch: WatchOfProject;
  /** For the clocks of requests. */
  stage(name: string, milliseconds: number): void;
  /** Measures the requests of a server, and looks at its projects when somebody reads. */
  attach(app: FastifyInstance, registry: Registry, lifecycle: Lifecycle): void;
  /** The text of all, in the form that Prometheus reads. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** The first words of statements, of those that are told apart. */
const kinds: ReadonlyMap<string, string> = new Map([
  ['sele', 'select'],
  ['with', 'select'],
  ['inse', 'insert'],
  ['upda', 'update'],
  ['dele', 'delete'],
]);

const kindOf = (text: string): string => kinds.get(text.slice(0, 4).toLowerCase()) ?? 'other';

/** The label of requests to nothing: what strangers type must not become labels. */
const unmatched = 'unmatched';

/** The metrics of this process, in a register of their own. */
export function createMetrics(): Metrics {
  const register = new Register();
  collectDefaultMetrics({ register });
  const durations = createHistogram('sallyport_http_request_seconds', 'From a request to the end of its answer', [
    'project',
    'method',
    'route',
  ]);
  const stages = createHistogram('sallyport_stage_seconds', 'Stages of requests', ['stage']);
  const statements = createHistogram('sallyport_statement_seconds', 'Statements of the database, the wait for a connection included', [
    'project',
    'kind',
    'outcome',
  ]);
  const answered = byLabels(() => ({ count: 0 }));
  const requests: Counter<string> = new Counter({
    name: 'sallyport_http_requests_total',
    help: 'Requests answered',
    labelNames: ['project', 'method', 'route', 'status'],
    registers: [register],
    collect() {
      requests.reset();
      for (const [[project = '', method = '', route = '', status = ''], { count }] of answered.all()) {
        requests.inc({ project, method, route, status }, count);
      }
    },
  });

  return {
    watch: (project) => (statement) => {
      const begun = performance.now();
      return (error) =>
        statements.observe((performance.now() - begun) / 1000, project, kindOf(statement.text), error === undefined ? 'ok' : 'error');
    },
    stage: (stage, milliseconds) => stages.observe(milliseconds / 1000, stage),
    attach(app, registry, lifecycle) {
      app.addHook('onResponse', (request, reply, done) => {
        const project = request.lease?.project.key ?? '';
        const { url: route = unmatched } = request.routeOptions;
        const { method } = request;
        answered.at(project, method, route, String(reply.statusCode)).count += 1;
        durations.observe(reply.elapsedTime / 1000, project, method, route);
        done();
      });
      const open: Gauge = new Gauge({
        name: 'sallyport_long_lived_connections',
        help: 'Sockets and streams of events',
        registers: [register],
        collect: () => open.set(lifecycle.open()),
      });
      projectGauges(register, registry);
    },
    text: async () => [await register.metrics(), ...[durations, stages, statements].map((histogram) => histogram.text())].join('\n'),
    contentType: register.contentType,
  };
}
