/** Documents that were made, by all that they depend on: under another version of schema or rules they are others. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { inSlices, type Sliced } from '../../lib/slices.ts';
import type { Project } from '../../projects/project.ts';
import type { CallerContext } from '../caller.ts';

export interface Document {
  readonly body: Buffer;
  /** A print of it: equal documents have the same, whenever and wherever they were made. */
  readonly tag: string;
}

const usual = { number: 100, memoryBytes: 67_108_864 };

interface Shelf {
  readonly kept: LRUCache<string, Document> | undefined;
  /** Those that are being made just now: who asks meanwhile waits for the same. */
  readonly making: Map<string, Promise<Document>>;
}

const shelves = new WeakMap<Project, Shelf>();

function shelfOf(project: Project): Shelf {
  let shelf = shelves.get(project);
  if (!shelf) {
    const { number, memoryBytes } = { ...usual, ...project.config.documents };
    const kept =
      memoryBytes === 0
        ? undefined
        : new LRUCache<string, Document>({ max: number, maxSize: memoryBytes, sizeCalculation: ({ body }) => Math.max(1, body.length) });
    shelf = { kept, making: new Map() };
    shelves.set(project, shelf);
  }
  return shelf;
}

async function made(work: Sliced<string>): Promise<Document> {
  const body = Buffer.from(await inSlices(work));
  return { body, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
}

/** The document of that name for the caller's role. `make` is asked only where it is not there. */
export function documentFor({ project, schema, rules, actor }: CallerContext, name: string, make: () => Sliced<string>): Promise<Document> {
  const { kept, making } = shelfOf(project);
  const who = actor.is === 'system' ? 'system' : `${actor.is} ${actor.role} ${actor.is === 'user' && actor.admin}`;
  const key = [name, schema.version, rules.version, who].join('\n');
  const known = kept?.get(key);
  if (known) return Promise.resolve(known);
  const running = making.get(key);
  if (running) return running;
  const promise = made(make())
    .then((document) => {
      kept?.set(key, document);
      return document;
    })
    .finally(() => making.delete(key));
  making.set(key, promise);
  return promise;
}
