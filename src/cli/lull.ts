/** Tells when something that reports every step has come to a step that takes long. */

export interface Lull {
  /** To be called at every step. */
  heard(): void;
  /** Resolves when nothing was heard for so long. */
  readonly come: Promise<void>;
}

/** Milliseconds without a step that are a lull: before the first one, and after it. */
export function awaitLull(first: number, later: number): Lull {
  let end = (): void => {};
  const come = new Promise<void>((resolve) => {
    end = resolve;
  });
  let timer = setTimeout(end, first);
  return {
    heard() {
      clearTimeout(timer);
      timer = setTimeout(end, later);
    },
    come,
  };
}
