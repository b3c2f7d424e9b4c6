/** The statements of a transaction: one after another, none after its end, and none after one that failed. */

export interface TransactionQueue {
  /** Waits for those before. The failure of a statement that is `harmless` leaves the transaction as it was. */
  send<T>(work: () => Promise<T> | T, harmless?: (error: unknown) => boolean): Promise<T>;
  /** Waits for what is under way and lets nothing else through: it would run outside the transaction. */
  end(): Promise<void>;
  /** To be called before the commit: throws what ended the transaction, also where the caller made nothing of it. */
  check(): void;
}

/**
 * Some databases end a transaction with any error, others with some errors, and one of them then runs what follows outside of any. So it
 * is the same on all of them: what failed is the end.
 */
export function createTransactionQueue(): TransactionQueue {
  let last: Promise<unknown> = Promise.resolve();
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  return {
    send(work, harmless = () => false) {
      const answer = last.then(async () => {
        if (failure) throw failure.error;
        if (over) throw new Error('The transaction is over');
        try {
          return await work();
        } catch (error) {
          if (!harmless(error)) failure ??= { error };
          throw error;
        }
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    async end() {
      over = true;
      await last;
    },
    check() {
      if (failure) throw failure.error;
    },
  };
}
