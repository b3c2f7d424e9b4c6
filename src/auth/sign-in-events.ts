/** What actions of extensions are told of a sign-in (directus8-system §22.2), all of it once the answer is out. */
import type { FastifyRequest } from 'fastify';
import { administratorRole } from '../access/compile-rules.ts';
import { systemRows } from '../engine/system-read.ts';
import { describeError, GatewayError } from '../lib/errors.ts';
import { jsonTextOf } from '../lib/json-body.ts';
import { parsePlainJson } from '../lib/plain-json.ts';
import { afterAnswer, hookGiven, nobodyOf } from './after-answer.ts';
import { inBackground } from './background.ts';
import type { UserRow } from './users.ts';

const users = 'directus_users';

/** The user's row without anything secret; undefined where it has gone meanwhile. */
async function userItem({ project }: FastifyRequest, id: string): Promise<unknown> {
  const { connection, limits, sealer, schemas, rules } = project;
  const schema = schemas.current;
  const shown = [...(schema.collections.get(users)?.fields.values() ?? [])].filter(({ secret }) => secret === undefined);
  const context = { connection, limits, sealer, schema, rules: rules.current };
  const [row] = await systemRows(context, users, { keys: [id], fields: shown.map(({ name }) => name), limit: 1 });
  return row && parsePlainJson(jsonTextOf(row));
}

function tellOfUser(request: FastifyRequest, user: UserRow, signedIn: boolean): void {
  const { project, ip } = request;
  const { hooks } = project;
  const asUser = { is: 'user', id: user.id, role: user.role, admin: user.role === administratorRole, ip } as const;
  inBackground(project, 'extensions were not told of a sign-in', async () => {
    const item = await userItem(request, user.id);
    const event = { collection: users } as const;
    hooks.tell({ ...event, action: 'auth.request:credentials' }, item, { ...hookGiven(request, nobodyOf(request)), keys: [user.id] });
    if (signedIn) hooks.tell({ ...event, action: 'auth.success' }, item, { ...hookGiven(request, asUser), keys: [user.id] });
  });
}

function tellOfRefusal(request: FastifyRequest, error: unknown): void {
  if (!(error instanceof GatewayError)) return;
  const { status, directus } = describeError(error);
  if (status >= 500) return;
  const refusal = { kind: error.kind, code: directus ?? null, status, message: error.message };
  const { hooks } = request.project;
  afterAnswer(request, () => hooks.tell({ action: 'auth.fail', collection: users }, refusal, hookGiven(request, nobodyOf(request))));
}

/**
 * Runs a sign-in. It says whom it knows by his credentials, before it decides whether he is let in; who is let in is told of unless the
 * answer is an error after all. What a refusal is told with names neither the account nor what was sent.
 */
export async function tellingSignIn<T>(request: FastifyRequest, run: (known: (user: UserRow) => void) => Promise<T>): Promise<T> {
  const { hooks } = request.project;
  const listens = (action: 'auth.request:credentials' | 'auth.success') => hooks.listens('after', action, users);
  let known: UserRow | undefined;
  const tellOfKnown = (done: boolean): void => {
    const user = known;
    if (!user || !(listens('auth.request:credentials') || listens('auth.success'))) return;
    afterAnswer(request, (status) => tellOfUser(request, user, done && status < 400));
  };
  try {
    const result = await run((user) => {
      known = user;
    });
    tellOfKnown(true);
    return result;
  } catch (error) {
    tellOfKnown(false);
    tellOfRefusal(request, error);
    throw error;
  }
}

/** The same of whoever fails before there is anybody who could sign in. */
export async function tellingRefusal<T>(request: FastifyRequest, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    tellOfRefusal(request, error);
    throw error;
  }
}
