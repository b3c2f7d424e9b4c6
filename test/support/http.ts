/** A client that sends paths as written: no normalising, so that odd names, broken brackets and null bytes reach the server. */
import { Agent, type ClientRequest, request } from 'node:http';
import { exactJson } from './exact-json.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body parsed as JSON; undefined when it is none. */
  readonly json: Json;
}

/** What a test reads out of an answer; missing steps are undefined. */
export type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

export interface Ask {
  readonly token?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
}

const sharedAgent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Closes idle connections; without it a server waits for them when it stops. */
export function hangUp(): void {
  sharedAgent.destroy();
}

/** Blanks, quotes and non-ASCII are encoded, which HTTP demands; everything else goes out as it stands. */
function sendable(path: string): string {
  return path.replace(/[^\x21-\x7e]|["<>`]/gu, (character) => encodeURIComponent(character));
}

/** Sends one request. Rejects only when no answer came. */
export function ask(base: string, path: string, options: Ask = {}): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (options.body !== undefined && headers['content-type'] === undefined) headers['content-type'] = 'application/json';
  if (options.body !== undefined) headers['content-length'] = String(Buffer.byteLength(options.body));
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        path: sendable(path),
        method: options.method ?? 'GET',
        headers,
        agent: options.agent ?? sharedAgent,
        timeout: 30_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`No answer to ${path} within 30 seconds`)));
    sent.on('error', reject);
    sendBody(sent, options.body);
  });
}

/** A body that is refused by its length alone is not sent: the server hangs up, and what it said would be lost with the connection. */
const large = 1_048_576;
const patience = 500;

function sendBody(sent: ClientRequest, body: string | undefined): void {
  if (body === undefined || body.length < large) {
    sent.end(body);
    return;
  }
  const timer = setTimeout(() => sent.end(body), patience);
  sent.on('response', (response) => {
    clearTimeout(timer);
    response.on('end', () => sent.destroy());
  });
  sent.flushHeaders();
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** A step into parsed JSON; undefined where there is none. */
export function at(json: Json, ...path: readonly (string | number)[]): Json {
  let here: Json = json;
  for (const step of path) {
    if (here === null || typeof here !== 'object') return undefined;
    here = Array.isArray(here) ? here[Number(step)] : Object.hasOwn(here, step) ? here[String(step)] : undefined;
  }
  return here;
}

/** The rows of a list. */
export function rows(answer: Answer): { [key: string]: Json }[] {
  const data = at(answer.json, 'data');
  if (!Array.isArray(data)) return [];
  return data.filter((row): row is { [key: string]: Json } => row !== null && typeof row === 'object' && !Array.isArray(row));
}

/** One column of a list. */
export function column(answer: Answer, name: string): Json[] {
  return rows(answer).map((row) => row[name]);
}

/** The body with every number as its exact text, for values beyond JavaScript's numbers. */
export function exact(answer: Answer): Json {
  return exactJson(answer.text);
}
