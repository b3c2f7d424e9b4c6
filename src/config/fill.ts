/** Fills `${NAME}` inside the strings of a project file from the environment. */
import type { Fault } from './schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const hole = /\$\{([^}]*)\}/g;

/**
 * Fills every string of `content`.
 *
 * @returns the filled content, and one fault per variable that is not set; its string keeps its place holder
 */
export function fillFromEnvironment(content: unknown, environment: Environment, path = ''): { content: unknown; faults: Fault[] } {
  if (typeof content === 'string') {
    const faults: Fault[] = [];
    const filled = content.replace(hole, (whole, name: string) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        faults.push({ path, message: `has a place holder that is no name of a variable: write \${NAME}` });
        return whole;
      }
      const value = environment[name];
      if (value === undefined) faults.push({ path, message: `needs the environment variable ${name}, which is not set` });
      return value ?? whole;
    });
    return { content: filled, faults };
  }
  if (content === null || typeof content !== 'object') return { content, faults: [] };
  const faults: Fault[] = [];
  const inside = (value: unknown, key: string): unknown => {
    const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
    const filled = fillFromEnvironment(value, environment, `${path}/${step}`);
    faults.push(...filled.faults);
    return filled.content;
  };
  if (Array.isArray(content)) return { content: content.map((value, i) => inside(value, String(i))), faults };
  // Made of entries, so that a key named __proto__ stays a key and is reported as an unknown one.
  return { content: Object.fromEntries(Object.entries(content).map(([key, value]) => [key, inside(value, key)])), faults };
}
