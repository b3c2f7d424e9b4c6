/** What a caller sees of a type of content: its fields, its relations, and what Strapi's own names stand for (strapi-rest §1.2, §1.3). */
import type { ReadContext } from '../../engine/read.ts';
import { accessOf } from '../../engine/read.ts';
import { isComparable } from '../../query/comparable.ts';
import type { Visibility } from '../../query/types.ts';
import type { Collection, Field, Relation, Schema, ToOne } from '../../schema/types.ts';
import * as timestamps from '../timestamps.ts';
import { systemNames } from './system-names.ts';

export interface Sight {
  readonly schema: Schema;
  readonly visible: Visibility;
  /**
   * The language in which entries are shown; `usual` for the default one, whose regions count too. `each`: entries come once in each of
   * their languages, and those that they lead to in this one.
   */
  readonly spoken?: { readonly code: string; readonly usual: boolean; readonly each?: true };
}

/** The sight of entries that others lead to. */
export function inside({ spoken, ...sight }: Sight): Sight {
  return spoken ? { ...sight, spoken: { code: spoken.code, usual: spoken.usual } } : sight;
}

/** What the caller of that context may name. */
export function sightOf(context: ReadContext): Sight {
  return { schema: context.schema, visible: accessOf(context).visible };
}

/** Hashes, tokens and their like are no attributes. */
const isSecret = (field: Field): boolean => field.secret !== undefined || field.type === 'hash';

/** Whether the field is an attribute of the answer. */
export function isShown({ visible }: Sight, field: Field): boolean {
  return !isSecret(field) && field.storage !== 'binary' && visible.field(field) !== 'no';
}

/** Whether entries are found and sorted by the field. */
export function isCompared({ visible }: Sight, field: Field): boolean {
  return !isSecret(field) && isComparable(visible.field(field));
}

/** The attributes of a collection, in the order of its columns. */
export function attributesOf(sight: Sight, collection: Collection): Field[] {
  return [...collection.fields.values()].filter((field) => isShown(sight, field));
}

/** Where a relation leads: through a junction that metadata describe to the rows behind it. */
export interface Lead {
  readonly relation: Relation;
  readonly end: Collection;
  readonly many: boolean;
  /** The relation of the junction's rows to those behind it. */
  readonly far?: ToOne;
}

/** Undefined where the caller may not follow it. */
export function leadOf({ schema, visible }: Sight, relation: Relation): Lead | undefined {
  const target = schema.collections.get(relation.to);
  if (!target || !visible.relation(relation) || !visible.collection(target)) return undefined;
  if (relation.kind === 'm2o') return { relation, end: target, many: false };
  if (relation.kind === 'm2m') {
    const through = schema.collections.get(relation.through);
    return through && visible.collection(through) ? { relation, end: target, many: true } : undefined;
  }
  if (relation.junction === undefined) return { relation, end: target, many: true };
  const far = target.relations.get(relation.junction);
  const end = far && schema.collections.get(far.to);
  if (far?.kind !== 'm2o' || !end || !visible.relation(far) || !visible.collection(end)) return undefined;
  return { relation, end, many: true, far };
}

/** What a name stands for. A column that is a key of another table is both. */
export interface Named {
  /** As it is called in the schema. */
  readonly name: string;
  readonly field?: Field;
  readonly relation?: Relation;
}

const keyEnding = /(?:_id|Id|ID)$/;

/** The key of another table without its ending: `artist` for `artist_id`, `artist` or `Artist` for `ArtistId` (S-09). */
function byShortName(collection: Collection, name: string): string | undefined {
  if (collection.fields.has(name) || collection.relations.has(name)) return undefined;
  for (const [long, relation] of collection.relations) {
    if (relation.kind !== 'm2o' || !relation.field || relation.field.primaryKey) continue;
    const short = long.replace(keyEnding, '');
    if (short === long || short === '') continue;
    if (short === name || short.charAt(0).toLowerCase() + short.slice(1) === name) return long;
  }
  return undefined;
}

/** What a name of a request stands for; undefined for what the caller may not name. */
export function named(sight: Sight, collection: Collection, asked: string): Named | undefined {
  const name = byShortName(collection, asked) ?? systemNames(collection).get(asked) ?? asked;
  const column = collection.fields.get(name);
  const field = column && isCompared(sight, column) ? column : undefined;
  const found = collection.relations.get(name);
  const relation = found && (!column || field) && sight.visible.relation(found) ? found : undefined;
  if (!field && !relation) return undefined;
  return { name, ...(field ? { field } : {}), ...(relation ? { relation } : {}) };
}

const plainName = (name: string): string => name.toLowerCase().replaceAll('_', '');
const publishing: readonly string[] = ['publishedat', 'publishedon', 'publishon', 'publishdate'];

const isMoment = ({ storage, type }: Field): boolean =>
  storage === 'datetime' || storage === 'instant' || (storage === 'text' && type.startsWith('datetime'));

const shownOnly = (sight: Sight, field: Field | undefined): Field | undefined => (field && isShown(sight, field) ? field : undefined);

/** The column that tells when an entry was made (S-12). */
export function createdField(sight: Sight, collection: Collection): Field | undefined {
  return shownOnly(sight, timestamps.createdField(collection)) ?? systemMoment(sight, collection, 'uploaded_on');
}

/** The column that tells when it was changed. */
export function updatedField(sight: Sight, collection: Collection): Field | undefined {
  return shownOnly(sight, timestamps.updatedField(collection));
}

function systemMoment(sight: Sight, collection: Collection, name: string): Field | undefined {
  const field = collection.system ? collection.fields.get(name) : undefined;
  return field && isShown(sight, field) ? field : undefined;
}

/** Drafts and published entries of a collection whose status says so, to those who may read it (S-13, §9). */
export interface Publishing {
  readonly status: Field;
  readonly published: readonly string[];
  readonly drafts: readonly string[];
  /** The column that tells when. */
  readonly at?: Field;
}

/** Undefined where entries are not published one by one, or the caller may not know. */
export function publishingOf(sight: Sight, collection: Collection): Publishing | undefined {
  const { status } = collection;
  if (!status || status.mapping.published.length === 0 || !isComparable(sight.visible.field(status.field))) return undefined;
  const { values, published, softDeleted } = status.mapping;
  const moments = attributesOf(sight, collection).filter(isMoment);
  const at = publishing.flatMap((name) => moments.find((field) => plainName(field.name) === name) ?? [])[0];
  const drafts = values.filter((value) => !published.includes(value) && !softDeleted.includes(value));
  return { status: status.field, published, drafts, ...(at ? { at } : {}) };
}
