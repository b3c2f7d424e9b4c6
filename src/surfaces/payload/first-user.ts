/** `first-register`: the first user of a project that has none, who administers it (payload-rest P-158). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { administratorRole } from '../../access/compile-rules.ts';
import { authSettingsOf } from '../../auth/settings.ts';
import { attemptsFor } from '../../auth/shared-attempts.ts';
import { tokenFor } from '../../auth/sign-in.ts';
import type { UserRow } from '../../auth/users.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { lockRows } from '../../engine/lock-rows.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import type { ReadContext } from '../../engine/read.ts';
import { systemRows } from '../../engine/system-read.ts';
import { type WriteContext, writing } from '../../engine/write.ts';
import { type JsonObject, jsonTextOf } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { CallerContext } from '../caller.ts';
import { answerOnce, type Keep } from '../idempotency.ts';
import { madeUser } from '../made-user.ts';
import { writeContext } from '../write-context.ts';
import { objectOf } from './body.ts';
import { callerOf } from './context.ts';
import { invalid, told } from './invalid.ts';
import { jsonType, sendObject } from './respond.ts';
import type { Serving } from './serving.ts';
import { demand, expiryOf, handOver, refuse, textIn, usersTable, withUser } from './signed-in.ts';
import { usersSlug } from './slugs.ts';
import { payloadNested } from './to-item.ts';
import { userText } from './user-document.ts';

/** What the first user may say of himself. */
const spoken = ['email', 'password', 'first_name', 'last_name', 'title', 'company', 'timezone', 'locale'];

async function hasUsers(context: Omit<ReadContext, 'actor'>): Promise<boolean> {
  return (await systemRows(context, usersTable, { fields: ['id'], limit: 1, statuses: 'any' })).length > 0;
}

/** Whether there is a user, in whatever status. */
export async function initialized({ asking, reply }: Serving): Promise<FastifyReply> {
  const { connection, limits, sealer, schemas, rules } = asking.request.project;
  return sendObject(reply, {
    initialized: await hasUsers({ connection, limits, sealer, schema: schemas.current, rules: rules.current }),
  });
}

/** Makes the first user and signs him in; where there is a user already, or no system table, nobody is made. */
export async function registerFirst(serving: Serving): Promise<FastifyReply> {
  const { request } = serving.asking;
  const context = await callerOf(serving.asking);
  if (!context.schema.collections.has(usersTable) || !context.rules.roles.has(administratorRole)) throw refuse();
  const body = objectOf(request);
  return answerOnce(request, serving.reply, context, jsonTextOf(body), async (keep) => {
    if (await hasUsers(context)) throw refuse();
    const user = await firstUser(serving, context, body, keep);
    const token = await tokenFor(request, user);
    handOver(serving, token);
    const members = { exp: expiryOf(token), token, message: 'Successfully registered first user.' };
    return signedIn(withUser(await userText(request, user.id), members));
  });
}

const signedIn = (body: string): KeptAnswer => ({ status: 200, body, contentType: jsonType, secret: true });

/** The user that the body tells of. Throws what is wrong with it, before anything is written. */
async function itemOf({ project, ip }: FastifyRequest, { schema }: CallerContext, body: JsonObject): Promise<RequestedItem> {
  const collection = schema.collections.get(usersTable);
  demand(body, collection, ['email', 'password']);
  const email = textIn(body, 'email').trim();
  if (collection && (email.length > 128 || !/^[^@\s\p{Cc}<>,;"]+@[^@\s\p{Cc}<>,;"]+$/u.test(email))) {
    throw invalid({ collection, slug: usersSlug }, [{ path: 'email', message: 'Please enter a valid email address.' }]);
  }
  await attemptsFor(project, 'registrations', authSettingsOf).begin(email.toLowerCase(), ip);
  const said = Object.entries(body).filter(([name]) => spoken.includes(name) && collection?.fields.has(name));
  return { ...Object.fromEntries(said), email, status: 'active', role: Number(administratorRole) };
}

async function firstUser({ asking, hooks }: Serving, context: CallerContext, body: JsonObject, keep: Keep | undefined): Promise<UserRow> {
  const { request } = asking;
  const item = await itemOf(request, context, body);
  // Nobody may make users by permission here: that there are none answers for it.
  const actor = { is: 'system', reason: 'the first user registers' } as const;
  const within: WriteContext = { ...writeContext(request, context, payloadNested, hooks), actor };
  const collection = context.schema.collections.get(usersTable);
  try {
    const prepared = await prepareWrite(within, { is: 'create', collection: usersTable, items: [item] }, {});
    return await writing(within, async (session) => {
      // Of several at once one finds no user: the others wait for this row, and see the one that was made.
      await lockRows(session, 'directus_roles', [administratorRole]);
      if (await hasUsers(session.within)) throw refuse();
      const [row] = await session.write(prepared);
      return madeUser(row, keep, () => ({ status: 200, secret: true }));
    });
  } catch (error) {
    throw collection ? told(error, { collection, slug: usersSlug }, item) : error;
  }
}
