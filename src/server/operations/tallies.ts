/**
 * Histograms and counts that cost a request next to nothing: a few look-ups of texts that are there already, and an addition. The library
 * makes a key of all labels each time, which took as long as everything else that is measured together.
 */

/** One value by each combination of labels; made when it is first asked for. */
export interface ByLabels<T> {
  at(...labels: readonly string[]): T;
  all(): readonly (readonly [labels: readonly string[], value: T])[];
}

type Level = Map<string, unknown>;

/** One tally for each combination of labels, made when it is first counted. */
export function byLabels<T>(make: () => T): ByLabels<T> {
  const root: Level = new Map();
  const all: [readonly string[], T][] = [];
  return {
    at(...labels) {
      let level = root;
      const last = labels.length - 1;
      for (let i = 0; i < last; i++) {
        const label = labels[i] ?? '';
        let next = level.get(label) as Level | undefined;
        if (!next) {
          next = new Map();
          level.set(label, next);
        }
        level = next;
      }
      const label = labels[last] ?? '';
      const known = level.get(label) as T | undefined;
      if (known !== undefined) return known;
      const made = make();
      level.set(label, made);
      all.push([labels, made]);
      return made;
    },
    all: () => all,
  };
}

export interface Histogram {
  readonly name: string;
  observe(seconds: number, ...labels: readonly string[]): void;
  /** In the form that Prometheus reads. */
  text(): string;
}

/** Seconds; most statements take less than one millisecond and some take as long as they may. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** How often each time was met, by labels. */
export function createHistogram(name: string, help: string, labelNames: readonly string[]): Histogram {
  const tallies = byLabels(() => ({ counts: new Float64Array(bounds.length + 1), sum: 0 }));
  return {
    name,
    observe(seconds, ...labels) {
      const tally = tallies.at(...labels);
      let bucket = 0;
      while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket++;
      tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1;
      tally.sum += seconds;
    },
    text() {
      const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
      for (const [labels, { counts, sum }] of tallies.all()) {
        const labelText = labelNames.map((label, i) => `${label}="${escaped(labels[i] ?? '')}"`).join(',');
        let below = 0;
        counts.forEach((count, i) => {
          below += count;
          lines.push(`${name}_bucket{${labelText},le="${bounds[i] ?? '+Inf'}"} ${below}`);
        });
        lines.push(`${name}_sum{${labelText}} ${sum}`, `${name}_count{${labelText}} ${below}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
