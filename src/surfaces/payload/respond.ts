/** Answers as JSON: texts that the database made, and objects of ours. */
import type { FastifyReply } from 'fastify';

export const jsonType = 'application/json; charset=utf-8';

/** Sends JSON text as it is. */
export function sendText(reply: FastifyReply, text: string | Buffer, status = 200): FastifyReply {
  return reply.code(status).type(jsonType).serializer(String).send(text);
}

/** Sends an object of ours as JSON. */
export function sendObject(reply: FastifyReply, body: object, status = 200): FastifyReply {
  return sendText(reply, JSON.stringify(body), status);
}
