/** What the same rows cost by the surfaces: all asked of one process, in turns, so that a slow minute of the machine falls on all of them. */
import { allCases } from './cases.ts';
import { type Bench, contestants, measure } from './measure.ts';
import type { RunningServer } from './processes.ts';
import { strapiList, strapiNested } from './strapi-cases.ts';

export interface SurfaceFigure {
  readonly name: string;
  readonly perSecond: number;
  /** The case of the Directus surface that it is compared with. */
  readonly beside: string;
  /** Of that one's requests a second. */
  readonly ratio: number;
  /** At least. */
  readonly wanted: number;
}

/** Which cases ask for the rows of which, and the share of its requests a second that is wanted. */
const compared: readonly (readonly [beside: string, others: readonly (readonly [name: string, wanted: number])[]])[] = [
  [
    'list',
    [
      ['strapi-list', 0.9],
      ['payload', 0.9],
    ],
  ],
  [
    'nested',
    [
      ['strapi-nested', 0.9],
      ['payload-nested', 0.9],
      ['gql', 0.75],
    ],
  ],
];

/** Measures them on a server that limits nested lists. */
export async function measureSurfaces(bench: Bench, server: RunningServer): Promise<SurfaceFigure[]> {
  const cases = new Map([...allCases(true), strapiList, strapiNested].map((one) => [one.name, one]));
  const found: SurfaceFigure[] = [];
  for (const [beside, others] of compared) {
    const names = [beside, ...others.map(([name]) => name)];
    const figures = await measure(
      bench,
      names.flatMap((name) => {
        const one = cases.get(name);
        return one ? contestants(one, [server]) : [];
      }),
    );
    const base = figures[0]?.perSecond ?? Number.NaN;
    for (const [i, [name, wanted]] of others.entries()) {
      const perSecond = figures[i + 1]?.perSecond ?? Number.NaN;
      found.push({ name, perSecond, beside, ratio: perSecond / base, wanted });
    }
  }
  return found;
}
