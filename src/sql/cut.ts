/**
 * Values of which only a part is shown. What decides about a value leaves the database beside it, and the part is taken when the row's
 * JSON is written: the members of a stored JSON object are told apart alike on every database that way.
 */
import type { Dialect } from '../dialect/types.ts';
import type { Fragment } from '../lib/fragment.ts';
import { eachItem, eachMember } from '../lib/json-members.ts';
import type { Cut, Output, Template } from '../query/types.ts';

/** What makes the final JSON of what the database made. */
export type Rewrite = (json: string) => string;

/** The value in the database's JSON: with what decides about it. */
export function uncut(of: Fragment, value: Fragment, dialect: Dialect): Fragment {
  return dialect.jsonObject([
    ['of', of],
    ['value', value],
  ]);
}

/** What is shown of it; nothing where nobody knows what it belongs to. */
export function cutValue({ rest }: Cut, of: string | null, json: string): string {
  return json === 'null' || of === null ? 'null' : rest(of, json);
}

/** Undefined for an output in which nothing is cut. */
export function rewriteOf(output: Output): Rewrite | undefined {
  switch (output.is) {
    case 'field': {
      const { cut } = output;
      return cut && ((json) => cutUncut(cut, json));
    }
    case 'group':
      return rewriteRow(output.of);
    case 'relation': {
      const { template } = output.query;
      const row = output.as === 'values' || output.as === 'value' ? rewriteOfOnly(template) : rewriteRow(template);
      return row && ((json) => (json.startsWith('[') ? `[${items(json, row).join(',')}]` : row(json)));
    }
    default:
      return undefined;
  }
}

/** The same of a row that is the value of its only output. */
function rewriteOfOnly(template: Template): Rewrite | undefined {
  const [output] = template.values();
  return output && rewriteOf(output);
}

/** The same of all outputs of a row. */
export function rewriteRow(template: Template): Rewrite | undefined {
  const rewrites = new Map<string, Rewrite>();
  for (const [key, output] of template) {
    const rewrite = rewriteOf(output);
    if (rewrite) rewrites.set(key, rewrite);
  }
  if (rewrites.size === 0) return undefined;
  return (json) => {
    // A row that is not there, and what stands for a list that is too long.
    if (!json.startsWith('{')) return json;
    const members: string[] = [];
    eachMember(json, (key, value) => {
      members.push(`"${key}":${rewrites.get(String(JSON.parse(`"${key}"`)))?.(value) ?? value}`);
    });
    return `{${members.join(',')}}`;
  };
}

function items(json: string, row: Rewrite): string[] {
  const texts: string[] = [];
  eachItem(json, (item) => texts.push(row(item)));
  return texts;
}

function cutUncut(cut: Cut, json: string): string {
  let of: unknown = null;
  let value = 'null';
  eachMember(json, (key, text) => {
    if (key === 'of') of = JSON.parse(text);
    else value = text;
  });
  return cutValue(cut, typeof of === 'string' ? of : null, value);
}
