/** Lists of names in any of their forms: `a,b`, `[0]=a&[1]=b`. */
import type { BracketValue } from '../bracket-query.ts';
import { invalidValue } from './faults.ts';

/** The names; blank ones are skipped. Throws `validation` for anything else than a list. */
export function listedNames(param: string, value: BracketValue): string[] {
  if (typeof value === 'string') {
    return value
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }
  if (Array.isArray(value)) return value.flatMap((one) => listedNames(param, one));
  throw invalidValue(param, 'names stand here, with commas between them or as a list');
}
