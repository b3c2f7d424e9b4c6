/** Plants a leak: the module that holds the rule is loaded without it. The program itself has no switch for that. */
import { register } from 'node:module';
import { leaks } from './leaks.ts';

/** To be called before the server's modules are loaded. */
export function plant(name: string): void {
  const leak = leaks.find((one) => one.name === name);
  if (!leak) throw new Error(`There is no leak ${name}; there are ${leaks.map((one) => one.name).join(', ')}`);
  register('./planting-loader.js', import.meta.url, { data: leak });
}
