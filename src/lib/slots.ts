/** How many of something may be under way at once. */

export interface Slots {
  /** The most there may be. */
  readonly most: number;
  /** Takes a slot; the function returned gives it back and may be called more than once. Undefined when none is free. */
  take(): (() => void) | undefined;
  /** How many are taken now. */
  taken(): number;
}

/** So many slots, all of them free. */
export function createSlots(most: number): Slots {
  let taken = 0;
  return {
    most,
    taken: () => taken,
    take() {
      if (taken >= most) return undefined;
      taken += 1;
      let held = true;
      return () => {
        if (held) taken -= 1;
        held = false;
      };
    },
  };
}
