/** What one GraphQL request may ask for. Every limit is a setting of the project file, under `graphql`. */
import type { GraphqlSettings } from '../../config/schema.ts';

export interface GraphqlLimits {
  /** Levels of fields. */
  readonly depth: number;
  /** Fields that are asked for under another name than their own. */
  readonly aliases: number;
  /** Fields at the root of an operation: each is a statement. */
  readonly rootFields: number;
  /** Rows that an operation may lead to, as far as its limits tell. */
  readonly complexity: number;
  /** Tokens of a document: names, numbers, brackets and the like. */
  readonly tokens: number;
  /** How long an operation may take. */
  readonly milliseconds: number;
  /** Operations in one request; 0: a list of them is refused. */
  readonly batch: number;
  /** Who may ask for the schema. */
  readonly introspection: 'everybody' | 'users' | 'nobody';
}

const defaultGraphqlLimits: GraphqlLimits = {
  depth: 12,
  aliases: 100,
  rootFields: 20,
  complexity: 100_000,
  tokens: 4000,
  milliseconds: 30_000,
  batch: 0,
  introspection: 'everybody',
};

/** The limits of a project: its settings, and the defaults for the others. */
export function graphqlLimitsOf(settings: GraphqlSettings = {}): GraphqlLimits {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...defaultGraphqlLimits, ...Object.fromEntries(set) };
}
