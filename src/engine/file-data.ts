/**
 * Puts the addresses of files where a row's text has the columns that they are made of (query/file-data.ts), and what templates say that
 * is to be made of their objects.
 */
import type { TextRow } from '../dialect/types.ts';
import { eachItem, eachMember } from '../lib/json-members.ts';
import type { FileFacts, FileMember } from '../query/file-data.ts';
import type { MakeObject } from '../query/requested-template.ts';
import type { Output, Template } from '../query/types.ts';
import type { CompiledRead } from '../sql/read.ts';

/** Makes the JSON text of a file's `data`. */
export type FileData = (facts: FileFacts, wanted: readonly FileMember[]) => string;

/** A value's JSON text as it is to be. */
export type FileRewrite = (text: string, make: FileData) => string;

const within = (from: string, to: string): { readonly from: string; readonly to: string } => ({ from, to });
const object = within('{', '}');
const list = within('[', ']');

/** How rows of that template are rewritten; undefined where they hold no file. */
export function fileRewrite(template: Template): FileRewrite | undefined {
  const inner = new Map<string, FileRewrite>();
  for (const [key, output] of template) {
    const rewrite = outputRewrite(output);
    if (rewrite) inner.set(JSON.stringify(key).slice(1, -1), rewrite);
  }
  if (inner.size === 0) return undefined;
  const rewriteObject: FileRewrite = (text, make) => {
    if (!text.startsWith(object.from)) return text;
    const parts: string[] = [];
    eachMember(text, (key, value) => void parts.push(`"${key}":${inner.get(key)?.(value, make) ?? value}`) as undefined);
    return object.from + parts.join(',') + object.to;
  };
  return listed(rewriteObject);
}

/** The same of a list of such values. */
function listed(rewrite: FileRewrite): FileRewrite {
  return (text, make) => {
    if (!text.startsWith(list.from)) return rewrite(text, make);
    const items: string[] = [];
    eachItem(text, (item) => items.push(rewrite(item, make)));
    return list.from + items.join(',') + list.to;
  };
}

function outputRewrite(output: Output): FileRewrite | undefined {
  if (output.is === 'relation') return relationRewrite(output);
  if (output.is !== 'group') return undefined;
  const { file } = output;
  const addresses = file && ((text: string, data: FileData): string => data(JSON.parse(text) as FileFacts, file));
  return made(addresses ?? fileRewrite(output.of), output.make);
}

function relationRewrite({ query, as, make }: Extract<Output, { is: 'relation' }>): FileRewrite | undefined {
  if (as === 'count' || as === 'more') return undefined;
  const [only] = query.template.values();
  const bare = as === 'values' || as === 'value';
  const rewrite = bare ? only && outputRewrite(only) : made(fileRewrite(query.template), make);
  return rewrite && listed(rewrite);
}

/** Objects only: a row that is not there is null, or its key. */
function made(rewrite: FileRewrite | undefined, make: MakeObject | undefined): FileRewrite | undefined {
  if (!make) return rewrite;
  return (text, data) => (text.startsWith(object.from) ? make(rewrite?.(text, data) ?? text) : text);
}

/** The read with its rows rewritten, where there is somebody to say what addresses are. */
export function withFileData(compiled: CompiledRead, rewrite: FileRewrite | undefined, make: FileData = nowhere): CompiledRead {
  if (!rewrite) return compiled;
  const write = (cells: TextRow): string | undefined => {
    const text = compiled.write(cells);
    return text === undefined ? undefined : rewrite(text, make);
  };
  return { ...compiled, write };
}

/** Who reads for itself asks for no addresses. */
const nowhere: FileData = () => 'null';
