/** Prepared statements, run one after another by one write and one Sync, for the texts of their rows. */
import type { Client as RawConnection } from 'pg';
import { serialize } from 'pg-protocol';
import type { TextRow } from '../../dialect/types.ts';
import type { PlanMode } from './plan-choice.ts';
import { planModeOf, planModeSet, settingMessages } from './plan-mode.ts';
import { mapped, type Wire } from './prepared-texts.ts';

export interface PreparedRun {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly mode: PlanMode;
  readonly take: (row: TextRow) => void;
  /** Told when all its rows have come. */
  readonly done: () => void;
}

const nothing = (): void => {};

/** Resolves when all are done; rejects with the first failure, after which those that are not done have not run. */
export function batchTexts(raw: RawConnection, runs: readonly PreparedRun[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const messages: Buffer[] = [];
    /** What is answered, in order: a setting by nobody. */
    const answered: (PreparedRun | undefined)[] = [];
    let mode = planModeOf(raw);
    let at = 0;
    const query = {
      text: '',
      submit(wire: Wire): Error | null {
        try {
          for (const run of runs) {
            if (run.mode !== mode) {
              mode = run.mode;
              messages.push(settingMessages(mode));
              answered.push(undefined);
            }
            messages.push(
              serialize.bind({ statement: run.name, values: run.values as string[], valueMapper: mapped }),
              serialize.execute({}),
            );
            answered.push(run);
          }
          messages.push(serialize.sync());
          wire.stream.write(Buffer.concat(messages));
          return null;
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      },
      handleDataRow: (message: { fields: TextRow }) => answered[at]?.take(message.fields),
      handleCommandComplete() {
        const run = answered[at];
        at += 1;
        run?.done();
      },
      handleReadyForQuery() {
        planModeSet(raw, mode);
        resolve();
      },
      handleError: reject,
      handleRowDescription: nothing,
      handleEmptyQuery: nothing,
      handlePortalSuspended: nothing,
    };
    raw.query(query);
  });
}
