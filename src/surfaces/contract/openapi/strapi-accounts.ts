/** Accounts and files of the Strapi surface, which have addresses of their own (strapi-rest §12, §13). */
import type { CallerContext } from '../../caller.ts';
import { anyObject, type JsonSchema } from '../values.ts';
import type { Served, View } from '../view.ts';
import { bodySchema, object, orNull } from './dialect-schemas.ts';
import { type Described, json, operation, type Paths, parameter, pathItem } from './operations.ts';
import { key, list, text, truth, whole } from './plain-schemas.ts';
import { inQuery } from './query-parameter.ts';

/** Sent again, it is not done again. */
const parameters = [parameter('IdempotencyKey')];

const textOrNull: JsonSchema = { type: ['string', 'null'] };

export interface Accounts {
  readonly context: CallerContext;
  readonly view: View;
  readonly format: 'v4' | 'v5';
  /** An account as a bare object. */
  readonly user: (users: Served) => JsonSchema;
  /** Which entries, and what of them. */
  readonly listed: readonly JsonSchema[];
  readonly shown: readonly JsonSchema[];
  /** What every write takes. */
  readonly writeParameters: readonly JsonSchema[];
}

const tagged =
  (tag: string) =>
  (id: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'>): JsonSchema =>
    operation({ ...more, id, summary, tag });

const answered = (description: string, of: JsonSchema, status = '200') => ({ [status]: { description, content: json(of) } });

/** The caller's own account, whatever the role may read of others. */
const own = object({ id: whole, username: textOrNull, email: textOrNull, provider: text, confirmed: truth, blocked: truth }, [
  'id',
  'username',
  'email',
  'provider',
  'confirmed',
  'blocked',
]);

function signInPaths({ context, view }: Accounts): Paths {
  const op = tagged('Signing in');
  const { mail, strapi } = context.project.config;
  const session = answered('A token and its user', object({ jwt: text, user: own }, ['jwt', 'user']));
  const passwords = { password: text, passwordConfirmation: text };
  const post = (id: string, summary: string, body: JsonSchema, answer: Described['answer'] = session, open = true): JsonSchema =>
    op(id, summary, {
      ...(id === 'sign_in' ? {} : { parameters }),
      body,
      ...(answer ? { answer } : {}),
      ...(open ? { security: [{}] } : {}),
    });
  const required = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => object(properties, Object.keys(properties));
  return [
    ...pathItem('/auth/local', {
      post: post('sign_in', 'A token for a password', object({ identifier: text, password: text, otp: text }, ['identifier', 'password'])),
    }),
    ...pathItem('/auth/local/register', {
      post:
        strapi?.registerRole !== undefined &&
        post('register', 'A new account', object({ username: text, email: text, password: text }, ['email', 'password'])),
    }),
    ...pathItem('/auth/forgot-password', {
      post:
        mail !== undefined &&
        post(
          'forgot_password',
          'A mail with a link for a new password',
          object({ email: text, url: text }, ['email']),
          answered('Known and unknown addresses alike', required({ ok: truth })),
        ),
    }),
    ...pathItem('/auth/reset-password', {
      post: post(
        'reset_password',
        'A new password for the code of such a link',
        required({ code: text, ...passwords }),
        answered('A token, unless there is a second factor, and its user', object({ jwt: text, user: own }, ['user'])),
      ),
    }),
    ...pathItem('/auth/change-password', {
      post:
        view.who !== 'public' &&
        post('change_password', 'A new password for the old one', required({ currentPassword: text, ...passwords }), session, false),
    }),
  ];
}

function userPaths({ view, user, listed, shown, writeParameters }: Accounts): Paths {
  const op = tagged('Users');
  const users = view.served.get('directus_users');
  const one = (): JsonSchema => (users?.read ? user(users) : anyObject);
  const body = (served: Served): JsonSchema => {
    const { properties } = bodySchema(view, served.collection, { anyOf: [key, anyObject, { type: 'null' }] });
    return object({ username: text, confirmed: truth, blocked: truth, ...(properties as Record<string, JsonSchema>) });
  };
  const does = (action: 'create' | 'update' | 'delete'): Served | false => (users?.does.has(action) ? users : false);
  const [creating, updating] = [does('create'), does('update')];
  return [
    ...pathItem('/users', {
      get: users?.read && op('list_users', 'Users', { parameters: listed, answer: answered('Users', list(one())) }),
      post:
        creating &&
        op('create_user', 'Makes a user', {
          parameters: writeParameters,
          body: body(creating),
          answer: answered('The user', one(), '201'),
        }),
    }),
    ...pathItem('/users/count', {
      get:
        users?.read &&
        op('count_users', 'How many users there are', { parameters: [parameter('Filters')], answer: answered('The number', whole) }),
    }),
    ...pathItem('/users/me', {
      get: view.who !== 'public' && op('read_me', 'The caller', { answer: answered('A user', users?.read ? one() : own) }),
    }),
    ...pathItem(
      '/users/{id}',
      {
        get: users?.read && op('read_user', 'A user', { parameters: shown, answer: answered('The user', one()) }),
        put:
          updating &&
          op('update_user', 'Changes a user', { parameters: writeParameters, body: body(updating), answer: answered('The user', one()) }),
        delete:
          does('delete') &&
          op('delete_user', 'Deletes a user', { parameters: writeParameters, answer: answered('The user as it was', one()) }),
      },
      [parameter('Id')],
    ),
  ];
}

const file = object(
  {
    id: key,
    name: textOrNull,
    alternativeText: textOrNull,
    caption: textOrNull,
    width: { type: ['integer', 'null'] },
    height: { type: ['integer', 'null'] },
    formats: orNull(anyObject),
    hash: textOrNull,
    ext: textOrNull,
    mime: textOrNull,
    size: { type: ['number', 'null'] },
    url: textOrNull,
    previewUrl: textOrNull,
    provider: text,
    createdAt: textOrNull,
    updatedAt: textOrNull,
  },
  ['id'],
);

function filePaths({ view, format, listed, shown, writeParameters }: Accounts): Paths {
  const op = tagged('Files');
  const files = view.served.get('directus_files');
  const does = (action: 'create' | 'update' | 'delete'): boolean => files?.does.has(action) === true;
  const content = { type: 'string', contentMediaType: 'application/octet-stream' };
  const form = object({ files: { anyOf: [content, list(content)] }, fileInfo: text, ref: text, refId: text, field: text });
  const changed = does('update') ? [inQuery('id', text, 'The file that is changed; without it files are made')] : [];
  const made = answered('The files', list(file), format === 'v5' ? '201' : '200');
  return [
    ...pathItem('/upload/files', {
      get: files?.read && op('list_files', 'Files', { parameters: listed, answer: answered('Files', list(file)) }),
    }),
    ...pathItem(
      '/upload/files/{id}',
      {
        get: files?.read && op('read_file', 'A file', { parameters: shown, answer: answered('The file', file) }),
        delete:
          files?.read &&
          does('delete') &&
          op('delete_file', 'Deletes a file', { parameters: writeParameters, answer: answered('The file as it was', file) }),
      },
      [parameter('Id')],
    ),
    ...pathItem('/upload', {
      post:
        does('create') &&
        op('upload', 'Files by a form', {
          parameters: [...changed, ...writeParameters],
          bodies: { 'multipart/form-data': form },
          answer: made,
        }),
    }),
  ];
}

/** The operations of signing in, of users and of files. */
export function accountPaths(accounts: Accounts): Paths {
  return [...signInPaths(accounts), ...userPaths(accounts), ...filePaths(accounts)];
}
