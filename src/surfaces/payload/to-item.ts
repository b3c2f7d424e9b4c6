/** A document that a client sends as an item of the core (payload-rest §8, P-121, P-122). */
import { isJsonList, isJsonObject, type Json, type JsonObject, numberText } from '../../lib/json-body.ts';
import { needsValue } from '../../query/check-item.ts';
import type { NestedSyntax, RequestedItem, RequestedRow } from '../../query/mutation.ts';
import { defaultText } from '../../schema/default-text.ts';
import { pointForm, storedPoint } from '../../schema/points.ts';
import type { Collection, Field, Schema } from '../../schema/types.ts';
import { type Facts, factsOf, type HasMany, type Member, memberNamed } from './facts.ts';
import { invalid, type PathFault, selection, type Writing } from './invalid.ts';
import { slugsOf } from './slugs.ts';

/** What becomes of a document. */
export interface Sent {
  readonly item: RequestedItem;
  /** Those of its columns that lead to other documents. */
  readonly links: RequestedItem;
  /** The complete sets of has-many relations, as ids. */
  readonly sets: ReadonlyMap<HasMany, readonly Json[]>;
  /** Columns of the row of translations. */
  readonly translated: RequestedItem;
  /** What `deletedAt` asks: into the trash, or out of it. */
  readonly trash?: 'in' | 'out';
}

export interface Sending {
  readonly schema: Schema;
  readonly writing: Writing;
  readonly does: 'create' | 'update';
  /** The language is named: localised fields go to its row, whatever columns the document has itself. */
  readonly localised: boolean;
}

/** Reads the document. Throws the refusal that names each field whose value cannot be read. */
export function itemOf(sending: Sending, document: JsonObject): Sent {
  const { schema, writing, does } = sending;
  const facts = factsOf(writing.collection, schema);
  const item: Record<string, Json> = {};
  const links: Record<string, Json> = {};
  const sets = new Map<HasMany, readonly Json[]>();
  const translated: Record<string, Json> = {};
  const faults: PathFault[] = [];
  for (const [name, value] of Object.entries(document)) {
    const language = facts.translations?.fields.get(name);
    if (language && (sending.localised || !facts.members.has(name))) {
      translated[name] = value;
      const own = writing.collection.fields.get(name);
      // A document is made with what its own table demands: the text that it begins with.
      if (does === 'update' || !own || !needsValue(writing.collection, own)) continue;
    }
    const secret = secretNamed(facts, name);
    if (secret) item[name] = value;
    const member = secret ? undefined : memberNamed(facts, name);
    if (member) addMember({ sending, facts, item, links, sets, faults }, member, name, value);
  }
  addKey(facts, document, does, item);
  addStatus(facts, document, does, item, faults);
  if (faults.length > 0) throw invalid(writing, faults);
  const trash =
    does === 'update' && facts.trashed.length > 0 && !facts.members.has('deletedAt') ? trashOf(document['deletedAt']) : undefined;
  return { item, links, sets, translated, ...(trash ? { trash } : {}) };
}

const trashOf = (value: Json | undefined): Sent['trash'] =>
  value === undefined ? undefined : value === null || value === '' ? 'out' : 'in';

/** Columns that are written and never shown. */
function secretNamed({ collection }: Facts, name: string): Field | undefined {
  const field = collection.fields.get(name);
  return field && (field.type === 'hash' || (field.secret === 'never' && field.name === 'password')) ? field : undefined;
}

interface Adding {
  readonly sending: Sending;
  readonly facts: Facts;
  readonly item: Record<string, Json>;
  readonly links: Record<string, Json>;
  readonly sets: Map<HasMany, readonly Json[]>;
  readonly faults: PathFault[];
}

