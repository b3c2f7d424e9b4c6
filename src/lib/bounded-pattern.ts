/** Regular expressions that others wrote, over text that others sent: none of them may keep the process busy for long. */
import { createContext, Script } from 'node:vm';
import { LRUCache } from 'lru-cache';

/** Milliseconds after which a pattern that is still looking is given up. */
const patience = 100;

/** How often a pattern is tried that did not get to run. */
const turns = 5;

/** Text beyond this is matched by no pattern in a sensible time; it is not looked at. */
const longestText = 100_000;

/** Only a run of its own can be ended; the pattern itself is no code, and there is nothing else in there. */
const place: Record<string, unknown> = Object.assign(Object.create(null) as object, { pattern: undefined, text: '' });
const context = createContext(place, { codeGeneration: { strings: false, wasm: false } });
const run = new Script('pattern.test(text)');

/** The delimiters that come in pairs. */
const closing: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
  ['<', '>'],
]);

/** What PHP knows and we do not, or would take for something else. */
const foreign = /(?<!\\)(?:\\\\)*\\[hHRGKQEXN]|\[:\^?\w+:\]/;

/** Letters behind a pattern of PHP's: what they are here, an empty text where they change nothing for us. */
const flags: ReadonlyMap<string, string> = new Map([
  ['i', 'i'],
  ['m', 'm'],
  ['s', 's'],
  ['u', 'u'],
  ['S', ''],
  ['U', ''],
  ['D', ''],
]);

interface Compiled {
  readonly pattern: RegExp | undefined;
  /** Whether it may run as it is over a short text. */
  readonly plain: boolean;
}

const known = new LRUCache<string, Compiled>({ max: 500 });

function compiled(text: string): Compiled {
  const cached = known.get(text);
  if (cached) return cached;
  const pattern = compile(text);
  const made = { pattern, plain: pattern !== undefined && isPlain(pattern.source) };
  known.set(text, made);
  return made;
}

/** Text over which a plain pattern takes no time to speak of: its square in steps, at worst. */
const shortText = 500;

/** Whether there is little to be tried twice: one part of no fixed length, nothing repeated in a group, and a few alternatives. */
function isPlain(source: string): boolean {
  if (/\\[1-9k]/.test(source)) return false;
  const bare = source
    .replace(/\\[\s\S]/gu, 'x')
    .replace(/\[[^\]]*\]/gu, 'x')
    .replaceAll('(?:', '(');
  if (/\(\?|\)[*+?{]/.test(bare)) return false;
  const variable = bare.match(/[*+?]|\{\d*,\d*\}/g) ?? [];
  return variable.length <= 1 && bare.split('|').length <= 4;
}

function compile(text: string): RegExp | undefined {
  const trimmed = text.trim();
  const opener = trimmed.charAt(0);
  const end = trimmed.lastIndexOf(closing.get(opener) ?? opener);
  const source = trimmed.slice(1, end);
  const letters = [...trimmed.slice(end + 1)].map((letter) => flags.get(letter));
  if (/^[\sA-Za-z0-9\\]?$/.test(opener) || end < 1 || letters.includes(undefined) || foreign.test(source)) return undefined;
  const properties = /\\[pP]\{/.test(source);
  const chosen = [...new Set([...letters, properties ? 'u' : ''])].join('');
  // The whole text's beginning and end. Unlike PHP's, a `$` here is not before a last line break, which nobody means.
  const own = source.replace(/\\([\s\S])/gu, (pair, letter: string) =>
    letter === 'A' ? '(?<![^])' : /[zZ]/.test(letter) ? '(?![^])' : pair,
  );
  // In the sense of `u` an escape that is not needed is a mistake, which PHP forgives.
  return made(own, chosen) ?? (properties ? undefined : made(own, chosen.replace('u', '')));
}

function made(source: string, letters: string): RegExp | undefined {
  try {
    return new RegExp(source, letters);
  } catch {
    return undefined;
  }
}

/**
 * Whether the text matches a pattern such as `/^[A-Z]/i`, between delimiters, as PHP writes them. Undefined where that cannot be
 * told: the pattern is unusable, or takes too long over this text.
 */
export function matchesPattern(delimitedPattern: string, text: string): boolean | undefined {
  const { pattern, plain } = compiled(delimitedPattern);
  if (!pattern || text.length > longestText) return undefined;
  // A run that can be ended takes a tenth of a millisecond by itself.
  if (plain && text.length <= shortText) return pattern.test(text);
  place['pattern'] = pattern;
  place['text'] = text;
  for (let turn = 1; ; turn++) {
    const before = process.cpuUsage();
    try {
      return run.runInContext(context, { timeout: patience }) === true;
    } catch {
      if (turn === turns || worked(before) > patience / 2) return undefined;
    }
  }
}

/** Milliseconds that the process has worked since: on a busy machine a pattern may run out of time without having run. */
function worked(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
