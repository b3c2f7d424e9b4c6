/** Plants a leak: the module that holds the rule is loaded without it. The program itself has no switch for that. */
import { register } from 'node:module';
import { leaks } from './leaks.ts';
import type { prove } from './prove.ts';

let registered = false;

/** The proof over a program of its own that has the leak, in this process: a process for each would mostly start. */
export async function planted(name: string): Promise<typeof prove> {
  if (!leaks.some((one) => one.name === name))
    throw new Error(`There is no leak ${name}; there are ${leaks.map((one) => one.name).join(', ')}`);
  if (!registered) register('./planting-loader.js', import.meta.url);
  registered = true;
  const { href } = new URL(`./prove.js?leak=${name}`, import.meta.url);
  return ((await import(href)) as { prove: typeof prove }).prove;
}
