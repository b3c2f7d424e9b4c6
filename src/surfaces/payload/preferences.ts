/** Preferences of whoever is signed in, at /_preferences and /payload-preferences (payload-rest §13). */
import type { FastifyReply } from 'fastify';
import { type Preference, type Preferences, preferencesOf } from '../../engine/preferences.ts';
import { transactional } from '../../engine/transactional.ts';
import { GatewayError } from '../../lib/errors.ts';
import { joinTexts } from '../../lib/joined-texts.ts';
import { jsonTextOf } from '../../lib/json-body.ts';
import { preferencesTable } from '../../schema/system.ts';
import type { CallerContext } from '../caller.ts';
import { answerOnce } from '../idempotency.ts';
import { merged } from './answer-write.ts';
import { objectOf } from './body.ts';
import { callerOf } from './context.ts';
import { queryFault } from './faults.ts';
import { pageText } from './page.ts';
import { checkParameters, pageOf } from './parameters.ts';
import { jsonType, sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import { usersSlug } from './slugs.ts';

interface Own {
  readonly context: CallerContext;
  readonly user: string;
  /** Undefined where the database has no table for them. */
  readonly preferences: Preferences | undefined;
  /** Where the table is. */
  readonly schema: string | null;
}

/** Undefined for nobody. */
async function ownOf({ asking }: Serving): Promise<Own | undefined> {
  const context = await callerOf(asking);
  const { actor, connection, project } = context;
  if (actor.is !== 'user') return undefined;
  const { tables, defaultSchema } = project.schemas.introspection;
  const there = tables.some(({ name, schema }) => name === preferencesTable && schema === defaultSchema);
  return {
    context,
    schema: defaultSchema,
    user: actor.id,
    preferences: there ? preferencesOf(connection, defaultSchema, actor.id) : undefined,
  };
}

function textOf({ id, key, value, created, updated }: Preference, user: string): string {
  const told = {
    id,
    key,
    user: { relationTo: usersSlug, value: /^\d{1,15}$/.test(user) ? Number(user) : user },
    userCollection: usersSlug,
    createdAt: created.toISOString(),
    updatedAt: updated.toISOString(),
  };
  return merged(JSON.stringify(told), `{"value":${value}}`);
}

const notFound = '{"message":"Not Found","value":null}';

function demandUser(own: Own | undefined): Own {
  if (own) return own;
  throw new GatewayError('unauthorized', { message: 'Unauthorized, you must be logged in to make this request.' });
}

async function show(serving: Serving, key: string): Promise<FastifyReply> {
  const own = await ownOf(serving);
  const found = await own?.preferences?.find(key);
  return sendText(serving.reply, own && found ? textOf(found, own.user) : notFound);
}

/** Changes one in a transaction, and answers with what that says; once where the request has a key. */
function changing(
  { asking, reply }: Serving,
  { context, user, schema }: Own,
  body: string,
  run: (own: Preferences) => Promise<string>,
): Promise<FastifyReply> {
  const { connection } = context.project;
  return answerOnce(asking.request, reply, context, body, (keep) =>
    transactional(connection, async (transaction) => {
      const answer = { status: 200, body: await run(preferencesOf(transaction, schema, user)), contentType: jsonType };
      await keep?.(transaction, answer);
      return answer;
    }),
  );
}

async function keep(serving: Serving, key: string): Promise<FastifyReply> {
  const body = objectOf(serving.asking.request);
  const own = demandUser(await ownOf(serving));
  if (!own.preferences) {
    const message = 'This database has no table for preferences yet; run the install command on it, which adds what is missing';
    throw new GatewayError('busy', { message });
  }
  const value = jsonTextOf(Object.hasOwn(body, 'value') ? (body['value'] ?? null) : body);
  return changing(serving, own, jsonTextOf(body), async (preferences) => {
    const kept = await preferences.keep(key, value);
    return `{"doc":${textOf(kept, own.user)},"message":"Updated successfully."}`;
  });
}

async function remove(serving: Serving, key: string): Promise<FastifyReply> {
  const own = demandUser(await ownOf(serving));
  const none = (): GatewayError => new GatewayError('item_not_found', { id: key });
  if (!own.preferences) throw none();
  return changing(serving, own, '', async (preferences) => {
    const found = await preferences.remove(key);
    if (!found) throw none();
    return merged(textOf(found, own.user), '{"message":"Deleted successfully."}');
  });
}

/** The caller's own alone, whoever that is. */
async function list(serving: Serving): Promise<FastifyReply> {
  const own = await ownOf(serving);
  if (!own) throw new GatewayError('forbidden', { message: 'You are not allowed to perform this action.' });
  const parameters = serving.asking.parameters();
  checkParameters(parameters);
  // They are found by their keys alone.
  const unfit = ['where', 'sort'].filter((name) => parameters.has(name));
  if (unfit.length > 0) throw queryFault(unfit);
  const page = pageOf(parameters);
  const limit = page.limit === 0 ? undefined : page.limit;
  const found = (await own.preferences?.list(limit, limit === undefined ? 0 : (page.page - 1) * limit)) ?? [];
  const total = page.paged ? ((await own.preferences?.count()) ?? 0) : found.length;
  const texts = joinTexts();
  for (const one of found) texts.add(textOf(one, own.user));
  return sendText(serving.reply, pageText(texts, page, total));
}

/** The answer to the segments behind `_preferences`; undefined where they name nothing. */
export function preferenceOperation(serving: Serving, [key, ...more]: readonly string[]): Promise<FastifyReply> | undefined {
  const { method } = serving.asking;
  if (more.length > 0) return undefined;
  if (key === undefined) return method === 'GET' ? list(serving) : undefined;
  if (method === 'GET') return show(serving, key);
  if (method === 'POST') return keep(serving, key);
  return method === 'DELETE' ? remove(serving, key) : undefined;
}
