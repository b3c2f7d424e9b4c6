/** The Directus envelope around JSON that the database made: text joined to text, nothing parsed on the way. */
import type { FastifyReply } from 'fastify';
import type { Actor, Warning } from '../../access/types.ts';

export interface Envelope {
  meta?: string | undefined;
  /** The value of `data`, as JSON text, or what puts it between the text before and behind it. */
  data: string | ((head: string, tail: string) => string | Buffer);
  warnings?: readonly Warning[];
}

/** The text before and behind the value of `data`: `{meta?, data, messages?, public?}` in the reference's order (directus8-data §1.1). */
export function envelopeEnds(actor: Actor, { meta, warnings }: Omit<Envelope, 'data'>): [head: string, tail: string] {
  const messages = warnings && warnings.length > 0 ? `,"messages":${JSON.stringify(warnings.map(message))}` : '';
  return [`{${meta === undefined ? '' : `"meta":${meta},`}"data":`, `${messages}${actor.is === 'user' ? '' : ',"public":true'}}`];
}

export const jsonType = 'application/json; charset=utf-8';

/** The envelope's text, or its bytes. */
export function written(actor: Actor, envelope: Envelope): string | Buffer {
  const [head, tail] = envelopeEnds(actor, envelope);
  const { data } = envelope;
  return typeof data === 'string' ? head + data + tail : data(head, tail);
}

/** Writes the envelope. */
export function send(reply: FastifyReply, actor: Actor, envelope: Envelope): FastifyReply {
  return reply.type(jsonType).send(written(actor, envelope));
}

/** Of nothing to show there is no body; to the public, that it was the public (directus8-data §1.2). */
export function writtenNothing(actor: Actor): string | undefined {
  return actor.is === 'user' ? undefined : '{"public":true}';
}

function message(warning: Warning): Record<string, unknown> {
  const text = `Can't read \`${warning.collection}\`: read access to \`${warning.collection}\` collection denied`;
  return { type: 'warning', message: text, code: 18, fields: [warning.field] };
}
