/** Metrics and tracing as one: what watches statements and requests, or nothing where both are off. */
import { startTimings, type Timings } from '../../lib/timings.ts';
import type { WatchOfProject } from '../../projects/project.ts';
import type { Metrics } from './metrics.ts';
import type { OperationsSettings } from './settings.ts';
import type { Tracing } from './tracing.ts';

export interface Telemetry {
  readonly metrics: Metrics | undefined;
  readonly tracing: Tracing | undefined;
  /** For the registry of projects; undefined where nobody looks at statements. */
  readonly watch: WatchOfProject | undefined;
  /** For the clocks of requests; null where nobody wants to know. */
  readonly startTimings: (() => Timings) | null;
}

/** Loads what the settings ask for, and nothing else. */
export async function createTelemetry({ metrics: wanted, tracing: traced, serverTiming }: OperationsSettings): Promise<Telemetry> {
  const metrics = wanted && (await import('./metrics.ts')).createMetrics();
  const tracing = traced ? (await import('./tracing.ts')).createTracing() : undefined;
  const observe = metrics && ((stage: string, milliseconds: number): void => metrics.stage(stage, milliseconds));
  return {
    metrics,
    tracing,
    watch: bothOf(metrics?.watch, tracing?.watch),
    startTimings: serverTiming || observe ? () => startTimings({ header: serverTiming, observe }) : null,
  };
}

function bothOf(one: WatchOfProject | undefined, other: WatchOfProject | undefined): WatchOfProject | undefined {
  if (!one || !other) return one ?? other;
  return (project) => {
    const [first, second] = [one(project), other(project)];
    return (statement) => {
      const [over, alsoOver] = [first(statement), second(statement)];
      return (error) => {
        over(error);
        alsoOver(error);
      };
    };
  };
}
