/** `POST /auth/local/register`, where the project file says which role newcomers get (strapi-rest S-174). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestConfirmation } from '../../auth/confirm.ts';
import { authSettingsOf } from '../../auth/settings.ts';
import { attemptsFor } from '../../auth/shared-attempts.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { type WriteContext, writing } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type JsonObject, jsonTextOf } from '../../lib/json-body.ts';
import { demandMail } from '../../mail/mailer.ts';
import type { CallerContext } from '../caller.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { answerOnce, type Keep } from '../idempotency.ts';
import { madeUser } from '../made-user.ts';
import { writeContext } from '../write-context.ts';
import { answerOf, invalid, refused, sessionAnswer, textIn, tokenGiven, translated } from './auth-common.ts';
import { objectOf } from './body.ts';
import { confirmationLink } from './confirmation.ts';
import { strapiNested } from './nested-syntax.ts';
import { callerOf } from './request.ts';
import { userObject, usersCollection } from './user-object.ts';

/** What somebody who registers may say of himself. */
const known = ['username', 'email', 'password', 'first_name', 'last_name'];

/** Makes a user in the role of the setting, and signs him in unless he is to confirm his address first. */
export async function register(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { project } = request;
  const role = project.config.strapi?.registerRole;
  const context = await callerOf(request);
  if (role === undefined || !context.rules.roles.has(String(role))) throw refused('Register action is currently disabled');
  const body = objectOf(request);
  return answerOnce(request, reply, context, jsonTextOf(body), (keep) => registered(request, context, role, body, hooks, keep));
}

async function registered(
  request: FastifyRequest,
  context: CallerContext,
  role: number,
  body: JsonObject,
  hooks: SurfaceHooks,
  keep: Keep | undefined,
): Promise<KeptAnswer> {
  const { project } = request;
  const email = textIn(body, 'email');
  if (!/^[^@\s\p{Cc}<>,;"]+@[^@\s\p{Cc}<>,;"]+$/u.test(email) || email.length > 254) throw invalid('email must be a valid email', 'email');
  textIn(body, 'password');
  // Whether an address is taken is told here: it is asked as often as passwords are tried, and no more.
  await attemptsFor(project, 'registrations', authSettingsOf).begin(email.toLowerCase(), request.ip);
  const { fields } = context.schema.collections.get(usersCollection) ?? { fields: new Map() };
  const said = Object.entries(body).filter(([name]) => known.includes(name) && fields.has(name));
  const { confirmEmail = false } = project.config.strapi ?? {};
  if (confirmEmail) demandMail(project.config);
  const item = { ...Object.fromEntries(said), status: confirmEmail ? 'invited' : 'active', role };
  // Nobody may make users by permission here: the setting answers for it.
  const actor = { is: 'system', reason: 'somebody registers' } as const;
  const within: WriteContext = { ...writeContext(request, context, strapiNested, hooks), actor };
  const user = await translated(
    async () => {
      const prepared = await prepareWrite(within, { is: 'create', collection: usersCollection, items: [item] }, {});
      return writing(within, async (session) => {
        const [row] = await session.write(prepared);
        return madeUser(row, keep, (user) => (confirmEmail ? answerOf({ user: userObject(user) }) : tokenGiven));
      });
    },
    { duplicate: () => refused('Email or Username are already taken') },
  );
  if (!confirmEmail) return sessionAnswer(request, user);
  try {
    requestConfirmation(request, email, confirmationLink(project.key));
  } catch (error) {
    // He is registered all the same, and asks for the mail once more when there were too many.
    if (!(error instanceof GatewayError) || error.kind !== 'rate_limited') throw error;
  }
  return answerOf({ user: userObject(user) });
}
