/** The way of planning that a connection is set to. It is set ahead of a statement that wants another one, in the same write. */
import { serialize } from 'pg-protocol';
import type { PlanMode } from './plan-choice.ts';

const modes = new WeakMap<object, PlanMode>();

const values: Record<PlanMode, string> = { auto: 'auto', generic: 'force_generic_plan' };

/** How the connection plans; as the server likes it unless it was told otherwise. */
export const planModeOf = (raw: object): PlanMode => modes.get(raw) ?? 'auto';

/** To be told when the server is done: what fails takes the setting back with it. */
export function planModeSet(raw: object, mode: PlanMode): void {
  modes.set(raw, mode);
}

/** What sets the connection to that. */
export const settingOf = (mode: PlanMode): string => `set plan_cache_mode to ${values[mode]}`;

/** The same for a transaction alone; undefined where nothing is to be set. */
export function localSetting(raw: object): string | undefined {
  return planModeOf(raw) === 'auto' ? undefined : 'set local plan_cache_mode to auto';
}

const made = new Map<PlanMode, Buffer>();

/** The messages that set it, to go ahead of others up to the next Sync. */
export function settingMessages(mode: PlanMode): Buffer {
  let bytes = made.get(mode);
  if (!bytes) {
    bytes = Buffer.concat([serialize.parse({ text: settingOf(mode) }), serialize.bind({}), serialize.execute({})]);
    made.set(mode, bytes);
  }
  return bytes;
}
