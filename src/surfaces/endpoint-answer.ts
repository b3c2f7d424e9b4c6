/** Runs handlers of extensions, and sends what they give, on every surface that has endpoints of theirs. */
import type { FastifyReply } from 'fastify';
import { isAnswer } from '../extensions/answer.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import { writePlainJson } from '../lib/plain-json.ts';
import { describeForLog } from '../lib/redact.ts';
import { refusalOf } from '../lib/refusal.ts';

const json = 'application/json; charset=utf-8';

/** What the handler gives; a failure that is no refusal says nothing to the client. */
export async function runHandler(endpoint: string, log: Log, run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) throw refusal;
    log.error({ endpoint, error: describeForLog(error) }, `the endpoint ${endpoint} failed`);
    throw new GatewayError('internal', {}, new Error(`the endpoint ${endpoint} failed`));
  }
}

function sendBody(reply: FastifyReply, body: unknown): FastifyReply {
  if (typeof body === 'string' || body instanceof Uint8Array) return reply.send(body);
  const text = writePlainJson(body);
  if (text === undefined) return reply.send();
  if (!reply.hasHeader('content-type')) reply.type(json);
  return reply.serializer(String).send(text);
}

/** Nothing for 204, what `respond` made, or a JSON body. */
export function sendEndpointAnswer(reply: FastifyReply, value: unknown): FastifyReply {
  if (value === undefined) return reply.code(204).send();
  if (!isAnswer(value))
    return reply
      .type(json)
      .serializer(String)
      .send(writePlainJson(value) ?? 'null');
  const { status, headers = {}, body } = value;
  return sendBody(reply.code(status).headers(headers), body);
}
