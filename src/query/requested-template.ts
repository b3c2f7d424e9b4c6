/** The outputs of a read, each with the key it is to have in the answer: for surfaces whose requests name every one of them. */
import type { ValueForm } from '../dialect/forms.ts';
import type { FileMember } from './file-data.ts';
import type { RequestedFilter, RequestedNested } from './types.ts';

/** Makes another object of the JSON text of one, for what no database makes: addresses, sizes in other units. */
export type MakeObject = (text: string) => string;

/** Ordered. The same field or relation may stand under several keys, each with arguments of its own. */
export type RequestedTemplate = ReadonlyMap<string, RequestedOutput>;

export type RequestedOutput =
  | { readonly is: 'field'; readonly name: string; readonly form?: ValueForm }
  | {
      readonly is: 'relation';
      readonly name: string;
      readonly of: RequestedTemplate;
      readonly asked?: Omit<RequestedNested, 'nested'>;
      /** What becomes of the rows of a list; of a relation to one row it is always an object. */
      readonly as?: ListForm;
      /** Of a relation to one row: where that is not there, or may not be read, its key in this form instead of null. */
      readonly orKey?: ValueForm;
      /** Of each of its rows. */
      readonly make?: MakeObject;
      /** Of the list that a read's `each` names: the row that an answer's row comes for, or all others. */
      readonly only?: 'this' | 'others';
    }
  /** The first of them that is not NULL. They have to be of one type. */
  | { readonly is: 'first'; readonly of: readonly RequestedOutput[] }
  /** The output in rows that match, null in all others. */
  | { readonly is: 'when'; readonly where: RequestedFilter; readonly of: RequestedOutput }
  /** The text form of the row's key (schema/keys.ts); with commas between its parts where that is asked. */
  | { readonly is: 'key'; readonly joined?: ',' }
  | { readonly is: 'group'; readonly of: RequestedTemplate; readonly make?: MakeObject }
  /** Of a row of directus_files: an object of these members of its `data` (file-data.ts), of which `make` may make any other value. */
  | { readonly is: 'file'; readonly members: readonly FileMember[]; readonly make?: MakeObject }
  | { readonly is: 'constant'; readonly json: string };

/**
 * `rows`: objects; `values`: of each row the value of its only output; `row`, `value`: the same of the first row, or null; `count`: how many
 * rows there are, whatever the page; `more`: whether there are rows behind the page. The last two look at no outputs.
 */
export type ListForm = 'rows' | 'values' | 'row' | 'value' | 'count' | 'more';
