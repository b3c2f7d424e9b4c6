/** A user who registers is answered with the own row, read in the transaction that made it. */
import { type UserRow, userById } from '../auth/users.ts';
import type { KeptAnswer } from '../engine/keyed-requests.ts';
import type { WriteAnswer, WrittenRow } from '../engine/write.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Keep } from './idempotency.ts';

/** The user of that row, just made; where the answer is kept for a request that is sent again, it is what `answerOf` makes of him. */
export function madeUser(
  row: WrittenRow | undefined,
  keep: Keep | undefined,
  answerOf: (user: UserRow) => KeptAnswer,
): WriteAnswer<UserRow> {
  return {
    plain: !keep,
    async read({ connection, schema }) {
      const user = await userById(connection, schema, row?.key ?? '');
      if (!user) throw new GatewayError('internal');
      await keep?.(connection, answerOf(user));
      return user;
    },
  };
}
