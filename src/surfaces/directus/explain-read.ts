/** `explain=1` on a read: how it would be answered, for administrators (docs/query.md). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExplainedRead, explainAggregate, explainRead, explainRefused } from '../../engine/explain-read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { demandAdministrator, inRole } from '../acting.ts';
import { defaultLimit } from '../default-limit.ts';
import { explainedText, measures, sentText } from '../explain-answer.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { renderDirectusError } from './errors.ts';
import { asksAggregate, parseAggregate } from './parse-aggregate.ts';
import { type PhpMap, type PhpValue, textOf } from './php-query.ts';
import { askedThroughHooks } from './read-hooks.ts';
import { requestedRead, type Wanted } from './requested-read.ts';
import { send } from './respond.ts';

/** Answers with the statement, its plan, and the rules in it; no row of a table. */
export async function sendExplained(request: FastifyRequest, reply: FastifyReply, wanted: Wanted): Promise<FastifyReply> {
  const identified = await contextOf(request);
  const { actor, administrator = actor, rules } = identified;
  demandAdministrator(administrator, 'ask how a read is answered');
  const role = textOf(identified.query, 'as_role');
  const asking = role === undefined ? identified : { ...identified, actor: inRole(administrator, role, rules) };
  const { collection } = wanted;
  const keys = wanted.keys?.(asking);
  const context = await askedThroughHooks(asking, { hooks: request.project.hooks, collection, keys });
  const explanation = await retryRequestOnSchemaChange(context, (now) => explained(now, wanted, keys));
  const { read, refusal } = explanation;
  const data = explainedText({
    actor: context.actor,
    collection,
    read,
    refusal: refusal && renderDirectusError(refusal).body.error,
    sent: new Set(sentTexts(context.query, keys)),
  });
  return send(reply, administrator, { data });
}

interface Explained {
  readonly read: ExplainedRead;
  /** Of the role that is asked about. */
  readonly refusal?: GatewayError;
}

async function explained(context: DirectusContext, wanted: Wanted, keys: readonly string[] | undefined): Promise<Explained> {
  const { query, actor } = context;
  const measured = measures(textOf(query, 'explain') ?? '');
  try {
    if (asksAggregate(query)) {
      const { request } = parseAggregate(wanted.collection, query, defaultLimit(context));
      const within = wanted.within?.(context);
      return { read: await explainAggregate(context, within ? { ...request, within } : request, measured) };
    }
    return { read: await explainRead(context, requestedRead(context, wanted, keys).read, measured) };
  } catch (error) {
    // What another role is refused is what was asked.
    const other = actor.is !== 'user' || !actor.admin;
    if (!other || !(error instanceof GatewayError) || !['read_denied', 'unknown_field', 'unknown_path'].includes(error.kind)) throw error;
    return { read: explainRefused(context, wanted.collection), refusal: error };
  }
}

/** All texts of a query, as a whole and as the parts of a list or of JSON. */
function sentTexts(query: PhpMap, keys: readonly string[] = []): string[] {
  const texts = [...keys];
  const walk = (value: PhpValue): void => {
    if (value instanceof Map) for (const one of value.values()) walk(one);
    else
      texts.push(value, ...value.split(',').map((part) => part.trim()), ...(value.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.]*/g) ?? []).map(bare));
  };
  for (const [name, value] of query) if (name !== 'access_token') walk(value);
  return texts.map(sentText);
}

const bare = (token: string): string => (token.startsWith('"') ? token.slice(1, -1) : token);
