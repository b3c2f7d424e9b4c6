/** A write that is sent again with its key: the same answer, and nothing is written twice. */
import { type Tester, told } from './expect.ts';
import { type Answer, ask } from './http.ts';
import type { OwnGarden } from './own-garden.ts';

/** A request with a body as JSON, below the project. */
export interface KeyedRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Another body, with which the same key is refused. */
  readonly other?: unknown;
  /** Without one the public. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  /** What it writes, as it is now: other before than after, and the same ever after. */
  readonly left: () => Promise<unknown>;
  /** The answer holds a token: it is not given twice. */
  readonly secret?: true;
}

let keys = 0;

/** A key that no request has had. */
export function freshKey(): string {
  keys += 1;
  return `key ${keys}`;
}

export function sendKeyed(garden: OwnGarden, key: string, { method, path, token, headers }: KeyedRequest, body: unknown): Promise<Answer> {
  return ask(garden.gateway.url, `/garden/${path}`, {
    method,
    ...(token === undefined ? {} : { token }),
    headers: { 'idempotency-key': key, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const replayed = ({ headers }: Answer): unknown => headers['idempotency-replayed'];

async function keptRows(garden: OwnGarden): Promise<Map<string, Record<string, unknown>>> {
  const rows = await garden.rows('sallyport_idempotency');
  return new Map(rows.filter(({ state }) => state !== 'used').map((row) => [String(row['id']), row]));
}

/** Sends it, again, with another body, and while the first one is said to be under way; gives back the first answer. */
export async function doneOnce(t: Tester, garden: OwnGarden, request: KeyedRequest): Promise<Answer> {
  const { method, path, body, other, status = 200, left, secret } = request;
  const key = freshKey();
  // These two surfaces have one status for all that is wrong with a request.
  const refusal = /^(?:payload|strapi)\//.test(path) ? 400 : 422;
  const what = `${method} ${path}`;
  const send = (sent: unknown): Promise<Answer> => sendKeyed(garden, key, request, sent);
  const [before, known] = [JSON.stringify(await left()), await keptRows(garden)];
  const first = await send(body);
  t.strictSame([first.status, replayed(first)], [status, undefined], `${what}: ${told(first)}`);
  const after = JSON.stringify(await left());
  t.not(after, before, `${what} writes`);
  const again = await send(body);
  if (secret) t.strictSame([again.status, /held a token/.test(again.text)], [refusal, true], `${what}, told: ${told(again)}`);
  else t.strictSame([again.status, again.text, replayed(again)], [first.status, first.text, 'true'], `${what}, again: ${told(again)}`);
  if (other !== undefined) {
    const odd = await send(other);
    t.strictSame([odd.status, /another body/.test(odd.text)], [refusal, true], `${what}, another body: ${told(odd)}`);
  }
  const made = [...(await keptRows(garden)).values()].filter(({ id }) => !known.has(String(id)));
  t.equal(made.length, 1, `${what} keeps one row`);
  const [row = {}] = made;
  if (secret) t.equal(row['answer'], null, `${what}: no token is kept`);
  const table = () => garden.gateway.connection?.knex('sallyport_idempotency').where({ id: row['id'] });
  await table()?.update({ state: 'running', lease_until: Date.now() + 60_000 });
  const meanwhile = await send(body);
  t.strictSame([meanwhile.status, /still under way/.test(meanwhile.text)], [409, true], `${what}, under way: ${told(meanwhile)}`);
  await table()?.update({ state: row['state'], lease_until: row['lease_until'] });
  t.equal(JSON.stringify(await left()), after, `${what} is done once`);
  return first;
}

/** The rows of those tables, for `left`. */
export const rowsOf =
  (garden: OwnGarden, ...tables: readonly string[]): KeyedRequest['left'] =>
  async () => {
    const rows = await Promise.all(tables.map((table) => garden.rows(table)));
    return rows.map((some) => some.map((row) => JSON.stringify(row)).sort());
  };
