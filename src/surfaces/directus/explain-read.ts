/** `explain=1` on a read: how it would be answered, for administrators (docs/query.md). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ExplainedRead, explainAggregate, explainRead, explainRefused } from '../../engine/explain-read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { writePlainJson } from '../../lib/plain-json.ts';
import { demandAdministrator, inRole } from '../acting.ts';
import { defaultLimit } from '../default-limit.ts';
import { isExplain } from '../explains.ts';
import { fresh } from '../fresh.ts';
import { contextOf, type DirectusContext } from './context.ts';
import { renderDirectusError } from './errors.ts';
import { asksAggregate, parseAggregate } from './parse-aggregate.ts';
import { permissionRow } from './permission-row.ts';
import { type PhpMap, type PhpValue, textOf } from './php-query.ts';
import { askedThroughHooks } from './read-hooks.ts';
import { requestedRead, type Wanted } from './requested-read.ts';
import { send } from './respond.ts';

/** Whether the query asks for that instead of rows. */
export function asksToExplain(query: PhpMap): boolean {
  const value = query.get('explain');
  return value instanceof Map || isExplain(value);
}

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
  const told = await fresh(context, (now) => explained(now, wanted, keys));
  const data = writePlainJson(toldOf(context, wanted.collection, told, new Set(sentTexts(context.query, keys)))) ?? '{}';
  // The plan is the database's own text, with its numbers as they are.
  const { plan } = told.read;
  return send(reply, administrator, { data: plan === undefined ? data : `${data.slice(0, -1)},"plan":${plan}}` });
}

interface Told {
  readonly read: ExplainedRead;
  /** Of the role that is asked about. */
  readonly refusal?: GatewayError;
}

async function explained(context: DirectusContext, wanted: Wanted, keys: readonly string[] | undefined): Promise<Told> {
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

function measures(text: string): boolean {
  if (text === '1' || text === 'true') return false;
  if (text === 'analyze') return true;
  throw new GatewayError('unprocessable', { message: 'explain: write 1 for the plan, or analyze to have the statement run and measured' });
}

function toldOf({ actor }: DirectusContext, collection: string, { read, refusal }: Told, sent: ReadonlySet<string>) {
  const { statement, rules } = read;
  const as = actor.is === 'system' ? {} : { role: Number(actor.role), user: actor.is === 'user' ? Number(actor.id) : null };
  return {
    collection,
    as,
    ...(refusal ? { refusal: renderDirectusError(refusal).body.error } : {}),
    ...(statement ? { sql: statement.text, parameters: parametersOf(statement, sent) } : {}),
    rules: rules.map(({ permissions, ...one }) => ({ ...one, permissions: permissions.map(permissionRow) })),
  };
}

/** What is bound: its shape, and its value where that came with the request. Others may be of rules, or of rows. */
function parametersOf({ values }: Statement, sent: ReadonlySet<string>): readonly object[] {
  return values.map((value, i) => {
    const list = listIn(value);
    const shape = list ? { type: 'list', length: list.length } : { type: typeOf(value) };
    const shown = (list ?? [value]).every((one) => one === null || sent.has(plain(one)));
    return { position: i + 1, ...shape, ...(shown ? { value: list ?? value } : {}) };
  });
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** The values of a list, which some databases take as one text of JSON. */
function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** A text to look for stands between wildcards, in lower case. */
const plain = (value: unknown): string => String(value).replace(/^%|%$/g, '').replace(/\\(.)/g, '$1').toLowerCase();

/** All texts of a query, as a whole and as the parts of a list or of JSON. */
function sentTexts(query: PhpMap, keys: readonly string[] = []): string[] {
  const texts = [...keys];
  const walk = (value: PhpValue): void => {
    if (value instanceof Map) for (const one of value.values()) walk(one);
    else
      texts.push(value, ...value.split(',').map((part) => part.trim()), ...(value.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.]*/g) ?? []).map(bare));
  };
  for (const [name, value] of query) if (name !== 'access_token') walk(value);
  return texts.map(plain);
}

const bare = (token: string): string => (token.startsWith('"') ? token.slice(1, -1) : token);
