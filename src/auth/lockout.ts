/**
 * Wrong passwords in a row suspend an account, as the setting `login_attempts_allowed` says (directus8-system §3.2). The last active
 * administrator stays: nobody could let that one in again. For that account the waits of `attempts.ts` have to do.
 */
import type { FastifyRequest } from 'fastify';
import type { Rules } from '../access/types.ts';
import { type ReadContext, read } from '../engine/read.ts';
import { GatewayError } from '../lib/errors.ts';
import { parsePlainJson } from '../lib/plain-json.ts';
import type { RequestedFilter } from '../query/types.ts';
import { inBackground } from './background.ts';
import { changeUsers, ownWrites } from './change-users.ts';
import { recordUser } from './records.ts';
import type { UserRow } from './users.ts';

/** Undefined where wrong passwords suspend nobody. */
function allowedAttempts({ settings }: Rules): number | undefined {
  const text = settings.get('login_attempts_allowed') ?? '';
  return /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

/** The id of an entry of the user's activity: of the newest that match, the one after so many others. */
async function entryId(context: ReadContext, user: string, more: readonly RequestedFilter[], offset = 0): Promise<number | undefined> {
  const { texts } = await read(context, {
    collection: 'directus_activity',
    selection: { all: false, named: new Map([['id', null]]), without: new Set() },
    where: { is: 'all', of: [is('collection', 'eq', 'directus_users'), is('item', 'eq', user), ...more] },
    order: [{ path: ['id'], descending: true }],
    limit: 1,
    offset,
    counts: { filtered: false, total: false, byStatus: false },
    stubs: false,
  });
  const [row] = parsePlainJson(String(texts.between('[', ']'))) as { id: number }[];
  return row?.id;
}

const is = (column: string, operator: string, value: unknown): RequestedFilter => ({ is: 'compare', path: [column], operator, value });

/** Whether there are more wrong passwords than allowed since the user last signed in or was given another status. */
async function isBeyond(context: ReadContext, user: string, allowed: number): Promise<boolean> {
  const last = (await entryId(context, user, [is('action', 'in', ['authenticate', 'status-update'])])) ?? 0;
  return (await entryId(context, user, [is('action', 'eq', 'invalid-credentials'), is('id', 'gt', last)], allowed)) !== undefined;
}

async function suspend(request: FastifyRequest, { id }: UserRow, allowed: number): Promise<void> {
  const { project } = request;
  try {
    await changeUsers(ownWrites(request, 'too many wrong passwords'), async ({ within, write }) => {
      if (!(await isBeyond(within, id, allowed))) return;
      await write({ is: 'update', collection: 'directus_users', changes: [{ key: id, item: { status: 'suspended' } }] });
    });
  } catch (error) {
    if (!(error instanceof GatewayError) || !['last_administrator', 'forbidden'].includes(error.kind)) throw error;
    project.log.warn({ user: id }, 'too many wrong passwords; the last active administrator is not suspended');
  }
}

/** Records a wrong password, and suspends the user where it is one too many. Nothing of it shows in the answer or in its time. */
export function wrongPassword(request: FastifyRequest, user: UserRow): void {
  const { project } = request;
  inBackground(project, 'a wrong password was not recorded', async () => {
    await recordUser(request, user, 'invalid-credentials');
    const allowed = allowedAttempts(project.rules.current);
    if (allowed === undefined || user.status !== 'active') return;
    const context = ownWrites(request, 'wrong passwords are counted');
    if (await isBeyond(context, user.id, allowed)) await suspend(request, user, allowed);
  });
}
