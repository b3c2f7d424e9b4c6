/** The status mapping of a status field's options (directus8-data §11). */
import type { Storage } from '../dialect/types.ts';
import type { StatusMapping } from './types.ts';

export type ParsedMapping = { readonly mapping: StatusMapping } | { readonly reason: string };

const numeric: ReadonlySet<Storage> = new Set<Storage>(['integer', 'decimal', 'float', 'year', 'bit']);

const unserved = (what: string): ParsedMapping => ({ reason: `${what}; its rows are served without status rules` });

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Metadata spells truth in several ways; the word `false` and `0` are not true. */
function truthy(value: unknown): boolean {
  return typeof value === 'string' ? !['', '0', 'false'].includes(value.trim().toLowerCase()) : Boolean(value);
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** `[value, entry]` pairs of both forms: an object by value, or a list of entries that hold their value. */
function entriesOf(mapping: unknown): [string | undefined, unknown][] | undefined {
  if (isObject(mapping)) return Object.entries(mapping);
  if (!Array.isArray(mapping)) return undefined;
  return mapping.map((entry: unknown) => {
    const value = isObject(entry) ? entry['value'] : undefined;
    return [typeof value === 'string' || typeof value === 'number' ? String(value) : undefined, entry];
  });
}

/**
 * Reads `options.status_mapping`. A mapping that is absent, empty or wrong in any entry (no name, or a value that the column
 * cannot hold) gives the reason instead: the reference fails every read of such a collection, here it has no status rules (§11.3).
 */
export function parseStatusMapping(options: Readonly<Record<string, unknown>> | null, storage: Storage): ParsedMapping {
  const entries = entriesOf(decoded(options?.['status_mapping']));
  if (!entries) return unserved('the status field has no status mapping');
  if (entries.length === 0) return unserved('the status mapping is empty');
  const values = new Set<string>();
  const softDeleted = new Set<string>();
  const published = new Set<string>();
  const requiredFields = new Set<string>();
  for (const [value, entry] of entries) {
    if (value === undefined) return unserved('an entry of the status mapping has no value');
    if (!isObject(entry) || typeof entry['name'] !== 'string' || entry['name'].trim() === '') {
      return unserved(`the status "${value}" of the status mapping has no name`);
    }
    if (numeric.has(storage) && !/^(0|-?[1-9]\d*)$/.test(value)) {
      return unserved(`the status "${value}" is not a number as the column is`);
    }
    if (values.has(value)) continue;
    values.add(value);
    if (truthy(entry['published'])) published.add(value);
    if (truthy(entry['soft_delete'])) softDeleted.add(value);
    if (truthy(entry['required_fields'])) requiredFields.add(value);
  }
  if (published.size === 0 && values.has('published')) published.add('published');
  return {
    mapping: { values: [...values], softDeleted: [...softDeleted], published: [...published], requiredFields: [...requiredFields] },
  };
}
