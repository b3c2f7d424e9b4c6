/** What binding knows about the request it binds. */
import type { Clock } from '../schema/field-types.ts';
import type { Schema } from '../schema/types.ts';
import type { Limits } from './limits.ts';
import type { Visibility } from './types.ts';

export interface BindContext {
  readonly schema: Schema;
  readonly visible: Visibility;
  readonly limits: Limits;
  /** Called for every output; throws `limit_exceeded` when there are too many. */
  readonly count: () => void;
  /** The request's time. */
  readonly at: Clock;
  readonly languages?: readonly string[];
  /** See RequestedRead.stubs. */
  readonly stubs: boolean;
}
