/** Makes the documents for tools and sends them. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import type { Sliced } from '../../lib/slices.ts';
import { type CallerContext, identified } from '../caller.ts';
import { namesTag } from '../entity-tags.ts';
import { checkIntrospection } from '../graphql/guards.ts';
import { graphqlLimitsOf } from '../graphql/settings.ts';
import { documentFor } from './documents.ts';
import type { DocumentName } from './index.ts';
import { openApiText } from './openapi/document.ts';
import { payloadText, payloadTypes } from './openapi/payload-document.ts';
import { strapiText, strapiTypes } from './openapi/strapi-document.ts';
import { sdlText } from './sdl.ts';
import { takenTypes, typesText } from './typescript.ts';
import { viewOf } from './view.ts';

interface Kind {
  readonly type: string;
  /** How it is made, by the values that `surface` may have; the first is meant without one. */
  readonly surfaces: Readonly<Record<string, (context: CallerContext) => Sliced<string>>>;
}

const parameters = ['surface', 'access_token'];

const kinds: Readonly<Record<DocumentName, Kind>> = {
  'openapi.json': {
    type: 'application/json; charset=utf-8',
    surfaces: {
      directus: (context) => openApiText(viewOf(context, context.project, [])),
      payload: (context) => payloadText(context, viewOf(context, context.project, [])),
      strapi: (context) => strapiText(context, viewOf(context, context.project, [])),
    },
  },
  'schema.graphql': { type: 'text/plain; charset=utf-8', surfaces: { graphql: (context) => sdlText(context) } },
  'types.ts': {
    type: 'text/plain; charset=utf-8',
    surfaces: {
      directus: (context) => typesText(viewOf(context, context.project, takenTypes)),
      payload: (context) => payloadTypes(context, viewOf(context, context.project, takenTypes)),
      strapi: (context) => strapiTypes(context, viewOf(context, context.project, takenTypes)),
    },
  },
};

function refuse(message: string): never {
  throw new GatewayError('validation', { message });
}

interface Asked {
  readonly surface: string;
  readonly token: string | undefined;
}

/** Throws `validation` for parameters that there are not. */
function askedOf(request: FastifyRequest, { surfaces }: Kind): Asked {
  const at = request.url.indexOf('?');
  const query = new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
  for (const name of new Set(query.keys())) {
    if (!parameters.includes(name)) refuse(`${name.slice(0, 40)}: This parameter is not known here; known are ${parameters.join(', ')}.`);
    if (query.getAll(name).length > 1) refuse(`${name}: This parameter is given more than once.`);
  }
  const served = request.project.config.surfaces;
  const names = Object.keys(surfaces).filter((name) => (name !== 'strapi' && name !== 'payload') || served?.[name] === true);
  const surface = query.get('surface') ?? names[0] ?? '';
  if (!names.includes(surface)) refuse(`surface: This value should be one of ${names.join(', ')}.`);
  return { surface, token: query.get('access_token') ?? undefined };
}

/** Sends the document of that name as the caller may have it. Throws what `identified` throws, `validation`, and `forbidden` where the schema is closed to the caller. */
export async function sendDocument(request: FastifyRequest, reply: FastifyReply, name: DocumentName): Promise<FastifyReply> {
  const kind = kinds[name];
  const { surface, token } = askedOf(request, kind);
  const context = await identified(request, token);
  checkIntrospection(context.actor.is === 'user', graphqlLimitsOf(context.project.config.graphql));
  const make = kind.surfaces[surface];
  if (!make) throw new GatewayError('route_not_found');
  const { body, tag } = await documentFor(context, `${name} ${surface}`, () => make(context));
  reply.header('etag', tag).header('cache-control', 'private, no-cache');
  reply.header('vary', [reply.getHeader('vary') ?? [], 'Authorization', 'Cookie'].flat().join(', '));
  if (namesTag(request.headers['if-none-match'], tag)) return reply.code(304).send();
  return reply.type(kind.type).send(body);
}
