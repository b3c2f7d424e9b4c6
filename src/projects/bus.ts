/**
 * Says that something of a project is to be looked at anew: to whoever listens in this process, and by Redis to other instances. Only the
 * name of what has changed travels, never data.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { RedisLink } from './redis.ts';

/** What may have changed: tables and what is said of them; roles, permissions and settings; users and sessions; rows that the activity tells of. */
const topics = ['schema', 'rules', 'access', 'changes'] as const;
type Topic = (typeof topics)[number];

/** `elsewhere`: another instance has said so, or may have while it could not be heard. */
type BusListener = (topic: Topic, elsewhere: boolean) => void;

export interface Bus {
  /** Says it to listeners here and elsewhere. Returns at once, never throws. */
  tell(topic: Topic): void;
  /** The function returned ends it. */
  listen(listener: BusListener): () => void;
  /** Whether what happens elsewhere is heard at once. */
  readonly wide: boolean;
  close(): void;
}

/** The bus of a project; those who share its key and its secret are on the same one. */
export function createBus(project: { readonly key: string; readonly secret: string }, link: RedisLink | undefined): Bus {
  const listeners = new Set<BusListener>();
  const self = randomUUID();
  const channel = `sallyport:${createHmac('sha256', project.secret).update(`bus ${project.key}`).digest('base64url')}`;
  const raise = (topic: Topic, elsewhere: boolean): void => {
    for (const listener of listeners) listener(topic, elsewhere);
  };
  const end = link?.listen(channel, (text) => {
    // Without a text anything may have been said.
    const [from, said] = text?.split(' ') ?? [];
    for (const topic of topics) if (text === undefined || (topic === said && from !== self)) raise(topic, true);
  });
  return {
    tell(topic) {
      raise(topic, false);
      link?.publish(channel, `${self} ${topic}`);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get wide() {
      return link?.up ?? false;
    },
    close() {
      end?.();
      listeners.clear();
    },
  };
}
