/**
 * Counts beside a page, as long as they are cheap: one statement for both, within the time that counting may take. What takes longer is
 * estimated beside the page alone, at once for a while where the same counts took too long before.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Authorized } from '../access/types.ts';
import { isTimeout } from '../dialect/outcomes.ts';
import type { Dialect, Reader, StatementLimits } from '../dialect/types.ts';
import type { Statement } from '../lib/fragment.ts';
import type { ReadQuery } from '../query/types.ts';
import { type CompiledRead, compileCounts, compileRead, type ReadOptions } from '../sql/read.ts';
import { type Estimates, estimateCounts } from './estimates.ts';

export interface ReadCounts {
  filtered?: number;
  total?: number;
  /** Rows by status, for those statuses that have any. */
  byStatus?: Record<string, number>;
  /** Rows beyond those that `search` looked through: none or one; undefined where it was not asked, or among all. */
  beyond?: number;
  /** Which of these are estimates. */
  estimated?: ReadonlySet<'filtered' | 'total' | 'byStatus'>;
}

/** The parts of a read with counts, for when both at once take too long. */
export interface CountParts {
  readonly query: Authorized<ReadQuery>;
  /** The page begins behind a cursor: nobody knows how many rows are before it. */
  readonly behind: boolean;
  /** The page without counts; undefined where nothing of any row may be read. */
  page(): CompiledRead | undefined;
  /** The counts without a page. */
  counts(): Statement;
  /** Of the counts that alone which is never estimated; undefined where it is not asked for. */
  beyond(): Statement | undefined;
}

const none = { filtered: false, total: false, byStatus: false };

/** The parts, made when they are needed. */
export function countParts(query: Authorized<ReadQuery>, dialect: Dialect, options: ReadOptions): CountParts {
  const uncounted = { ...query, counts: none };
  return {
    query,
    behind: options.follow?.after !== undefined,
    page: () => (query.template.size === 0 ? undefined : compileRead(uncounted, dialect, options)),
    counts: () => compileCounts(query, dialect),
    beyond: () =>
      query.counts.search && query.searched?.rows ? compileCounts({ ...uncounted, counts: { ...none, search: true } }, dialect) : undefined,
  };
}

/** What came of running a read. */
export interface Found {
  readonly rows: number;
  /** The counts' JSON text. */
  readonly counts: string | null | undefined;
}

export interface CountedRows<F extends Found> {
  /** Undefined where nothing of any row may be read. */
  readonly found: F | undefined;
  readonly counts: ReadCounts;
}

/** How long, and for how many counts of a connection, it is remembered that they took too long. */
const memoryTime = 60_000;
const memorySize = 500;

/** By the dialect, which a connection shares with its transactions. */
const memories = new WeakMap<Dialect, LRUCache<string, true>>();

function memoryOf({ dialect }: Reader): LRUCache<string, true> {
  let memory = memories.get(dialect);
  if (!memory) {
    memory = new LRUCache({ max: memorySize, ttl: memoryTime });
    memories.set(dialect, memory);
  }
  return memory;
}

const hashOf = ({ text }: Statement): string => createHash('sha1').update(text).digest('base64');

/** Runs a read with counts by `run`. `milliseconds` is how long the counts may hold it up; 0 is as long as a statement may take. */
export async function readCounted<F extends Found>(
  connection: Reader,
  compiled: CompiledRead,
  parts: CountParts,
  milliseconds: number,
  run: (read: CompiledRead, limits?: StatementLimits) => Promise<F>,
): Promise<CountedRows<F>> {
  const both = async (limits?: StatementLimits): Promise<CountedRows<F>> => {
    const found = await run(compiled, limits);
    return { found, counts: countsOf(found.counts) };
  };
  if (milliseconds <= 0) return both();
  const memory = memoryOf(connection);
  const counts = memory.size === 0 ? undefined : parts.counts();
  if (!counts || !memory.has(hashOf(counts))) {
    try {
      return await both({ timeout: milliseconds });
    } catch (error) {
      if (!isTimeout(error)) throw error;
    }
    memory.set(hashOf(counts ?? parts.counts()), true);
  }
  const page = parts.page();
  const found = page && (await run(page));
  const estimates = await estimateCounts(connection, parts.query);
  const countsBy = async (statement: Statement): Promise<ReadCounts> => countsOf((await connection.texts(statement))[0]?.[0]);
  if (!estimates) return { found, counts: await countsBy(parts.counts()) };
  const beyond = parts.beyond();
  const rest = beyond ? await countsBy(beyond) : {};
  return { found, counts: { ...rest, ...mended(estimates, parts, found?.rows) } };
}

/** What the page itself tells stands above an estimate: where it ends, how many rows there are; else how many there are at least. */
function mended(estimates: Estimates, { query, behind }: CountParts, rows: number | undefined): ReadCounts {
  const { limit, offset, where, readable } = query;
  const shown = rows ?? 0;
  const least = shown === 0 ? 0 : offset + shown;
  const ends = !behind && rows !== undefined && (shown > 0 || offset === 0) && (limit === undefined || shown < limit);
  const counts: ReadCounts = {};
  const estimated = new Set<'filtered' | 'total' | 'byStatus'>();
  for (const name of ['filtered', 'total'] as const) {
    const estimate = estimates[name];
    if (estimate === undefined) continue;
    const exact = ends && (name === 'filtered' || where === readable?.total);
    counts[name] = exact ? least : Math.max(estimate, least);
    if (!exact) estimated.add(name);
  }
  if (estimates.byStatus) {
    counts.byStatus = estimates.byStatus;
    estimated.add('byStatus');
  }
  return estimated.size === 0 ? counts : { ...counts, estimated };
}

function countsOf(text: string | null | undefined): ReadCounts {
  return text ? (JSON.parse(text) as ReadCounts) : {};
}
