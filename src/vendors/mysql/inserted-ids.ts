/** The keys that an insert generated, on servers whose inserts return nothing. */
import type { Connection as RawConnection } from 'mysql2';
import { type Answer, send } from './driver.ts';

/** What lies between two keys that one statement generates: other than 1 where several servers take turns. */
export async function idStep(raw: RawConnection): Promise<bigint> {
  const { rows } = await send(raw, { text: 'select cast(@@auto_increment_increment as char)', values: [] }, false);
  return BigInt(String(rows[0]?.[0] ?? 1));
}

export interface GeneratedIds {
  /** Remembers the answer to a statement; the number of rows that it touched. */
  note(answer: Answer): number;
  /** See `Transaction.insertedIds`. */
  ids(rows: number, step: () => Promise<bigint>): Promise<readonly string[]>;
}

/** One statement's keys follow one another, whatever others insert meanwhile, as all its rows leave them to be generated. */
export function generatedIds(): GeneratedIds {
  let firstId: string | undefined;
  return {
    note(answer) {
      firstId = answer.firstId;
      return answer.touched;
    },
    async ids(rows, step) {
      if (firstId === undefined || rows === 0) return [];
      const first = BigInt(firstId);
      const between = rows === 1 ? 1n : await step();
      return Array.from({ length: rows }, (_, i) => String(first + BigInt(i) * between));
    },
  };
}
