/** What holds for the pools of every database that is reached over a network. */
import type { DatabaseConfig } from './types.ts';

/** Milliseconds; a server that does not answer by then counts as down. */
export const connectTimeout = 5000;

/** Connections held and opened at most. */
export const poolBounds = ({ pool }: DatabaseConfig): { readonly min: number; readonly max: number } => ({
  min: pool?.min ?? 0,
  max: pool?.max ?? 10,
});
