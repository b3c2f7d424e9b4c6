/** What the parts of a role's schema mean to us: each field and argument carries it, so that a document is understood without looking names up. */
import type { GraphQLInputField, GraphQLObjectType } from 'graphql';
import type { ValueForm } from '../../dialect/forms.ts';
import type { FileMember } from '../../query/file-data.ts';
import type { Collection } from '../../schema/types.ts';

/** A field of the query, mutation or subscription type. */
export type RootMeaning =
  | { readonly does: 'list' | 'item' | 'connection' | 'aggregate'; readonly collection: Collection; readonly item: GraphQLObjectType }
  | { readonly does: 'changes'; readonly collection: Collection; readonly item: GraphQLObjectType }
  | { readonly does: Written; readonly collection: Collection; readonly item?: GraphQLObjectType }
  | { readonly does: 'addComment' | 'editComment' | 'deleteComment'; readonly collection: Collection; readonly item: GraphQLObjectType };

export type Written =
  | 'createOne'
  | 'createMany'
  | 'updateOne'
  | 'updateMany'
  | 'updateWhere'
  | 'deleteOne'
  | 'deleteMany'
  | 'deleteWhere'
  | 'upsert'
  | 'revert';

/** A field of an item. */
export type ItemMeaning =
  | { readonly is: 'field'; readonly name: string; readonly form?: ValueForm }
  | { readonly is: 'relation'; readonly name: string; readonly many: boolean; readonly item: GraphQLObjectType }
  /** A member of `data` of a file; `item` is the type of what a list of it holds. */
  | { readonly is: 'file'; readonly member: FileMember; readonly item?: GraphQLObjectType };

/** A field of a filter. */
export type FilterMeaning =
  | { readonly is: 'all' | 'any' | 'not' }
  /** Compares with the value that stands there. */
  | { readonly is: 'compare'; readonly name: string; readonly operator: string }
  /** Holds operators on a field. */
  | { readonly is: 'field'; readonly name: string }
  /** Holds quantifiers, and for a relation to one row operators on its key. */
  | { readonly is: 'relation'; readonly name: string }
  | { readonly is: 'operator'; readonly operator: string; readonly opposite?: string }
  | { readonly is: 'quantifier'; readonly quantifier: 'some' | 'none' | 'every' };

/** A field of an item that is written: the name of what it writes. */
export interface ItemInputMeaning {
  readonly is: 'written';
  readonly name: string;
  readonly nested?: 'one' | 'many';
}

export type InputMeaning = FilterMeaning | ItemInputMeaning;

type Carrier = Pick<GraphQLInputField, 'extensions'>;

/** What an input field means. */
export function inputMeaning({ extensions }: Carrier): InputMeaning | undefined {
  return extensions['meaning'] as InputMeaning | undefined;
}

/** What a field of the query or mutation type means. */
export function rootMeaning({ extensions }: Carrier): RootMeaning | undefined {
  return extensions['meaning'] as RootMeaning | undefined;
}

/** What a field of an item means. */
export function itemMeaning({ extensions }: Carrier): ItemMeaning | undefined {
  return extensions['meaning'] as ItemMeaning | undefined;
}
