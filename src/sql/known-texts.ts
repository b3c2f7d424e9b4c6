/**
 * Texts of statements that come again with other values: made once, so that neither we nor the database look at them anew. What they are
 * known by must tell all that shapes them.
 */
import { LRUCache } from 'lru-cache';

export interface KnownTexts {
  /** The text that is known by the name and those objects, or as it is made now. */
  of(name: string, objects: readonly object[], make: () => string): string;
}

const numbers = new WeakMap<object, number>();
let given = 0;

/** Objects are told apart as long as they live; their numbers are not given again. */
function numberOf(object: object): number {
  let number = numbers.get(object);
  if (number === undefined) {
    given += 1;
    number = given;
    numbers.set(object, number);
  }
  return number;
}

/** Of `size` characters together at most. */
export function createKnownTexts(size: number): KnownTexts {
  const texts = new LRUCache<string, string>({ max: 2000, maxSize: size, sizeCalculation: (text, key) => text.length + key.length });
  return {
    of(name, objects, make) {
      let key = name;
      for (const object of objects) key += ` ${numberOf(object)}`;
      let text = texts.get(key);
      if (text === undefined) {
        text = make();
        texts.set(key, text);
      }
      return text;
    },
  };
}
