/** `sort`: names, each with a minus before it to turn the order round; `?` is a random order. */
import type { RequestedOrder, RequestedRead } from '../query/types.ts';

/** Undefined when no name is there. A dotted name leads through relations. */
export function parseSort(names: readonly string[] | undefined): RequestedRead['order'] {
  const asked = (names ?? []).map((name) => name.trim()).filter((name) => name !== '');
  if (asked.some((name) => name === '?' || name === '-?')) return 'random';
  const order = asked.map((name): RequestedOrder => {
    const descending = name.startsWith('-');
    return { path: (descending ? name.slice(1) : name).split('.'), descending };
  });
  return order.length === 0 ? undefined : order;
}
