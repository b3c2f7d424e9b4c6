/** A garden and workshop to write to, with extensions and webhooks; what the extensions say is heard here. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { extensionFolder } from '../extensions/support.ts';
import { tokens, type Who } from '../fixtures/garden-people.ts';
import { channelName } from '../fixtures/hooks-of-writes.ts';
import type { World } from './garden.ts';
import { project } from './gateway.ts';
import type { Answer } from './http.ts';
import { type WritingWorld, withWriting } from './writing.ts';

const key = 'hooked';

/** What an extension said. */
interface Said {
  readonly event: string;
  readonly name?: string;
  readonly keys?: readonly string[];
  readonly user?: string | null;
  /** The value as JSON text, numbers with all their digits. */
  readonly text?: string;
}

export interface HookedWorld extends WritingWorld {
  /** A path below the project that has the extensions; `send` is for those of items. */
  ask(method: string, path: string, body?: unknown, who?: Who, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** What the extensions said since the last time, when their actions have ended. */
  said(): Promise<Said[]>;
  /** Takes webhooks, permissions and settings to heart that were changed in the tables. */
  reload(): Promise<void>;
  /** The project's file with other extensions or none, over the same database. */
  readonly config: World['config'];
}

/** Runs with extensions of these files. */
export async function withHooks(
  vendor: World['vendor'],
  files: Readonly<Record<string, string>>,
  run: (world: HookedWorld) => Promise<void>,
): Promise<void> {
  const { folder, remove } = await extensionFolder(files);
  const heard: Said[] = [];
  const hear = (message: unknown): void => void heard.push(message as Said);
  subscribe(channelName, hear);
  try {
    await withWriting(vendor, async (world) => {
      const { registry } = world.gateway;
      const lease = await registry.lease(project);
      const { config } = lease.project;
      lease.release();
      await registry.set({
        ...config,
        key,
        extensions: folder,
        limits: { ...config.limits, hookMilliseconds: 400 },
        webhooks: { privateAddresses: true, firstDelaySeconds: 1 },
      });
      const within = async (work: (own: typeof lease.project) => Promise<unknown>): Promise<void> => {
        const own = await registry.lease(key);
        await work(own.project).finally(own.release);
      };
      const ask: HookedWorld['ask'] = (method, path, body, who = 'admin', headers = {}) =>
        world.raw(`/${key}/${path}`, {
          method,
          headers,
          token: tokens[who],
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      await run({
        ...world,
        ask,
        send: (method, path, body, who) => ask(method, `items/${path}`, body, who ?? undefined),
        async said() {
          await within((own) => own.hooks.settled());
          return heard.splice(0);
        },
        reload: () => within((own) => own.reload()),
      });
      await registry.remove(key);
    });
  } finally {
    unsubscribe(channelName, hear);
    await remove();
  }
}
