/**
 * When transactions of a project meet again and again, they go one by one for a while: alone none of them meets another. A server may
 * take a second to see a deadlock, and the next one begins at once.
 */

/** Milliseconds within which two that met are trouble, and for which they go one by one after the last one that did. */
const cooldown = 2000;
/** Milliseconds without any of them having ended after which the next one goes all the same: somebody else may be in the way. */
const patience = 3000;

export interface ConflictThrottle {
  /** To be called when a transaction met another one. */
  conflicted(): void;
  /**
   * Runs the work when it is its turn: before those that wait for their first one where it was tried before. `mayBegin` is to be asked when
   * it has its connection: false where it has to give that back and come again, as trouble began while it stood in line.
   */
  run<T>(work: (mayBegin: () => boolean) => Promise<T>, again: boolean): Promise<T>;
}

/** `most` is how many may run, or stand in line for a connection, beside one another in good times. */
export function createConflictThrottle(most: number): ConflictThrottle {
  const waiting: ((forced: boolean) => void)[] = [];
  let running = 0;
  /** Those of them that have begun. */
  let begun = 0;
  let met = Number.NEGATIVE_INFINITY;
  let troubledUntil = 0;
  let timer: NodeJS.Timeout | undefined;
  /** When the last one ended, or went. */
  let moved = 0;

  const isTroubled = (): boolean => performance.now() < troubledUntil;
  const width = (): number => (isTroubled() ? 1 : most);

  /** Lets go who may, and at least so many. */
  function admit(least = 0): void {
    moved = performance.now();
    for (let admitted = 0; waiting.length > 0 && (admitted < least || running < width()); admitted += 1) {
      running += 1;
      waiting.shift()?.(admitted < least);
    }
    if (waiting.length > 0 && !timer) timer = setTimeout(look, patience).unref();
  }

  function look(): void {
    timer = undefined;
    if (waiting.length === 0) return;
    const left = moved + patience - performance.now();
    if (left > 1) timer = setTimeout(look, left).unref();
    else admit(1);
  }

  return {
    conflicted() {
      const now = performance.now();
      if (now - met < cooldown) troubledUntil = now + cooldown;
      met = now;
    },
    async run(work, again) {
      let [forced, counted] = [false, false];
      if (waiting.length === 0 && running < width()) running += 1;
      else {
        forced = await new Promise<boolean>((go) => {
          if (again) waiting.unshift(go);
          else waiting.push(go);
          if (waiting.length === 1) admit();
        });
      }
      try {
        return await work(() => {
          if (begun > 0 && !forced && isTroubled()) return false;
          begun += 1;
          counted = true;
          return true;
        });
      } finally {
        running -= 1;
        if (counted) begun -= 1;
        if (waiting.length > 0) admit();
      }
    },
  };
}
