/** The operations of signing in, and those on users that are more than rows. */
import type { View } from '../view.ts';
import { type Paths, parameter, pathItem, schema } from './operations.ts';
import { anything, done, inPath, inQuery, list, object, open, redirect, tagged, text } from './plain-schemas.ts';
import type { Refer } from './row-schemas.ts';

/** Sent again, it is not done again. */
const parameters = [parameter('IdempotencyKey')];

/** Of everybody. */
export function authPaths({ who, config }: View): Paths {
  const op = tagged('Signing in');
  const signIn = object({ email: text, password: text, otp: text, mode: { enum: ['jwt', 'cookie'] } }, ['email', 'password']);
  const signedIn = schema('SignedIn');
  return [
    ...pathItem('/auth/authenticate', { post: op('sign_in', 'A token for a password', { body: signIn, data: signedIn, security: open }) }),
    ...pathItem('/auth/refresh', {
      post: op('refresh_token', 'A new token for one that still holds', {
        body: object({ token: text }),
        data: object({ token: text }),
        security: open,
      }),
    }),
    ...pathItem('/auth/logout', { post: op('sign_out', 'Ends the session of the credential', { answer: done, security: open }) }),
    ...pathItem('/auth/check', {
      get: op('check_credential', 'Whether the credential holds', { data: object({ authenticated: { type: 'boolean' } }), security: open }),
    }),
    ...pathItem('/auth/sessions', { get: who !== 'public' && op('list_sessions', 'The sessions of the caller', { data: list(anything) }) }),
    ...pathItem(
      '/auth/logout/{user}',
      { post: who !== 'public' && op('sign_out_user', 'Ends all sessions of a user', { parameters, answer: done }) },
      [inPath('user')],
    ),
    ...pathItem(
      '/auth/logout/{user}/{session}',
      { post: who !== 'public' && op('end_session', 'Ends a session of a user', { parameters, answer: done }) },
      [inPath('user'), inPath('session')],
    ),
    ...pathItem('/auth/password/request', {
      post:
        config.mail !== undefined &&
        op('forget_password', 'A mail with a link for a new password', {
          parameters,
          body: object({ email: text, reset_url: text }, ['email']),
          answer: done,
          security: open,
        }),
    }),
    ...pathItem('/auth/password/reset', {
      post: op('reset_password', 'A new password for the token of such a link', {
        parameters,
        body: object({ token: text, password: text }),
        answer: done,
        security: open,
      }),
    }),
    ...ssoPaths(config.sso?.providers ?? []),
  ];
}

function ssoPaths(providers: readonly unknown[]): Paths {
  const op = tagged('Signing in');
  const provider = [inPath('provider')];
  const mode = inQuery('mode', { enum: ['jwt', 'cookie'] });
  const data = list(object({ name: text, icon: { type: ['string', 'null'] } }));
  const known = pathItem('/auth/sso', { get: op('list_providers', 'Whom one may sign in by', { data, security: open }) });
  if (providers.length === 0) return known;
  const token = { body: object({ request_token: text }), data: schema('SignedIn'), security: open };
  const way = object({ authorization_url: text, state: text, ticket: text });
  const sent = object({ code: text, ticket: text, state: text, iss: text }, ['code']);
  const code = { body: sent, data: object({ token: text }), security: open };
  return [
    ...known,
    ...pathItem(
      '/auth/sso/{provider}',
      {
        get: op('begin_sign_in', 'Leads to a provider', {
          parameters: [mode, inQuery('redirect_url')],
          data: way,
          answer: redirect,
          security: open,
        }),
        post: op('exchange_code', 'A token for the code of a provider, for who began the sign-in', code),
      },
      provider,
    ),
    ...pathItem(
      '/auth/sso/{provider}/callback',
      {
        get: op('finish_sign_in', 'Where a provider leads back to', {
          parameters: [inQuery('code'), inQuery('state'), inQuery('iss')],
          data: schema('SignedIn'),
          answer: redirect,
          security: open,
        }),
      },
      provider,
    ),
    ...pathItem('/auth/sso/access_token', { post: op('exchange_token', 'A token for what a redirect brought', token) }),
  ];
}

/** Of users, where somebody is signed in. */
export function userPaths(view: View, refer: Refer): Paths {
  const { who, config } = view;
  const users = view.served.get('directus_users');
  const op = tagged('Users');
  if (!users || who === 'public') return [];
  const data = users.read ? refer(users, 'Item') : anything;
  const secret = object({ '2fa_secret': text, otp: text });
  const invitation = object({ email: { anyOf: [text, list(text)] }, role: { type: ['integer', 'string'] }, invite_url: text }, ['email']);
  return [
    ...pathItem('/users/me', { get: users.read && op('read_me', 'The caller', { data }) }),
    ...pathItem(
      '/users/{id}/tracking/page',
      {
        patch: op('track_page', 'Notes the page that a user looks at', {
          parameters: ['IdempotencyKey', 'DryRun'].map(parameter),
          body: object({ last_page: text }),
          data,
          silent: true,
        }),
      },
      [parameter('Id')],
    ),
    ...pathItem(
      '/users/{id}/activate_2fa',
      {
        post: op('begin_second_factor', 'A second factor begins', { parameters, body: secret, data: anything }),
        delete: op('end_second_factor', 'It ends', { parameters, data: anything }),
      },
      [parameter('Id')],
    ),
    ...pathItem('/users/invite', {
      post:
        who === 'administrator' &&
        config.mail !== undefined &&
        op('invite_users', 'Mails that let people in', { parameters, body: invitation, data: list(data) }),
    }),
  ];
}
