/** How the rows of a mutation are found that does not name their keys; worked out before its transaction begins. */
import { readGrant } from '../access/grants.ts';
import { conflict } from '../dialect/outcomes.ts';
import { GatewayError } from '../lib/errors.ts';
import { bindRead, collectionOf } from '../query/bind.ts';
import { allOf, never } from '../query/filters.ts';
import type { RequestedMutation, RequestedRows, WriteNode } from '../query/mutation.ts';
import type { Filter } from '../query/types.ts';
import { uniqueFields } from '../query/unique-key.ts';
import type { Collection, Field } from '../schema/types.ts';
import { locateMatching, locateUnique } from './locate-rows.ts';
import { accessOf, type ReadContext } from './read.ts';
import { isUnlimited, type WriteState } from './write-state.ts';

export interface Locating {
  /** Gives the nodes their keys, in the transaction. */
  readonly locate?: (state: WriteState, nodes: readonly WriteNode[]) => Promise<readonly WriteNode[]>;
  /** An error that came while the rows were written, as it is to be thrown. */
  readonly failure?: (error: unknown) => unknown;
}

/** How often at most a row may turn up between the look for it and its being made. */
const mostSurprises = 3;

/** Throws what a read of the same rows would, and unprocessable for a filter without a condition. */
export function locating(context: ReadContext, request: RequestedMutation): Locating {
  if (request.is === 'updateWhere' || request.is === 'deleteWhere') {
    const where = matching(context, request.collection, request.rows);
    return { locate: (state, nodes) => locateMatching(state, where, request.rows.most, nodes) };
  }
  if (request.is !== 'upsert') return {};
  const collection = collectionOf(context.schema, request.collection);
  const by = uniqueFields(collection, request.by);
  const visible = visibleRows(context, collection, by);
  let surprises = 0;
  return {
    locate: (state, nodes) => locateUnique(state, by, nodes, visible),
    // Somebody else may have made the row meanwhile: then it is found the next time.
    failure(error) {
      if (!(error instanceof GatewayError) || error.kind !== 'duplicate' || surprises === mostSurprises) return error;
      surprises += 1;
      return conflict(error);
    },
  };
}

/**
 * The rows that the caller may find by these columns: which row holds a value is told by a change of it. Throws unknown_field for a column
 * that he may read of none.
 */
function visibleRows({ schema, rules, actor }: ReadContext, collection: Collection, by: readonly Field[]): Filter {
  const grant = readGrant(collection, rules, actor, schema);
  if (!grant) return never;
  const hidden = by.find((field) => !field.primaryKey && grant.field(field) === 'no');
  if (hidden) throw new GatewayError('unknown_field', { field: hidden.name, collection: collection.name });
  const columns = by.filter((field) => !field.primaryKey && grant.field(field) === 'some').map(grant.rowsOf);
  return allOf([grant.rows(isUnlimited(actor) ? 'any' : undefined), ...columns]);
}

/** The rows that match and that the caller may read. */
function matching(context: ReadContext, collection: string, { where, statuses }: RequestedRows): Filter {
  const { schema, limits } = context;
  const access = accessOf(context);
  const read = {
    collection,
    selection: { all: true, named: new Map(), without: new Set<string>() },
    where,
    offset: 0,
    counts: { filtered: false, total: false, byStatus: false },
    stubs: false,
    ...(statuses === undefined ? {} : { statuses }),
  };
  if (!access.visible.collection(collectionOf(schema, collection))) throw new GatewayError('read_denied', { collection });
  const bound = bindRead(read, schema, access.visible, limits);
  if (bound.where.is === 'always') {
    throw new GatewayError('unprocessable', { message: 'filter: without a condition every row would match; name the rows that are meant' });
  }
  if (bound.collection.key.length === 0) {
    throw new GatewayError('unprocessable', { message: `"${collection}" has no primary key, so that its rows cannot be changed` });
  }
  return access.authorise(bound).query.where;
}
