/** Those who listen while a proof changes rows: a feed as Server-Sent Events, and a subscription over a WebSocket. */
import { WebSocket } from 'ws';
import { project } from './sides.ts';

export interface Heard {
  /** All that came so far. */
  text(): string;
  /** Resolves when the text has that many of these. */
  until(part: string, times: number): Promise<void>;
  /** When the server has ended it. */
  readonly over: Promise<void>;
}

/** Places in the activity are sealed anew each time; their length stays. */
const positions = /(^id: |"position":")([\w-]+)/gm;

export const unsealed = (text: string): string =>
  text.replace(positions, (_, before: string, id: string) => before + 'x'.repeat(id.length));

function hearing(): { heard: Omit<Heard, 'over'>; add(text: string): void; end(): void } {
  let [text, ended] = ['', false];
  let wake = (): void => {};
  const count = (part: string): number => text.split(part).length - 1;
  return {
    heard: {
      text: () => text,
      async until(part, times) {
        while (count(part) < times) {
          if (ended) throw new Error(`"${part}" did not come ${times} times: ${text.slice(-500)}`);
          await new Promise<void>((done) => {
            wake = done;
          });
        }
      },
    },
    add(more) {
      text += more;
      wake();
    },
    end() {
      ended = true;
      wake();
    },
  };
}

/** Opens the feed; what is refused is the text of the refusal. */
export async function hearFeed(url: string, query: string, token: string | undefined): Promise<Heard> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/${project}/changes${query}`, { headers });
  const { heard, add, end } = hearing();
  add(`${response.status}\n`);
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) add(decoder.decode(chunk, { stream: true }));
    } finally {
      end();
    }
  };
  const over = read();
  if (response.status === 200) await heard.until('event: open', 1);
  else await over;
  return { ...heard, over };
}

/** Opens a socket and subscribes to that document; resolves when the server has understood it. */
export async function hearSubscription(url: string, query: string, token: string | undefined): Promise<Heard> {
  const { heard, add, end } = hearing();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/${project}/gql`, 'graphql-transport-ws', { headers });
  const over = new Promise<void>((done) => {
    socket.once('close', (code) => {
      add(`closed ${code}\n`);
      end();
      done();
    });
  });
  socket.on('message', (data) => add(`${String(data)}\n`));
  socket.once('error', (error) => add(`${error.message}\n`));
  const send = (message: object): void => socket.send(JSON.stringify(message));
  await new Promise<void>((done) => {
    socket.once('open', () => done());
    socket.once('close', () => done());
  });
  if (socket.readyState !== WebSocket.OPEN) return { ...heard, over };
  send({ type: 'connection_init' });
  await heard.until('"connection_ack"', 1);
  send({ type: 'subscribe', id: 'changes', payload: { query } });
  // The protocol has no word for a subscription that is there; what is asked behind it is answered later.
  for (const id of ['one', 'two', 'three']) {
    send({ type: 'subscribe', id, payload: { query: '{ __schema { queryType { name } } }' } });
    await heard.until(`"id":"${id}"`, 2);
  }
  return { ...heard, over };
}
