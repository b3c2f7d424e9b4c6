/** `POST /auth/local/register`, where the project file says which role newcomers get (strapi-rest S-174). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestConfirmation } from '../../auth/confirm.ts';
import { authSettingsOf } from '../../auth/settings.ts';
import { attemptsFor } from '../../auth/shared-attempts.ts';
import { userById } from '../../auth/users.ts';
import { prepareWrite, type WriteContext, writing } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import { demandMail } from '../../mail/mailer.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { writeContext } from '../write-context.ts';
import { invalid, refused, sendSession, textIn, translated } from './auth-common.ts';
import { objectOf } from './body.ts';
import { confirmationLink } from './confirmation.ts';
import { strapiNested } from './nested-syntax.ts';
import { jsonType } from './read.ts';
import { callerOf } from './request.ts';
import { usersCollection, userTold } from './user-object.ts';

/** What somebody who registers may say of himself. */
const registered = ['username', 'email', 'password', 'first_name', 'last_name'];

/** Makes a user in the role of the setting, and signs him in unless he is to confirm his address first. */
export async function register(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const { project } = request;
  const role = project.config.strapi?.registerRole;
  const context = await callerOf(request);
  if (role === undefined || !context.rules.roles.has(String(role))) throw refused('Register action is currently disabled');
  const body = objectOf(request);
  const email = textIn(body, 'email');
  if (!/^[^@\s\p{Cc}<>,;"]+@[^@\s\p{Cc}<>,;"]+$/u.test(email) || email.length > 254) throw invalid('email must be a valid email', 'email');
  textIn(body, 'password');
  // Whether an address is taken is told here: it is asked as often as passwords are tried, and no more.
  await attemptsFor(project, 'registrations', authSettingsOf).begin(email.toLowerCase(), request.ip);
  const { fields } = context.schema.collections.get(usersCollection) ?? { fields: new Map() };
  const said = Object.entries(body).filter(([name]) => registered.includes(name) && fields.has(name));
  const { confirmEmail = false } = project.config.strapi ?? {};
  if (confirmEmail) demandMail(project.config);
  const item = { ...Object.fromEntries(said), status: confirmEmail ? 'invited' : 'active', role };
  // Nobody may make users by permission here: the setting answers for it.
  const actor = { is: 'system', reason: 'somebody registers' } as const;
  const within: WriteContext = { ...writeContext(request, context, strapiNested, hooks), actor };
  const key = await translated(
    async () => {
      const prepared = await prepareWrite(within, { is: 'create', collection: usersCollection, items: [item] }, {});
      return writing(within, async (session) => {
        const [row] = await session.write(prepared);
        return { plain: true, read: async () => row?.key ?? '' };
      });
    },
    { duplicate: () => refused('Email or Username are already taken') },
  );
  const user = await userById(project.connection, project.schemas.current, key);
  if (!user) throw new GatewayError('internal');
  if (!confirmEmail) return sendSession(request, reply, user);
  try {
    requestConfirmation(request, email, confirmationLink(project.key));
  } catch (error) {
    // He is registered all the same, and asks for the mail once more when there were too many.
    if (!(error instanceof GatewayError) || error.kind !== 'rate_limited') throw error;
  }
  return reply.type(jsonType).send(JSON.stringify({ user: userTold(user) }));
}
