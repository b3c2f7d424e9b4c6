/** The operations that are about no rows of a collection in particular: the schema, files, rights, tools. */
import { commentAccess } from '../../../access/comments.ts';
import type { JsonSchema } from '../values.ts';
import type { View } from '../view.ts';
import { type Paths, parameter, pathItem, schema } from './operations.ts';
import { anything, inPath, inQuery, list, object, open, raw, tagged, text } from './plain-schemas.ts';
import type { Refer } from './row-schemas.ts';
import { authPaths, userPaths } from './sign-in-paths.ts';

/** Who writes may leave a reason, send a request again without its being done again, and only try it. */
const writing = ['Comment', 'IdempotencyKey', 'DryRun'].map(parameter);
/** What has no dry run. */
const keyed = [parameter('IdempotencyKey')];
/** What goes can be told before. */
const removing = [...keyed, parameter('DryRun')];

function filePaths(view: View, refer: Refer): Paths {
  const op = tagged('Files');
  const files = view.served.get('directus_files');
  const item = files?.read ? refer(files, 'Item') : anything;
  const shown = files?.read ? { data: { anyOf: [item, list(item)] }, silent: true } : { silent: true };
  const form = {
    'multipart/form-data': { type: 'object', properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } } },
  };
  const content = raw('The content', '*/*', {});
  const whole: JsonSchema = { type: 'integer' };
  const image = [inQuery('key'), inQuery('w', whole), inQuery('h', whole), inQuery('f'), inQuery('q', whole), inQuery('format')];
  return [
    ...pathItem('/files', {
      post:
        files?.does.has('create') &&
        op('upload_file', 'Makes a file of its content', { parameters: writing, body: refer(files, 'Create'), bodies: form, ...shown }),
    }),
    ...pathItem(
      '/files/{id}',
      {
        patch:
          files?.does.has('update') &&
          op('change_file', 'Changes a file, or puts other content in its place', {
            parameters: [parameter('IfMatch'), ...writing],
            body: refer(files, 'Update'),
            bodies: form,
            ...shown,
          }),
      },
      [parameter('Id')],
    ),
    ...pathItem(
      '/assets/{name}',
      { get: op('read_asset', 'A file, or an image made of it', { parameters: image, answer: content, security: open }) },
      [inPath('name')],
    ),
    ...pathItem('/downloads/{name}', { get: op('download_asset', 'A file to be saved', { answer: content, security: open }) }, [
      inPath('name'),
    ]),
  ];
}

const fieldValues = object({ field: text, type: text, datatype: text, length: { type: ['integer', 'string', 'null'] } }, []);

function schemaPaths(view: View): Paths {
  const op = tagged('Schema');
  const admin = view.who === 'administrator';
  const reads = (name: string): boolean => view.readable.has(name);
  const [collection, field] = [schema('Collection'), schema('Field')];
  const made = object({ collection: text, fields: list(fieldValues), note: { type: ['string', 'null'] } }, ['collection', 'fields']);
  const named = [inPath('collection')];
  const collections = reads('directus_collections');
  const fields = reads('directus_fields');
  return [
    ...pathItem('/collections', {
      get: collections && op('list_collections', 'The collections with their fields', { data: list(collection) }),
      post: admin && op('create_collection', 'Makes a table', { parameters: keyed, body: made, data: collection }),
    }),
    ...pathItem(
      '/collections/{collection}',
      {
        get: collections && op('read_collection', 'A collection with its fields', { data: collection }),
        patch:
          admin && op('update_collection', 'Changes what is said of a collection', { parameters: keyed, body: anything, data: collection }),
        delete: admin && op('delete_collection', 'Deletes a table', { parameters: removing }),
      },
      named,
    ),
    ...pathItem('/fields', {
      get: fields && op('list_fields', 'The fields of all collections', { parameters: [parameter('Limit')], data: list(field) }),
    }),
    ...pathItem(
      '/fields/{collection}',
      {
        get: fields && op('list_fields_of', 'The fields of a collection', { data: list(field) }),
        post: admin && op('create_field', 'Makes a column', { parameters: keyed, body: fieldValues, data: field }),
        patch: admin && op('update_fields', 'Changes columns', { parameters: keyed, body: list(fieldValues), data: list(field) }),
      },
      named,
    ),
    ...pathItem(
      '/fields/{collection}/{field}',
      {
        get: fields && op('read_field', 'A field', { data: field }),
        patch: admin && op('update_field', 'Changes a column', { parameters: keyed, body: fieldValues, data: field }),
        delete: admin && op('delete_field', 'Deletes a column', { parameters: removing }),
      },
      [inPath('collection'), inPath('field')],
    ),
  ];
}

function rightsPaths({ who }: View): Paths {
  const op = tagged('Rights');
  const permission = schema('Permission');
  const asked = [
    inQuery('collection', text, true),
    inQuery('action', { enum: ['create', 'read', 'update', 'delete'] }),
    inQuery('role'),
    inQuery('user'),
    inQuery('id'),
  ];
  return [
    ...pathItem('/permissions/me', { get: op('list_own_permissions', 'The permissions of the caller', { data: list(permission) }) }),
    ...pathItem(
      '/permissions/me/{collection}',
      { get: op('read_own_permission', 'Those on a collection', { data: { anyOf: [permission, list(permission)] } }) },
      [inPath('collection')],
    ),
    ...pathItem('/permissions/explain', {
      get: who === 'administrator' && op('explain_permission', 'Which rules decide', { parameters: asked, data: anything }),
    }),
  ];
}