function addMember({ sending, facts, item, links, sets, faults }: Adding, member: Member, name: string, value: Json): void {
  const { schema, does } = sending;
  const { key } = facts.collection;
  switch (member.is) {
    case 'value': {
      const { generated, identityAlways } = member.field.column;
      const own = key.includes(member.field) && (key.length === 1 || does === 'update');
      if (!generated && !identityAlways && !own && !facts.measured.has(member.field.name))
        item[member.field.name] = pointOf(member.field, value);
      return;
    }
    case 'one': {
      if ((key.includes(member.field) && does === 'update') || facts.measured.has(member.field.name)) return;
      const id = idOf(value, schema.collections.get(member.relation.to), schema);
      if (id === undefined) faults.push({ path: name, message: selection });
      else {
        item[member.field.name] = id;
        links[member.field.name] = id;
      }
      return;
    }
    case 'many': {
      const target = schema.collections.get(member.far?.to ?? member.relation.to);
      const list = value === null || value === '' ? [] : isJsonList(value) ? value : [value];
      const ids = list.map((one) => idOf(one, target, schema));
      if (ids.some((one) => one === undefined || one === null)) faults.push({ path: name, message: selection });
      else sets.set(member, unique(ids.flatMap((one) => (one === undefined ? [] : [one]))));
    }
  }
}

/** A point as documents show it, in the form in which the column keeps its own (P-72). */
function pointOf(field: Field, value: Json): Json {
  if (!pointForm(field) || !isJsonList(value) || value.length !== 2) return value;
  const [lng, lat] = value.map((part) => Number(numberText(part)));
  return lng !== undefined && lat !== undefined && Number.isFinite(lng) && Number.isFinite(lat) ? storedPoint(field, [lng, lat]) : value;
}

function unique(ids: readonly Json[]): Json[] {
  return [...new Map(ids.map((id) => [idText(id), id])).values()];
}

/** Ids as texts, by which they are told from one another. */
export const idText = (id: Json): string => numberText(id) ?? String(id);

/** The id that a value names: itself, that of a populated document, or that of `{relationTo, value}` (P-110, P-111). Undefined for none. */
function idOf(value: Json, target: Collection | undefined, schema: Schema): Json | undefined {
  if (value === null || value === '') return null;
  if (typeof value === 'string' || numberText(value) !== undefined) return value;
  if (!isJsonObject(value) || !target) return undefined;
  if (Object.hasOwn(value, 'relationTo') && Object.hasOwn(value, 'value')) {
    return value['relationTo'] === slugsOf(schema).of(target) ? idOf(value['value'] ?? null, target, schema) : undefined;
  }
  const id = value['id'] ?? value[target.key[0]?.name ?? 'id'];
  return id === undefined || id === null || id === '' || typeof id === 'object' ? undefined : id;
}

/** The id of a new document counts where nothing else makes one (P-113). */
function addKey({ collection }: Facts, document: JsonObject, does: Sending['does'], item: Record<string, Json>): void {
  const [key, ...more] = collection.key;
  if (does === 'update' || !key || more.length > 0) return;
  const { autoIncrement, generated, identityAlways } = key.column;
  const id = document[key.name] ?? document['id'];
  if (id !== undefined && id !== null && id !== '' && !autoIncrement && !generated && !identityAlways) item[key.name] = id;
}

/** `_status` as a status of the mapping. The raw column decides where both are sent; a new document is a draft where neither is. */
function addStatus(
  { status, members }: Facts,
  document: JsonObject,
  does: Sending['does'],
  item: Record<string, Json>,
  faults: PathFault[],
): void {
  if (!status || members.has('_status') || Object.hasOwn(item, status.field.name)) return;
  const asked = document['_status'];
  const [published, draft] = [status.published[0], status.drafts[0]];
  if (asked === 'published') item[status.field.name] = published ?? null;
  else if (asked === 'draft') {
    if (draft === undefined) faults.push({ path: '_status', message: selection });
    else item[status.field.name] = draft;
  } else if (asked !== undefined && asked !== null) faults.push({ path: '_status', message: selection });
  else if (does === 'create' && draft !== undefined) {
    const usual = defaultText(status.field);
    if (usual === null || usual === undefined || !status.drafts.includes(usual)) item[status.field.name] = draft;
  }
}

/** How nested rows are written down between this surface and the core: by what is to become of each. */
export const payloadNested: NestedSyntax = {
  toOne: () => undefined,
  toMany(value) {
    if (!isJsonList(value)) return [];
    return value.flatMap((one): RequestedRow[] => {
      if (!isJsonObject(one)) return [];
      const { create, update, key } = one;
      if (create !== undefined && isJsonObject(create)) return [{ is: 'create', item: create }];
      if (update !== undefined && isJsonObject(update)) return [{ is: 'update', item: update }];
      return key === undefined ? [] : [{ is: 'deleteKey', key }];
    });
  },
};
