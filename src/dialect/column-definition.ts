/** A column's definition as the database prints it, taken apart so that one clause changes and every other one stays as it is. */
import { type Token, tokensOf, unquoted } from '../lib/sql-tokens.ts';

export type ClauseKind = 'type' | 'null' | 'default' | 'comment' | 'unique' | 'references' | 'other';

interface Clause {
  readonly kind: ClauseKind;
  readonly text: string;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly clauses: readonly Clause[];
}

const starters: Readonly<Record<string, ClauseKind>> = {
  constraint: 'other',
  not: 'null',
  null: 'null',
  default: 'default',
  comment: 'comment',
  unique: 'unique',
  references: 'references',
  primary: 'other',
  check: 'other',
  collate: 'other',
  character: 'other',
  generated: 'other',
  as: 'other',
  auto_increment: 'other',
  on: 'other',
  invisible: 'other',
};

/** Whether the word begins a clause; many of these words also stand inside others. */
function begins(tokens: readonly Token[], at: number, inside: ClauseKind): boolean {
  const token = tokens[at];
  if (token?.kind !== 'word') return false;
  const lower = (step: number): string => tokens[at + step]?.text.toLowerCase() ?? '';
  switch (lower(0)) {
    case 'null':
      return !['not', 'default', 'set'].includes(lower(-1));
    case 'default':
      return lower(-1) !== 'set';
    case 'not':
      return lower(1) === 'null';
    case 'on':
      return lower(1) === 'update' && inside !== 'references';
    case 'as':
      return lower(-1) !== 'always';
    case 'character':
      return lower(1) === 'set';
    default:
      return lower(0) in starters;
  }
}

/** Takes apart `name type clause clause …`. */
export function parseColumn(text: string): ColumnDefinition {
  const tokens = tokensOf(text);
  const [first, ...rest] = tokens;
  const clauses: { kind: ClauseKind; start: number }[] = [{ kind: 'type', start: first?.end ?? 0 }];
  let named = false;
  rest.forEach((token, i) => {
    const last = clauses.at(-1);
    if (!last || !begins(tokens, i + 1, last.kind)) return;
    const kind = starters[token.text.toLowerCase()] ?? 'other';
    // `constraint x` belongs to the clause behind it.
    if (named) last.kind = kind;
    else clauses.push({ kind, start: token.start });
    named = token.text.toLowerCase() === 'constraint';
  });
  return {
    name: first ? unquoted(first) : '',
    clauses: clauses.map(({ kind, start }, i) => {
      const next = clauses[i + 1]?.start ?? text.length;
      // A comment behind it would hide what follows.
      const end = tokens.findLast((token) => token.start < next)?.end ?? start;
      return { kind, text: text.slice(start, Math.max(start, end)).trim() };
    }),
  };
}

/** The same with that clause in place of those of its kind, or without any. */
export function withClause(definition: ColumnDefinition, kind: ClauseKind, text: string | undefined): ColumnDefinition {
  const at = definition.clauses.findIndex((clause) => clause.kind === kind);
  const others = definition.clauses.filter((clause) => clause.kind !== kind);
  if (text === undefined) return { ...definition, clauses: others };
  const place = at >= 0 ? at : kind === 'type' ? 0 : others.length;
  return { ...definition, clauses: [...others.slice(0, place), { kind, text }, ...others.slice(place)] };
}

/** The clauses behind the name. */
export function clausesText({ clauses }: ColumnDefinition): string {
  return clauses
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');
}
