/** What a write leaves in the tables of the history. */
import type { Collection } from '../schema/types.ts';

/** What a write leaves of one row: an activity, and a revision where there is a snapshot. */
export interface HistoryRow {
  readonly action: string;
  readonly collection: string;
  readonly item: string;
  readonly comment: string | null;
  /** JSON texts. */
  readonly data: string | null;
  readonly delta: string | null;
  readonly parentCollection: string | null;
  readonly parentItem: string | null;
}

export interface HistoryAuthor {
  readonly user: string;
  /** UTC, as the column has it. */
  readonly at: string;
  readonly ip: string;
  readonly userAgent: string;
}

export interface HistoryTables {
  readonly activity: Collection;
  readonly revisions: Collection;
}
