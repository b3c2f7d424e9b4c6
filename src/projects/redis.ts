/** Connections to Redis, shared by the projects that name the same server. Redis is a convenience: while it is away nothing waits for it. */
import { createRequire } from 'node:module';
import type { Redis } from 'ioredis';
import type { Log } from '../lib/log.ts';
import { reason } from '../lib/redact.ts';

/** Told of a message on its channel; without a text when messages may have been missed. */
type ChannelListener = (text?: string) => void;

export interface RedisLink {
  /** For commands. While the server is away they fail at once; whoever uses it needs a way to go on without. */
  readonly commands: Redis;
  /** Whether commands are worth a try. */
  readonly up: boolean;
  /** Sends a text to everybody who listens, and forgets it while the server is away. Never throws. */
  publish(channel: string, text: string): void;
  /** The function returned ends it. */
  listen(channel: string, listener: ChannelListener): () => void;
  /** Counts a user out; the last one ends the connections. */
  release(): void;
}

export interface RedisLinks {
  /** The link to that server, one for all who ask. Does not wait for it. */
  open(url: string): RedisLink;
}

/** Milliseconds: a server that takes longer is as good as away. */
const commandTime = 500;
const connectTime = 2_000;
/** Between attempts to connect. */
const firstPause = 100;
const longestPause = 5_000;

/** Loaded with the first link, which most installations never make. */
const load = createRequire(import.meta.url);

/** The connections of this process to Redis; none is made before it is asked for. */
export function createRedisLinks(log: Log): RedisLinks {
  const links = new Map<string, { readonly link: Omit<RedisLink, 'release'>; readonly end: () => void; users: number }>();
  return {
    open(url) {
      const known = links.get(url) ?? { ...connect(url, log), users: 0 };
      links.set(url, known);
      known.users += 1;
      let held = true;
      const { link } = known;
      return {
        commands: link.commands,
        get up() {
          return link.up;
        },
        publish: link.publish,
        listen: link.listen,
        release() {
          if (!held) return;
          held = false;
          known.users -= 1;
          if (known.users > 0) return;
          links.delete(url);
          known.end();
        },
      };
    },
  };
}

function connect(url: string, log: Log): { readonly link: Omit<RedisLink, 'release'>; readonly end: () => void } {
  const { Redis: Client }: typeof import('ioredis') = load('ioredis');
  const open = (name: string): Redis =>
    new Client(url, {
      connectionName: `sallyport ${name}`,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResubscribe: false,
      connectTimeout: connectTime,
      commandTimeout: commandTime,
      retryStrategy: (times) => Math.min(firstPause * 2 ** Math.min(times, 10), longestPause),
    });
  const [commands, subscriber] = [open('commands'), open('messages')];
  const listeners = new Map<string, Set<ChannelListener>>();
  // What the log was told last.
  let away = false;
  let seen = false;

  const missed = (): void => {
    for (const some of listeners.values()) for (const listener of some) listener();
  };

  const lost = (error: unknown): void => {
    // Told once, however often it is tried again.
    if (away) return;
    away = true;
    log.warn({ reason: reason(error) }, 'Redis does not answer; each instance looks for changes by itself until it does');
    // Who relied on being told looks by itself from now on.
    missed();
  };
  commands.on('error', lost);
  subscriber.on('error', lost);
  subscriber.on('close', () => {
    if (seen) lost(new Error('the connection is closed'));
  });

  const subscribe = (channels: readonly string[]): Promise<unknown> =>
    channels.length === 0 ? Promise.resolve() : subscriber.subscribe(...channels);
  subscriber.on('ready', () => {
    void subscribe([...listeners.keys()])
      .then(() => {
        if (away) log.info({}, 'Redis answers again');
        // What was said while nobody listened is not said again.
        const anew = away || seen;
        away = false;
        seen = true;
        if (anew) missed();
      })
      .catch(lost);
  });
  subscriber.on('message', (channel: string, text: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(text);
  });

  const link = {
    commands,
    get up() {
      return commands.status === 'ready';
    },
    publish(channel: string, text: string) {
      if (commands.status === 'ready') commands.publish(channel, text).catch(lost);
    },
    listen(channel: string, listener: ChannelListener) {
      const some = listeners.get(channel) ?? new Set();
      some.add(listener);
      listeners.set(channel, some);
      if (some.size === 1 && subscriber.status === 'ready') {
        // Before it is heard, something may have been said.
        void subscribe([channel])
          .then(() => listener())
          .catch(lost);
      }
      return () => {
        some.delete(listener);
        if (some.size > 0) return;
        listeners.delete(channel);
        if (subscriber.status === 'ready') subscriber.unsubscribe(channel).catch(lost);
      };
    },
  };
  return {
    link,
    end() {
      away = true;
      commands.disconnect();
      subscriber.disconnect();
    },
  };
}
