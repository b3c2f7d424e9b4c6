/** How a read is answered, as administrators are told: the statement, what is bound to it, its plan, and the rules in it; no row of a table. */
import type { Actor } from '../access/types.ts';
import type { ExplainedRead } from '../engine/explain-read.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Statement } from '../lib/fragment.ts';
import { writePlainJson } from '../lib/plain-json.ts';
import { permissionRow } from './permission-row.ts';

/** Whether the value of `explain` asks for that instead of rows. */
export function asksToExplain(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== '0' && value !== 'false';
}

/** Whether the statement is to be run and measured. Throws `unprocessable`. */
export function measures(text: string): boolean {
  if (text === '1' || text === 'true') return false;
  if (text === 'analyze') return true;
  throw new GatewayError('unprocessable', { message: 'explain: write 1 for the plan, or analyze to have the statement run and measured' });
}

interface Explained {
  readonly actor: Actor;
  readonly collection: string;
  readonly read: ExplainedRead;
  /** Why the role that is asked about is refused. */
  readonly refusal?: object | undefined;
  /** What came with the request, by `sentText`. */
  readonly sent: ReadonlySet<string>;
}

/** As JSON text. */
export function explainedText({ actor, collection, read, refusal, sent }: Explained): string {
  const { statement, rules, plan } = read;
  const as = actor.is === 'system' ? {} : { role: Number(actor.role), user: actor.is === 'user' ? Number(actor.id) : null };
  const explained = {
    collection,
    as,
    ...(refusal ? { refusal } : {}),
    ...(statement ? { sql: statement.text, parameters: parametersOf(statement, sent) } : {}),
    rules: rules.map(({ permissions, ...one }) => ({ ...one, permissions: permissions.map(permissionRow) })),
  };
  const data = writePlainJson(explained) ?? '{}';
  // The plan is the database's own text, with its numbers as they are.
  return plan === undefined ? data : `${data.slice(0, -1)},"plan":${plan}}`;
}

/** What is bound: its shape, and its value where that came with the request. Others may be of rules, or of rows. */
function parametersOf({ values }: Statement, sent: ReadonlySet<string>): readonly object[] {
  return values.map((value, i) => {
    const list = listIn(value);
    const shape = list ? { type: 'list', length: list.length } : { type: typeOf(value) };
    const shown = (list ?? [value]).every((one) => one === null || sent.has(sentText(one)));
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

/** A text to look for stands between wildcards, in lower case: the form in which values are compared with those that were sent. */
export const sentText = (value: unknown): string => String(value).replace(/^%|%$/g, '').replace(/\\(.)/g, '$1').toLowerCase();
