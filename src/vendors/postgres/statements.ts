/** Names of prepared statements: a hash of the text, given on second sight, a bounded number per connection (architecture §10). */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const mostNames = 200;
const mostSeen = 1000;

interface Memory {
  readonly seen: Set<string>;
  readonly names: Set<string>;
}

/** Of each connection names and hashes alone are kept: texts can be long, and there are many connections. */
const memories = new WeakMap<object, Memory>();

/** Hashing a text takes longer than finding it again. Of a size, since texts can be long. */
const hashes = new LRUCache<string, string>({ maxSize: 4_000_000, sizeCalculation: (_, text) => text.length, maxEntrySize: 40_000 });

function hashOf(text: string): string {
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = `s${createHash('sha1').update(text).digest('base64url')}`;
    hashes.set(text, hash);
  }
  return hash;
}

/** The name under which this connection prepares the text; undefined the first time it is seen, or when names are used up. */
export function nameOf(raw: object, text: string): string | undefined {
  let memory = memories.get(raw);
  if (!memory) {
    memory = { seen: new Set(), names: new Set() };
    memories.set(raw, memory);
  }
  const name = hashOf(text);
  if (memory.names.has(name)) return name;
  if (!memory.seen.has(name)) {
    // Odd queries come once; what was seen long ago may be forgotten.
    if (memory.seen.size >= mostSeen) memory.seen.clear();
    memory.seen.add(name);
    return undefined;
  }
  if (memory.names.size >= mostNames) return undefined;
  memory.names.add(name);
  return name;
}

/** Gives up the name on this connection: the server no longer takes it. */
export function forget(raw: object, name: string): void {
  const memory = memories.get(raw);
  memory?.names.delete(name);
  memory?.seen.delete(name);
}
