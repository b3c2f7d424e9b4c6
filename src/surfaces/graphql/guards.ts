/** What an operation may ask for, looked at before anything is run. A refusal tells the cost and the limit. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
} from 'graphql';
import { GatewayError } from '../../lib/errors.ts';
import { beyond } from './fault.ts';
import type { GraphqlLimits } from './settings.ts';

/** Throws where the document has too many tokens; they are counted before any of it is understood. */
export function checkTokens(text: string, { tokens }: GraphqlLimits): void {
  // A token takes a character at least.
  if (text.length <= tokens) return;
  const lexer = new Lexer(new Source(text));
  let count = 0;
  // Beyond ten times the limit nobody needs to know how many there are.
  while (count <= tokens * 10 && lexer.advance().kind !== TokenKind.EOF) count += 1;
  if (count > tokens) throw beyond('tokens (tokens)', count, tokens);
}

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** What asks about the schema has limits of the language's own. */
const aboutSchema = (name: string): boolean => name === '__schema' || name === '__type';

function sizeOf(set: SelectionSetNode, fragments: Fragments, seen: Map<string, Size>): Size {
  let [depth, aliases, fields] = [0, 0, 0];
  const take = (inner: Size, below: number): void => {
    depth = Math.max(depth, inner.depth + below);
    aliases += inner.aliases;
    fields += below === 1 ? 1 : inner.fields;
  };
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      const inner =
        selection.selectionSet && !aboutSchema(selection.name.value)
          ? sizeOf(selection.selectionSet, fragments, seen)
          : { depth: 0, aliases: 0, fields: 0 };
      take({ ...inner, aliases: inner.aliases + (selection.alias ? 1 : 0) }, 1);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) take(sizeOf(selection.selectionSet, fragments, seen), 0);
    else take(fragmentSize(selection.name.value, fragments, seen), 0);
  }
  return { depth, aliases, fields };
}

/** Each fragment is measured once; validation has made sure that none holds itself. */
function fragmentSize(name: string, fragments: Fragments, seen: Map<string, Size>): Size {
  const known = seen.get(name);
  if (known) return known;
  const fragment = fragments[name];
  const size = fragment ? sizeOf(fragment.selectionSet, fragments, seen) : { depth: 0, aliases: 0, fields: 0 };
  seen.set(name, size);
  return size;
}

/** Throws where the operation is nested too deeply, or names too many fields anew or at its root. */
export function checkOperation(operation: OperationDefinitionNode, fragments: Fragments, limits: GraphqlLimits): void {
  const { depth, aliases, fields } = sizeOf(operation.selectionSet, fragments, new Map());
  if (depth > limits.depth) throw beyond('levels of fields (depth)', depth, limits.depth);
  if (aliases > limits.aliases) throw beyond('aliases (aliases)', aliases, limits.aliases);
  if (fields > limits.rootFields) throw beyond('fields at its root (rootFields)', fields, limits.rootFields);
}

/** Throws where the rows that the operation may lead to are too many. */
export function checkComplexity(rows: number, { complexity }: GraphqlLimits): void {
  if (rows > complexity) throw beyond('estimated rows (complexity)', rows, complexity);
}

/** Whether a document asks for the schema anywhere. */
export function asksForSchema(document: DocumentNode): boolean {
  const within = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((one) =>
      one.kind === Kind.FIELD ? aboutSchema(one.name.value) : one.kind === Kind.INLINE_FRAGMENT && within(one.selectionSet),
    ) ?? false;
  return document.definitions.some((one) => 'selectionSet' in one && within(one.selectionSet));
}

/** Throws where the schema is not for this caller. */
export function checkIntrospection(user: boolean, { introspection }: GraphqlLimits): void {
  if (introspection === 'everybody' || (introspection === 'users' && user)) return;
  throw new GatewayError('forbidden', { message: 'The schema is not told here (introspection)' });
}
