/** Accounts, preferences and files of the Payload surface, which have addresses of their own (payload-rest §8, §13, §15). */
import type { CallerContext } from '../../caller.ts';
import { anyObject, type JsonSchema } from '../values.ts';
import type { View } from '../view.ts';
import { object, orNull } from './dialect-schemas.ts';
import { type Described, json, operation, type Paths, parameter, pathItem } from './operations.ts';
import { inPath, key, raw, text, whole } from './plain-schemas.ts';

/** Sent again, it is not done again. */
const parameters = [parameter('IdempotencyKey')];

type More = Omit<Described, 'id' | 'summary' | 'tag'>;

const tagged =
  (tag: string) =>
  (id: string, summary: string, more: More): JsonSchema =>
    operation({ ...more, id, summary, tag });

const answered = (description: string, of: JsonSchema) => ({ '200': { description, content: json(of) } });
const required = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => object(properties, Object.keys(properties));

/** The caller's own document, whatever the role may read of others. */
const own = object({ id: key, email: { type: ['string', 'null'] }, role: {} }, ['id', 'email']);
const messageAnswer = answered('What happened', required({ message: text }));

function signInPaths({ project }: CallerContext, { who }: View): Paths {
  const op = tagged('Signing in');
  const open = { security: [{}] };
  const signedIn = object({ message: text, token: text, exp: whole, user: own }, ['message', 'user']);
  const refreshed = object({ message: text, refreshedToken: text, exp: whole, user: own }, ['message', 'refreshedToken', 'user']);
  const credentials = object({ email: text, password: text, otp: text }, ['email', 'password']);
  const me = object({ user: orNull(own), collection: text, message: text, token: text, exp: whole }, ['user']);
  const post = (path: string, id: string, summary: string, more: More): Paths => pathItem(path, { post: op(id, summary, more) });
  return [
    ...post('/users/login', 'sign_in', 'A token for a password', { body: credentials, answer: answered('The token', signedIn), ...open }),
    ...post('/users/logout', 'sign_out', 'Ends the session of the token', { answer: messageAnswer }),
    ...post('/users/refresh-token', 'refresh_token', 'A new token for one that still holds', { answer: answered('The token', refreshed) }),
    ...pathItem('/access', {
      get: op('read_access', 'What the caller may do', { answer: answered('What is granted', anyObject), ...open }),
    }),
    ...pathItem('/users/me', { get: op('read_me', 'The caller', { answer: answered('The caller', me), ...open }) }),
    ...pathItem('/users/init', {
      get: op('read_init', 'Whether there is a user', {
        answer: answered('The answer', required({ initialized: { type: 'boolean' } })),
        ...open,
      }),
    }),
    ...(project.config.mail
      ? post('/users/forgot-password', 'forgot_password', 'A mail with a link for a new password', {
          parameters,
          body: required({ email: text }),
          answer: answered('Known and unknown addresses alike', required({ message: text })),
          ...open,
        })
      : []),
    ...post('/users/reset-password', 'reset_password', 'A new password for the token of such a link', {
      parameters,
      body: required({ token: text, password: text }),
      answer: answered('A token, unless there is a second factor, and its user', signedIn),
      ...open,
    }),
    ...(who === 'administrator'
      ? post('/users/unlock', 'unlock_user', 'Lets somebody sign in again after too many wrong passwords', {
          parameters,
          body: required({ email: text }),
          answer: messageAnswer,
        })
      : []),
  ];
}

function preferencePaths({ who }: View): Paths {
  const op = tagged('Preferences');
  if (who === 'public') return [];
  const preference = object({ id: key, key: text, value: {}, user: {}, userCollection: text, createdAt: text, updatedAt: text }, ['value']);
  const page = object({ docs: { type: 'array', items: preference }, totalDocs: whole }, ['docs', 'totalDocs']);
  return [
    ...pathItem('/_preferences', { get: op('list_preferences', "The caller's own", { answer: answered('A page of them', page) }) }),
    ...pathItem(
      '/_preferences/{key}',
      {
        get: op('read_preference', 'One of them', { answer: answered('It, or null', preference) }),
        post: op('keep_preference', 'Keeps a value under a key', {
          parameters,
          body: object({ value: {} }, ['value']),
          answer: answered('It', object({ doc: preference, message: text }, ['doc', 'message'])),
        }),
        delete: op('delete_preference', 'Forgets it', { parameters, answer: answered('It as it was', preference) }),
      },
      [inPath('key')],
    ),
  ];
}

/** Makes a document of a file. */
export function uploadOperation(document: JsonSchema, given: readonly JsonSchema[]): JsonSchema {
  const form = object({ file: { type: 'string', contentMediaType: 'application/octet-stream' }, _payload: text }, ['file']);
  const made = { '201': { description: 'The document', content: json(object({ doc: document, message: text }, ['doc', 'message'])) } };
  return tagged('media')('upload', 'Makes a document of a file', {
    parameters: given,
    bodies: { 'multipart/form-data': form },
    answer: made,
  });
}

function contentPaths(view: View): Paths {
  const read = tagged('media')('read_file', 'A file', { answer: raw('The content', '*/*', {}) });
  return pathItem('/media/file/{filename}', { get: view.served.get('directus_files')?.read && read }, [inPath('filename')]);
}

/** The operations of signing in, of preferences and of content in files. */
export function accountPaths(context: CallerContext, view: View): Paths {
  return [...signInPaths(context, view), ...preferencePaths(view), ...contentPaths(view)];
}
