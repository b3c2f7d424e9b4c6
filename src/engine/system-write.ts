/** A row of a system collection that is about to be written, as the rules of that collection look at it. */
import { GatewayError } from '../lib/errors.ts';
import type { WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import type { Stored } from '../schema/stored-values.ts';
import type { Collection, Field } from '../schema/types.ts';
import { compileMatching } from '../sql/lookup.ts';
import type { Key } from '../sql/write.ts';
import { keyIn, keyRow, valueIn } from './row-text.ts';
import type { WriteState } from './write-state.ts';

export type SystemAction = 'create' | 'update' | 'delete';

export interface SystemWrite {
  readonly state: WriteState;
  readonly node: WriteNode;
  readonly action: SystemAction;
  /** What it held, of the columns that its rules know; undefined for NULL. */
  before(field: string): string | undefined;
  /** What it is to hold; undefined where that is not said. */
  sent(field: string): Stored | undefined;
}

/** What a collection demands of its rows beside the permissions. */
export interface SystemRules {
  /** Columns that must be known of a row before it is changed or deleted. */
  readonly knows: readonly string[];
  /** Throws what is refused; may fill in values, and leave duties. */
  check(write: SystemWrite): void;
}

/** The write of a row, as the rules of its system collection see it. */
export function systemWrite(state: WriteState, node: WriteNode, action: SystemAction, text: string | undefined): SystemWrite {
  const field = (named: string): Field | undefined => node.collection.fields.get(named);
  return {
    state,
    node,
    action,
    before(named) {
      const own = field(named);
      const value = text !== undefined && own ? valueIn(text, own) : undefined;
      return value === undefined ? undefined : String(value);
    },
    sent(named) {
      const own = field(named);
      return own && node.values.get(own);
    },
  };
}

/** Whether the caller is bound by permissions. */
export function isLimited({ actor }: WriteState): boolean {
  return !(actor.is === 'system' || (actor.is === 'user' && actor.admin));
}

/** Refuses the fields that are given. */
export function refuseSent({ node, sent }: SystemWrite, ...fields: readonly string[]): void {
  for (const field of fields) {
    if (sent(field) !== undefined) throw new GatewayError('field_write_denied', { field, collection: node.collection.name });
  }
}

/** Gives the row a value. */
export function fillIn({ node }: SystemWrite, named: string, value: Stored): void {
  const field = node.collection.fields.get(named);
  if (field) node.values.set(field, value);
}

/** The keys of the rows of a system collection that match, up to `most`; nobody changes them until the transaction ends. */
export async function lockMatching(
  { schema, connection }: WriteState,
  name: string,
  where: (fields: Collection['fields']) => Filter | undefined,
  most: number,
): Promise<Key[]> {
  const collection = schema.collections.get(name);
  const filter = collection && where(collection.fields);
  if (!collection || !filter) return [];
  const { statement, write } = compileMatching(collection, filter, most, keyRow(collection), connection.dialect);
  return (await connection.texts(statement)).map((cells) => keyIn(write(cells), collection) ?? []);
}
