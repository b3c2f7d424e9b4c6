/**
 * A statement that its connection has prepared, run again for the texts of its rows: the values and nothing else go there, in one
 * write, and the form of the rows, which is known, is not asked for. The driver's own query asks for it each time.
 */
import type { Client as RawConnection } from 'pg';
import { serialize } from 'pg-protocol';
import type { TextRow } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import type { PlanChoices } from './plan-choice.ts';
import { planModeOf, planModeSet, settingMessages } from './plan-mode.ts';
import { within } from './time-limit.ts';

/** The driver's connection. */
export interface Wire {
  readonly stream: { write(data: Buffer): unknown };
}

/** A value as the protocol takes it. */
export const mapped = (value: unknown): unknown => {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return arrayText(value);
  return String(value);
};

/** The text of a one-dimensional array of texts, as the server reads it. */
function arrayText(values: readonly unknown[]): string {
  return `{${values.map((value) => (value === null ? 'NULL' : `"${String(value).replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`;
}

/** Whether the connection has prepared that text under that name. */
export function isPrepared(raw: RawConnection, name: string, text: string): boolean {
  const wire: unknown = Reflect.get(raw, 'connection');
  const parsed: unknown = Reflect.get(Object(wire), 'parsedStatements');
  return Reflect.get(Object(parsed), name) === text;
}

export interface PreparedOptions {
  /** How it is planned; without them, as the connection is set. */
  readonly plans?: PlanChoices | undefined;
  /** See StatementLimits. */
  readonly timeout?: number | undefined;
  /** Told of a text how many milliseconds it took. */
  readonly took?: ((text: string, milliseconds: number) => void) | undefined;
}

/** Runs a prepared statement and hands on its rows. Rejects with what the server or the driver reports. */
export function preparedTexts(
  raw: RawConnection,
  statement: Statement,
  name: string,
  take: (row: TextRow) => void,
  { plans, timeout, took }: PreparedOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { text } = statement;
    const mode = plans ? plans.choose(text) : planModeOf(raw);
    const changes = planModeOf(raw) !== mode;
    const sent = performance.now();
    const query = {
      name,
      text,
      submit(wire: Wire): Error | null {
        try {
          const bind = serialize.bind({ statement: name, values: statement.values as string[], valueMapper: mapped });
          const messages = [bind, serialize.execute({}), serialize.sync()];
          wire.stream.write(Buffer.concat(changes ? [settingMessages(mode), ...messages] : messages));
          return null;
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      },
      handleDataRow: (message: { fields: TextRow }) => take(message.fields),
      handleReadyForQuery() {
        if (changes) planModeSet(raw, mode);
        const milliseconds = performance.now() - sent;
        plans?.note(text, mode, milliseconds);
        took?.(text, milliseconds);
        resolve();
      },
      handleError(error: unknown) {
        plans?.note(text, mode, performance.now() - sent);
        reject(error);
      },
      handleRowDescription() {},
      handleCommandComplete() {},
      handleEmptyQuery() {},
      handlePortalSuspended() {},
    };
    raw.query(timeout === undefined ? query : within(query, timeout));
  });
}
