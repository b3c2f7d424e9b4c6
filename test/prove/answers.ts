/** Sends a request to one side and writes down all that comes back. */
import type { Server } from '../../src/server/app.ts';
import type { Request } from './request.ts';
import { project } from './sides.ts';

export interface Answer {
  readonly status: number;
  /** Status, body and headers as one text, to be compared to the last byte. */
  readonly shown: string;
  readonly tag: string | undefined;
  readonly cursor: string | undefined;
}

/** The hour is the answer's, not the request's; it is no part of what a database says. */
const ownHeaders = new Set(['date', 'connection', 'keep-alive']);

/** Cursors are sealed anew each time; their length stays. */
const sealed = /("cursor":")([\w-]+)(?=")/g;

/** The part of a tag that prints what stands beside the data, a cursor among it. */
const besideData = /(\.)([\w-]+)(?="$)/;

const hidden = (_: string, before: string, text: string): string => before + 'x'.repeat(text.length);

export async function answerOf(server: Server, request: Request, token: string | undefined): Promise<Answer> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const response = await server.inject({
    method: request.method,
    url: `/${project}/${request.url}`,
    headers: {
      accept: 'application/json',
      'user-agent': 'prover',
      'x-request-id': 'the-same',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...request.headers,
    },
    ...(body === undefined ? {} : { payload: body }),
  });
  const cursor = /"cursor":"([\w-]+)"/.exec(response.payload)?.[1];
  const headers = Object.entries(response.headers)
    .filter(([name]) => !ownHeaders.has(name))
    .map(([name, value]) => `${name}: ${cursor === undefined ? String(value) : String(value).replace(besideData, hidden)}`);
  const text = response.payload.replace(sealed, hidden);
  const { etag } = response.headers;
  return {
    status: response.statusCode,
    shown: `${response.statusCode}\n${text}\n\n${headers.join('\n')}`,
    tag: typeof etag === 'string' ? etag : undefined,
    cursor,
  };
}
