/** What a feed is told, and who is told it. */
import type { RequestedTemplate } from '../query/requested-template.ts';
import type { RequestedFilter } from '../query/types.ts';

/** `create`: the row is new, or was out of the caller's sight. `delete`: it is gone, or out of his sight now. */
export const changeEvents = ['create', 'update', 'delete'] as const;
export type ChangeEvent = (typeof changeEvents)[number];

/** One change as one caller may know it. */
export interface FeedEvent {
  readonly event: ChangeEvent;
  readonly collection: string;
  /** Text form of the key. */
  readonly key: string;
  /** JSON of the row as it is now and as the caller may read it; absent of one that is gone. */
  readonly item?: string;
  /** Where to go on from: what comes behind it has not been told. */
  readonly position: string;
  /** The entry of the activity, for those who may read that. */
  readonly activity?: number;
}

/** What is wanted of the changes of one collection. */
export interface FeedSelection {
  /** Absent: all columns that may be read. */
  readonly template?: RequestedTemplate;
  readonly where?: RequestedFilter;
  readonly events?: ReadonlySet<string>;
  readonly keys?: ReadonlySet<string>;
}
