/** The OpenAPI document of the Payload surface, and the types of its documents for TypeScript. */
import type { Sliced } from '../../../lib/slices.ts';
import type { CallerContext } from '../../caller.ts';
import { slugsOf } from '../../payload/slugs.ts';
import { mapType, schemaTypes } from '../schema-types.ts';
import { anyObject, type JsonSchema } from '../values.ts';
import type { View } from '../view.ts';
import { assembled } from './assemble.ts';
import { fixedParameters } from './components.ts';
import { object } from './dialect-schemas.ts';
import { json, schema } from './operations.ts';
import { askingOf, bodyOf, documentOf, pathsOf } from './payload-paths.ts';
import { list, text, truth, whole } from './plain-schemas.ts';
import { inQuery, nested } from './query-parameter.ts';

const { IdempotencyKey } = fixedParameters;

const parameters: Readonly<Record<string, JsonSchema>> = {
  ...(IdempotencyKey ? { IdempotencyKey } : {}),
  Id: { name: 'id', in: 'path', required: true, schema: text, description: 'The id; of several columns with commas between' },
  Where: inQuery('where', anyObject, 'Conditions by field, as where[title][contains]', nested),
  Sort: inQuery('sort', text, 'Fields with commas between; a minus turns the order round'),
  Limit: inQuery('limit', whole, 'Documents of a page; 0 for all that one answer may hold'),
  Page: inQuery('page', whole, 'The page, from 1'),
  Pagination: inQuery('pagination', truth, 'Whether documents are counted'),
  Depth: inQuery('depth', whole, 'How deep relations are documents instead of ids'),
  Select: inQuery('select', anyObject, 'Fields to show', nested),
  Populate: inQuery('populate', anyObject, 'The same of related documents, by slug', nested),
  Joins: inQuery('joins', anyObject, 'Pages of joined documents, by field', nested),
  Locale: inQuery('locale', text, 'The language of texts'),
  Fallback: inQuery('fallback-locale', text, 'The language that stands in'),
  DryRun: inQuery('dry_run', truth, 'Whether it is tried alone, and taken back'),
  Trash: inQuery('trash', truth, 'Whether documents in the trash count'),
};

const fault = object({ message: text, name: text, data: {} }, ['message']);

const schemas: Readonly<Record<string, JsonSchema>> = {
  Error: { anyOf: [object({ errors: list(fault) }, ['errors']), object({ message: text }, ['message'])] },
};

const responses: Readonly<Record<string, JsonSchema>> = {
  Error: { description: 'What is wrong', content: json(schema('Error')) },
  Nothing: { description: 'Done; there is nothing to show' },
};

/** The document's text. */
export function payloadText(context: CallerContext, view: View): Sliced<string> {
  const open = view.who === 'public' ? [{}] : [];
  return assembled({
    title: view.key,
    version: '3',
    description: 'What the caller may use, in the dialect of Payload.',
    server: `/${encodeURIComponent(view.key)}/payload/api`,
    security: [...open, { token: [] }],
    securitySchemes: {
      token: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'JWT, a blank and the token of /users/login' },
    },
    tags: { 'Signing in': 'Who one is', Preferences: 'What the caller keeps' },
    paths: (define) => pathsOf(askingOf(context, view, define)),
    fixed: { schemas, parameters, responses, headers: {} },
  });
}

/** Members of what Payload makes of a configuration that say nothing here. */
const config = `export interface Config {
  auth: { users: unknown };
  blocks: {};
  collections: Collections;
  collectionsJoins: {};
  collectionsSelect: {};
  db: { defaultIDType: string | number };
  fallbackLocale: string | null;
  globals: Globals;
  globalsSelect: {};
  jobs: unknown;
  locale: string | null;
  user: unknown;
}`;

/** Documents as TypeScript, by their slugs; together what clients of Payload take as a type. */
export function payloadTypes(context: CallerContext, view: View): Sliced<string> {
  const slugs = slugsOf(view.schema);
  return schemaTypes({
    *rows(define) {
      const asking = askingOf(context, view, define);
      for (const served of view.served.values()) {
        const id = slugs.of(served.collection);
        if (id === undefined) continue;
        const sent = served.does.has('create') || served.does.has('update');
        const single = served.collection.meta?.single === true;
        yield { id, single, row: served.read ? documentOf(asking, served) : undefined, sent: sent ? bodyOf(asking, served) : undefined };
      }
    },
    maps(rows) {
      const of = (wanted: boolean) => rows.filter(({ single = false }) => single === wanted);
      const maps = [
        mapType('Collections', of(false), ({ row }) => row),
        mapType('Globals', of(true), ({ row }) => row),
        mapType('Inputs', of(false), ({ sent }) => sent),
      ];
      return [...maps, config].join('\n\n');
    },
  });
}
