/**
 * Shapes of configured values: a type for the compiler and the sentences about what is wrong. Few enough are needed that they are
 * written here; a library for them took as long to load as everything else of a start together.
 */
import { nearest } from '../lib/nearest.ts';

/** What is wrong, and where: `path` is a JSON pointer, empty for the whole value. Values are never repeated: they may be secrets. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  /** The key itself has no place there, whatever its value. */
  readonly unknownKey?: true;
}

export interface Shape<T> {
  /** Everything that is wrong with the value at that place. */
  faults(value: unknown, path: string): Fault[];
  /** Never there; it carries the type of a right value. */
  readonly right?: T;
}

/** The type of a right value. */
export type Right<S> = S extends Shape<infer T> ? T : never;

function simple<T>(check: (value: unknown) => string | undefined): Shape<T> {
  return {
    faults(value, path) {
      const message = check(value);
      return message === undefined ? [] : [{ path, message }];
    },
  };
}

/** A text of so many characters or more. */
export function text(least = 0): Shape<string> {
  return simple((value) => {
    if (typeof value !== 'string') return 'must be text';
    if ([...value].length >= least) return undefined;
    return least === 1 ? 'must not be empty' : `must have at least ${least} characters`;
  });
}

/** A whole number within bounds. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Shape<number> {
  return simple((value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return 'must be a whole number';
    if (value < least) return `must be >= ${least}`;
    return value > most ? `must be <= ${most}` : undefined;
  });
}

export const truth: Shape<boolean> = simple((value) => (typeof value === 'boolean' ? undefined : 'must be true or false'));

/** One of a few words. */
export function word<const T extends string>(...words: readonly T[]): Shape<T> {
  const quoted = words.map((one) => `"${one}"`);
  const message = `must be ${words.length > 2 ? `one of ${quoted.join(', ')}` : quoted.join(' or ')}`;
  return simple((value) => (words.some((one) => one === value) ? undefined : message));
}

/** A list that is not empty; `without` tells what to do instead of giving an empty one. */
export function list<T>(item: Shape<T>, without: string): Shape<T[]> {
  return {
    faults(value, path) {
      if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
      if (value.length === 0) return [{ path, message: `must not be empty; ${without}` }];
      return value.flatMap((one, i) => item.faults(one, `${path}/${i}`));
    },
  };
}

/** A value of either shape; what it must be is told in one sentence. */
export function either<A, B>(message: string, a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return simple((value) => (a.faults(value, '').length === 0 || b.faults(value, '').length === 0 ? undefined : message));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const anyObject: Shape<Record<string, unknown>> = simple((value) => (isObject(value) ? undefined : 'must be an object'));

type Properties = Readonly<Record<string, Shape<unknown> & { readonly optional?: true }>>;

type OptionalKeys<P extends Properties> = { [K in keyof P]: P[K] extends { readonly optional: true } ? K : never }[keyof P];

type RightObject<P extends Properties> = { [K in Exclude<keyof P, OptionalKeys<P>>]: Right<P[K]> } & {
  [K in OptionalKeys<P>]?: Right<P[K]>;
};

export interface ObjectShape<P extends Properties> extends Shape<RightObject<P>> {
  readonly properties: P;
}

/** The same shape for a key that may be left out. */
export function optional<S extends Shape<unknown>>(shape: S): S & { readonly optional: true } {
  return { ...shape, optional: true };
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** An object of these keys; any other is a fault, unless `open`. */
export function object<const P extends Properties>(properties: P, open = false): ObjectShape<P> {
  const known = Object.keys(properties);
  return {
    properties,
    faults(value, path) {
      if (!isObject(value)) return [{ path, message: 'must be an object' }];
      const faults = Object.entries(properties).flatMap(([key, shape]): Fault[] => {
        if (Object.hasOwn(value, key)) return shape.faults(value[key], `${path}/${escapePointer(key)}`);
        return shape.optional ? [] : [{ path: `${path}/${escapePointer(key)}`, message: 'is missing' }];
      });
      if (open) return faults;
      for (const key of Object.keys(value)) {
        if (Object.hasOwn(properties, key)) continue;
        const meant = nearest(key, known);
        const message = `is not known; ${meant === undefined ? '' : `did you mean "${meant}"? `}known are ${known.join(', ')}`;
        faults.push({ path: `${path}/${escapePointer(key)}`, message, unknownKey: true });
      }
      return faults;
    },
  };
}

/** Whether a value has the shape. */
export function fits<T>(shape: Shape<T>, value: unknown): value is T {
  return shape.faults(value, '').length === 0;
}