function commentPaths(view: View, refer: Refer): Paths {
  const activity = view.served.get('directus_activity');
  if (!activity?.read || !commentAccess(view.schema, view.rules, view.actor).creates) return [];
  const op = tagged('Comments');
  const shown = { data: refer(activity, 'Item'), silent: true };
  const said = object({ collection: text, item: { type: ['string', 'integer'] }, comment: text });
  return [
    ...pathItem('/activity/comment', {
      post: op('create_comment', 'Says something about a row', { parameters: writing, body: said, ...shown }),
    }),
    ...pathItem(
      '/activity/comment/{id}',
      {
        patch: op('update_comment', 'Says it otherwise', { parameters: writing, body: object({ comment: text }), ...shown }),
        delete: op('delete_comment', 'Takes it back', { parameters: writing, silent: true }),
      },
      [parameter('Id')],
    ),
  ];
}

/** One of several writes that all happen or none. */
function batchOperation(view: View): JsonSchema | undefined {
  const written = [...view.served.values()].filter(({ collection, does }) => !collection.system && does.size > 0);
  if (written.length === 0) return undefined;
  const key: JsonSchema = { type: ['string', 'integer'] };
  return object(
    {
      method: { enum: ['create', 'update', 'upsert', 'delete'] },
      collection: { enum: written.map(({ collection }) => collection.name) },
      as: text,
      by: list(text),
      item: anything,
      items: list(anything),
      key,
      keys: list(key),
      filter: anything,
      limit: { type: 'integer' },
      fields: list(text),
    },
    ['method', 'collection'],
  );
}

function toolPaths(view: View): Paths {
  const op = tagged('Tools');
  const { who, config, actor } = view;
  const mailing = (config.mail?.roles ?? []).map(String);
  const one = batchOperation(view);
  const results = list(object({ keys: list(text), count: { type: 'integer' }, item: anything, items: list(anything) }, []));
  const hashed = object({ string: text, hasher: text }, ['string']);
  const mails = who === 'administrator' || mailing.includes(actor.is === 'user' ? actor.role : '');
  const letter = object(
    {
      to: list({ anyOf: [{ type: ['string', 'integer'] }, anything] }),
      subject: text,
      body: text,
      type: { enum: ['html', 'plain'] },
      data: anything,
    },
    ['to', 'body'],
  );
  const graphql = object({ query: text, variables: anything, operationName: text }, ['query']);
  return [
    ...pathItem('/', { get: op('read_project', 'What there is to say of the project', { data: anything }) }),
    ...pathItem('/batch', {
      post:
        one &&
        op('write_batch', 'Several writes, all of them or none', {
          parameters: writing,
          body: object({ operations: list(one) }),
          data: results,
        }),
    }),
    ...pathItem('/gql', { post: op('ask_graphql', 'GraphQL', { body: graphql, answer: raw('The answer', 'application/json', anything) }) }),
    ...pathItem('/mail', {
      post: config.mail !== undefined && mails && op('send_mail', 'Sends a mail', { parameters: keyed, body: letter }),
    }),
    ...pathItem('/update', {
      post: who === 'administrator' && op('upgrade', 'Brings the system tables up to date', { parameters: keyed }),
    }),
    ...pathItem('/utils/hash', { post: op('hash_text', 'The hash of a text', { body: hashed, data: object({ hash: text }) }) }),
    ...pathItem('/utils/hash/match', {
      post: op('match_hash', 'Whether a hash is that of a text', {
        body: object({ string: text, hash: text, hasher: text }, ['string', 'hash']),
        data: object({ valid: { type: 'boolean' } }),
      }),
    }),
    ...pathItem('/utils/random/string', {
      post: op('random_text', 'A random text', { body: object({ length: { type: 'integer' } }, []), data: object({ random: text }) }),
    }),
    ...pathItem('/utils/2fa_secret', {
      get: op('random_secret', 'A secret for a second factor', { data: object({ '2fa_secret': text }) }),
    }),
    ...documentPaths(),
  ];
}

function documentPaths(): Paths {
  const op = tagged('Documents');
  const surface = inQuery('surface', { enum: ['directus', 'strapi', 'payload'] });
  return [
    ...pathItem('/openapi.json', {
      get: op('read_openapi', 'This document', { parameters: [surface], answer: raw('OpenAPI 3.1', 'application/json', anything) }),
    }),
    ...pathItem('/schema.graphql', {
      get: op('read_sdl', 'What /gql knows, in the schema language', { answer: raw('SDL', 'text/plain') }),
    }),
    ...pathItem('/types.ts', { get: op('read_types', 'The rows as TypeScript', { answer: raw('TypeScript', 'text/plain') }) }),
  ];
}

/** All of them that the caller may use. */
export function specialPaths(view: View, refer: Refer): Paths {
  return [
    ...authPaths(view),
    ...userPaths(view, refer),
    ...filePaths(view, refer),
    ...commentPaths(view, refer),
    ...schemaPaths(view),
    ...rightsPaths(view),
    ...toolPaths(view),
  ];
}
