/** SQL as values. Text, identifiers and bound values are different kinds, so that a value can never become text by accident. */

type Piece = string | { readonly identifier: string } | { readonly value: unknown } | Fragment;

/** Fragments hold those they are made of, so that putting them together costs nothing however deep they are; printing walks them once. */
export interface Fragment {
  readonly pieces: readonly Piece[];
}

/** A finished statement: `values` in the order of its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** How a dialect prints the two kinds that are not text. */
export interface Printer {
  identifier(name: string): string;
  /** `index` counts from 1. */
  parameter(index: number): string;
}

/** SQL written by us, with fragments at its holes; anything else at a hole does not compile. */
export function sql(strings: TemplateStringsArray, ...holes: readonly Fragment[]): Fragment {
  const pieces: Piece[] = [];
  for (let i = 0; i < strings.length; i += 1) {
    const text = strings[i];
    if (text) pieces.push(text);
    const hole = holes[i];
    if (hole && hole.pieces.length > 0) pieces.push(hole);
  }
  return { pieces };
}

/** A name, or a dotted name, quoted by the dialect when printed. */
export function name(...parts: readonly string[]): Fragment {
  const pieces: Piece[] = [];
  parts.forEach((part, i) => {
    if (i > 0) pieces.push('.');
    pieces.push({ identifier: part });
  });
  return { pieces };
}

/** A bound value. */
export function param(value: unknown): Fragment {
  return { pieces: [{ value }] };
}

/** Text that our own code wrote, such as a keyword chosen by a branch. Never for anything a caller sent. */
export function trusted(text: string): Fragment {
  return { pieces: [text] };
}

export const nothing: Fragment = { pieces: [] };

/** Fragments one after another with our own text between them. */
export function join(list: readonly Fragment[], separator: string): Fragment {
  const pieces: Piece[] = [];
  for (let i = 0; i < list.length; i += 1) {
    if (i > 0) pieces.push(separator);
    const fragment = list[i];
    if (fragment && fragment.pieces.length > 0) pieces.push(fragment);
  }
  return { pieces };
}

/** Prints a fragment for one dialect. Equal shapes print equal text: values never reach the text. */
export function print(fragment: Fragment, printer: Printer): Statement {
  let text = '';
  const values: unknown[] = [];
  const walk = ({ pieces }: Fragment): void => {
    for (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else if ('pieces' in piece) walk(piece);
      else if ('identifier' in piece) text += printer.identifier(piece.identifier);
      else {
        values.push(piece.value);
        text += printer.parameter(values.length);
      }
    }
  };
  walk(fragment);
  return { text, values };
}

/** What printing would bind, in order. */
export function valuesOf(fragment: Fragment, values: unknown[] = []): unknown[] {
  for (const piece of fragment.pieces) {
    if (typeof piece === 'string') continue;
    if ('value' in piece) values.push(piece.value);
    else if ('pieces' in piece) valuesOf(piece, values);
  }
  return values;
}

/** The fragment as text that need not be printed again for the same dialect; itself where it binds values. */
export function printed(fragment: Fragment, printer: Printer): Fragment {
  const { text, values } = print(fragment, printer);
  return values.length === 0 ? trusted(text) : fragment;
}
