/** POST /:project/auth/authenticate in jwt mode (directus8-system §3.2). */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { TOTP } from 'otpauth';
import type { Rules } from '../../access/types.ts';
import { burnPassword, verifyPassword } from '../../auth/passwords.ts';
import type { AuthClaims } from '../../auth/tokens.ts';
import { type UserRow, userByEmail } from '../../auth/users.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Project } from '../../projects/project.ts';

interface Credentials {
  email: string;
  password: string;
  otp?: string;
}

function credentials(body: unknown): Credentials {
  if (body === null || body === undefined || typeof body !== 'object' || Array.isArray(body)) throw new GatewayError('invalid_payload');
  const { email, password, otp, mode } = body as Record<string, unknown>;
  const faults: string[] = [];
  if (typeof email !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(email)) faults.push('email: This value is not a valid email address.');
  if (typeof password !== 'string' || password === '') faults.push('password: This value should not be blank.');
  if (mode !== undefined && mode !== 'jwt') faults.push('mode: This value should be jwt.');
  if (faults.length > 0 || typeof email !== 'string' || typeof password !== 'string')
    throw new GatewayError('login_payload', { message: faults.join(' ') });
  return { email, password, ...(typeof otp === 'string' || typeof otp === 'number' ? { otp: String(otp) } : {}) };
}

/** The password first and the status after it: an outsider learns nothing about accounts, in the answer or in its time. */
async function signIn(request: FastifyRequest, given: Credentials): Promise<UserRow> {
  const { project } = request;
  const user = await userByEmail(project.connection, project.schemas.current, given.email);
  if (!user?.password) {
    await burnPassword(given.password);
    throw new GatewayError('invalid_credentials');
  }
  if (!(await verifyPassword(given.password, user.password))) throw new GatewayError('invalid_credentials');
  if (user.status === 'suspended') throw new GatewayError('user_suspended');
  if (user.status !== 'active') throw new GatewayError('user_inactive');
  if (user.twoFactorSecret) {
    if (given.otp === undefined) throw new GatewayError('otp_missing');
    if (new TOTP({ secret: user.twoFactorSecret }).validate({ token: given.otp, window: 2 }) === null) throw new GatewayError('otp_wrong');
  }
  return user;
}

/** Minutes a token lives: the setting `auth_token_ttl`, else 20. */
function lifetime(rules: Rules): number {
  const setting = rules.settings.get('auth_token_ttl');
  return setting && /^\d{1,6}$/.test(setting) && Number(setting) > 0 ? Number(setting) : 20;
}

function tokenFor(request: FastifyRequest, project: Project, user: UserRow): string {
  const ttl = lifetime(project.rules.current);
  const claims: AuthClaims = { id: Number(user.id), type: 'auth', ttl, key: project.key, project: project.key };
  // A number would be seconds to one of the two libraries beneath and milliseconds to the other.
  const expiresIn = `${ttl}m`;
  return request.server.jwt.sign(claims, { key: project.config.secret, algorithm: 'HS256', expiresIn, noTimestamp: true });
}

/** The columns of the user that a sign-in answers with; no secret among them. */
const shown = [
  'status',
  'first_name',
  'last_name',
  'email',
  'timezone',
  'locale',
  'locale_options',
  'avatar',
  'company',
  'title',
  'external_id',
  'theme',
];

export const authRoutes: FastifyPluginAsync = async (app) => {
  app.post('/:project/auth/authenticate', async (request, reply) => {
    const { project } = request;
    const user = await signIn(request, credentials(request.body));
    const columns = Object.fromEntries(shown.filter((name) => name in user.row).map((name) => [name, user.row[name] ?? null]));
    const secrets = { '2fa_secret': user.twoFactorSecret === null ? null : '**********', password_reset_token: null };
    const data = {
      token: tokenFor(request, project, user),
      user: { id: Number(user.id), role: Number(user.role), ...columns, ...secrets },
    };
    const missing = project.rules.current.roles.get(user.role)?.enforceTwoFactor && !user.twoFactorSecret;
    const error = missing ? { error: { code: 113, message: '2FA enforced but not activated for user' } } : {};
    return reply.type('application/json; charset=utf-8').send(JSON.stringify({ data, public: true, ...error }));
  });
};
