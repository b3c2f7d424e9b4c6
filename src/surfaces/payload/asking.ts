/** A request as the routes see it: its method, which a header may name, its path and its parameters (payload-rest P-35). */
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../lib/errors.ts';
import { mediaType, textOfBody } from './body.ts';
import { type Asking, rawQuery } from './context.ts';
import { type Parameters, parametersOf, parametersOfJson, withBody } from './parameters.ts';

const headers = ['x-http-method-override', 'x-payload-http-method-override'];

/** The method that a header names; parameters behind it, such as a charset, do not matter. */
function overriding(request: FastifyRequest): string | undefined {
  const given = headers.map((name) => request.headers[name]).find((one) => one !== undefined && one !== '');
  return given === undefined ? undefined : String(given).split(';', 1)[0]?.trim().toUpperCase();
}

/** HEAD is GET without a body, which the server leaves out. */
function methodOf(request: FastifyRequest): { readonly method: string; readonly byBody: boolean } {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const wanted = overriding(request);
  if (method !== 'POST' || wanted === undefined || wanted === 'POST') return { method, byBody: false };
  if (wanted === 'GET') return { method: 'GET', byBody: true };
  throw new GatewayError('bad_request', { message: `X-HTTP-Method-Override: a POST may stand for a GET, not for ${wanted.slice(0, 20)}` });
}

function segmentsOf(url: string): string[] {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return path
    .split('/')
    .slice(4)
    .filter((segment) => segment !== '')
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        throw new GatewayError('bad_request', { message: 'The URL holds an invalid percent encoding' });
      }
    });
}

function bodyParameters(request: FastifyRequest, text: string): Parameters {
  const isJson = /[/+]json$/.test(mediaType(request));
  return isJson ? parametersOfJson(text) : parametersOf(text, request.project.limits);
}

/** Throws `bad_request` for a method that no header may name, and for a path that cannot be read. */
export function askingOf(request: FastifyRequest): Asking {
  const { method, byBody } = methodOf(request);
  const query = rawQuery(request.url);
  const body = byBody ? textOfBody(request) : '';
  let read: Parameters | undefined;
  return {
    request,
    method,
    path: segmentsOf(request.url),
    raw: body === '' ? query : `${query}\n${mediaType(request)}\n${body}`,
    parameters() {
      if (!read) {
        const own = parametersOf(query, request.project.limits);
        read = body.trim() === '' ? own : withBody(own, bodyParameters(request, body));
      }
      return read;
    },
  };
}
