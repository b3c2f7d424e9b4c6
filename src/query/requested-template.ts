/** The outputs of a read, each with the key it is to have in the answer: for surfaces whose requests name every one of them. */
import type { RequestedNested } from './types.ts';

/** Ordered. The same field or relation may stand under several keys, each with arguments of its own. */
export type RequestedTemplate = ReadonlyMap<string, RequestedOutput>;

export type RequestedOutput =
  | { readonly is: 'field'; readonly name: string }
  | {
      readonly is: 'relation';
      readonly name: string;
      readonly of: RequestedTemplate;
      readonly asked?: Omit<RequestedNested, 'nested'>;
    }
  | { readonly is: 'group'; readonly of: RequestedTemplate }
  | { readonly is: 'constant'; readonly json: string };
