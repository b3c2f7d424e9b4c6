/** How many use something that is to be closed when nobody does. */

export interface UseCounter {
  /** Counts one in; the function returned counts it out, and may be called more than once. */
  use(): () => void;
  readonly users: number;
  /** Resolves when nobody is left, or after so many milliseconds. */
  unused(patience: number): Promise<void>;
}

/** A counter that begins with nobody. */
export function createUseCounter(): UseCounter {
  let users = 0;
  let idle: (() => void) | undefined;
  return {
    use() {
      users += 1;
      let counted = true;
      return () => {
        if (!counted) return;
        counted = false;
        users -= 1;
        if (users === 0) idle?.();
      };
    },
    get users() {
      return users;
    },
    async unused(patience) {
      if (users === 0) return;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, patience);
        idle = () => {
          clearTimeout(timer);
          done();
        };
      });
    },
  };
}
