/** A version: what a revision says of a document, under the names that documents have (payload-rest P-32). */
import { isJsonObject, type Json, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { factsOf } from './facts.ts';
import type { Seeing } from './names.ts';
import { idValue } from './values.ts';

/** Snapshots hold moments as rows are stored; documents tell them in ISO form. */
function momentOf({ storage }: Field, value: Json): Json {
  if ((storage !== 'datetime' && storage !== 'instant') || typeof value !== 'string') return value;
  const parts = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(value);
  const moment = parts ? new Date(`${parts[1]}T${parts[2]}${parts[3] ?? 'Z'}`) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? moment.toISOString() : value;
}

/** The snapshot, as the column's type has it: JSON, or a text that holds it. */
function snapshotIn(data: Json): JsonObject {
  if (isJsonObject(data)) return data;
  try {
    const value = typeof data === 'string' ? parseJsonBody(data) : null;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The columns of the document as they were, and its status of then. */
function documentOf(seeing: Seeing, collection: Collection, snapshot: JsonObject): JsonObject {
  const { members, status } = factsOf(collection, seeing.schema);
  const told = [...members].flatMap(([name, member]): [string, Json][] => {
    if (member.is !== 'value' && member.is !== 'one') return [];
    const value = Object.hasOwn(snapshot, member.field.name) ? snapshot[member.field.name] : undefined;
    return value === undefined ? [] : [[name, momentOf(member.field, value)]];
  });
  const state = status && Object.hasOwn(snapshot, status.field.name) ? snapshot[status.field.name] : undefined;
  const named: [string, Json][] =
    status && state !== undefined && !members.has('_status')
      ? [['_status', status.published.includes(String(state)) ? 'published' : 'draft']]
      : [];
  return Object.fromEntries([...told, ...named]);
}

/** The version that a row of revisions is; of a global nothing says whose it is. */
export function versionOf(seeing: Seeing, collection: Collection, row: JsonObject): JsonObject {
  const { id = null, item = null, data = null, activity = null } = row;
  const moment = isJsonObject(activity) ? (activity['action_on'] ?? null) : undefined;
  return {
    id,
    ...(collection.meta?.single ? {} : { parent: idValue(collection, String(item)) }),
    version: documentOf(seeing, collection, snapshotIn(data)),
    ...(moment === undefined ? {} : { createdAt: moment, updatedAt: moment }),
  };
}
