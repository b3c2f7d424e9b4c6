/** The Directus envelope around JSON that the database made: text joined to text, nothing parsed on the way. */
import type { FastifyReply } from 'fastify';
import type { Actor, Warning } from '../../access/types.ts';

export interface Envelope {
  meta?: string | undefined;
  /** The value of `data`, as JSON text. */
  data: string;
  warnings?: readonly Warning[];
}

/** Writes `{meta?, data, messages?, public?}` in the reference's order (directus8-data §1.1). */
export function send(reply: FastifyReply, actor: Actor, envelope: Envelope): FastifyReply {
  const parts: string[] = [];
  if (envelope.meta !== undefined) parts.push(`"meta":${envelope.meta}`);
  parts.push(`"data":${envelope.data}`);
  if (envelope.warnings && envelope.warnings.length > 0) parts.push(`"messages":${JSON.stringify(envelope.warnings.map(message))}`);
  if (actor.is !== 'user') parts.push('"public":true');
  return reply.type('application/json; charset=utf-8').send(`{${parts.join(',')}}`);
}

function message(warning: Warning): Record<string, unknown> {
  const text = `Can't read \`${warning.collection}\`: read access to \`${warning.collection}\` collection denied`;
  return { type: 'warning', message: text, code: 18, fields: [warning.field] };
}
