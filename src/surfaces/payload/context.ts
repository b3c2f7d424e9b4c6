/** What every route starts with: who asks, and with which parameters (payload-rest §12, P-35). */
import type { FastifyRequest } from 'fastify';
import { accessOf, type ReadContext } from '../../engine/read.ts';
import type { Project } from '../../projects/project.ts';
import { type CallerContext, identified, recalled } from '../caller.ts';
import { languagesOf } from './languages.ts';
import { checkParameters, type Parameters } from './parameters.ts';
import { endless, joinsOf, populateOf, type Shape } from './shape.ts';
import { tokenOf } from './token.ts';

/** A request, as the routes see it. */
export interface Asking {
  readonly request: FastifyRequest;
  /** The method that counts: a POST may stand for a GET. */
  readonly method: string;
  /** The segments behind `/api/`, decoded. */
  readonly path: readonly string[];
  /** As they stood in the URL and in the body of an overridden method; what is the same there is the same request. */
  readonly raw: string;
  readonly parameters: () => Parameters;
}

/** Behind the question mark. */
export function rawQuery(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at + 1);
}

/** Identifies the caller, and pins schema and rules for the request. */
export function callerOf({ request }: Asking): Promise<CallerContext> {
  return identified(request, tokenOf(request));
}

/** The same without asking who the caller is, where that is known from before. */
export function recalledCaller({ request }: Asking): CallerContext | undefined {
  return recalled(request, tokenOf(request));
}

/** What of documents the caller may see, and in which form they are asked for. Throws what `checkParameters` does. */
export function shapeOf(context: ReadContext & { readonly project?: Project }, parameters: Parameters): Shape {
  const { project, fileData } = context;
  checkParameters(parameters);
  return {
    schema: context.schema,
    visible: accessOf(context).visible,
    limits: context.limits,
    room: endless,
    ...languagesOf(context, parameters),
    populate: populateOf(parameters),
    joins: joinsOf(parameters),
    ...(project && fileData ? { files: { project: project.key, data: fileData } } : {}),
  };
}
