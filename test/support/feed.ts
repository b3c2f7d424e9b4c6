/** Clients of the change feed: Server-Sent Events by plain fetch, and graphql-ws's own client over a real socket. */
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import type { World } from './garden.ts';
import { project } from './gateway.ts';
import type { Json } from './http.ts';

export interface FeedEvent {
  readonly name: string;
  readonly id: string | undefined;
  readonly data: Json;
}

export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** The body of what is no stream. */
  readonly text: string;
  /** All that came so far. */
  readonly events: readonly FeedEvent[];
  /** Waits for one that fits; gives everything up to it that was not given before. */
  until(fits: (event: FeedEvent) => boolean): Promise<FeedEvent[]>;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

const patience = 15_000;

function eventOf(block: string): FeedEvent | undefined {
  const lines = block.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line));
  const field = (name: string): string | undefined => lines.find((line) => line?.[1] === name)?.[2];
  const data = field('data');
  return data === undefined ? undefined : { name: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) };
}

/** Opens the feed of a project; resolves when it is open or refused. */
export async function listenTo(
  { gateway }: Pick<World, 'gateway'>,
  query = '',
  who: Who | null = 'admin',
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const abort = new AbortController();
  const own: Record<string, string> = who ? { authorization: `Bearer ${tokens[who]}` } : {};
  const response = await fetch(`${gateway.url}/${project}/changes${query}`, { headers: { ...own, ...headers }, signal: abort.signal });
  const events: FeedEvent[] = [];
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let given = 0;
  let over = false;
  let wake = (): void => {};
  const read = async (): Promise<void> => {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        rest += decoder.decode(chunk, { stream: true });
        const blocks = rest.split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) events.push(...[eventOf(block)].flatMap((event) => event ?? []));
        wake();
      }
    } catch {
      // Closed from this side.
    }
    over = true;
    wake();
  };
  const text = isStream ? '' : await response.text();
  const ended = isStream ? read() : Promise.resolve();
  return {
    status: response.status,
    headers: response.headers,
    text,
    events,
    ended,
    async until(fits) {
      const timer = setTimeout(() => {
        over = true;
        wake();
      }, patience);
      try {
        for (;;) {
          const at = events.findIndex((event, i) => i >= given && fits(event));
          if (at >= 0) {
            const found = events.slice(given, at + 1);
            given = at + 1;
            return found;
          }
          if (over) throw new Error(`it did not come; there were ${JSON.stringify(events.slice(given))}`);
          await new Promise<void>((done) => {
            wake = done;
          });
        }
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => abort.abort(),
  };
}

export interface SocketClient {
  readonly client: Client;
  /** The code with which the server closed the socket. */
  readonly closed: Promise<number>;
}

/** A client that connects at its first operation and does not come back. */
export function socketClient(
  { gateway }: Pick<World, 'gateway'>,
  connectionParams: Record<string, unknown> | undefined,
  headers: Readonly<Record<string, string>> = {},
): SocketClient {
  let tell: (code: number) => void = () => {};
  const closed = new Promise<number>((done) => {
    tell = done;
  });
  class WithHeaders extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers });
    }
  }
  const client = createClient({
    url: `${gateway.url.replace(/^http/, 'ws')}/${project}/gql`,
    webSocketImpl: WithHeaders,
    retryAttempts: 0,
    lazyCloseTimeout: 0,
    ...(connectionParams ? { connectionParams } : {}),
    on: { closed: (event) => tell((event as { code: number }).code) },
  });
  return { client, closed };
}
