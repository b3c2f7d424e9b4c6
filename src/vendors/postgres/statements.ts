/** Names of prepared statements: a hash of the text, given on second sight, a bounded number per connection (architecture §10). */
import { createHash } from 'node:crypto';

const mostNames = 200;
const mostSeen = 1000;

interface Memory {
  readonly seen: Set<string>;
  readonly names: Set<string>;
}

/** Names and hashes alone are kept: texts can be long, and there are many connections. */
const memories = new WeakMap<object, Memory>();

/** The name under which this connection prepares the text; undefined the first time it is seen, or when names are used up. */
export function nameOf(raw: object, text: string): string | undefined {
  let memory = memories.get(raw);
  if (!memory) {
    memory = { seen: new Set(), names: new Set() };
    memories.set(raw, memory);
  }
  const name = `s${createHash('sha1').update(text).digest('base64url')}`;
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
