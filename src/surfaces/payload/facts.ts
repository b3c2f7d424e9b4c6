/** What a collection's fields stand for in documents, whoever asks (payload-rest P-05 to P-12). */
import type { Collection, Field, Relation, Schema } from '../../schema/types.ts';
import { createdField, updatedField } from '../timestamps.ts';
import { mediaSlug, slugsOf, usersSlug } from './slugs.ts';

type ToOne = Extract<Relation, { kind: 'm2o' }>;
type ToMany = Extract<Relation, { kind: 'o2m' }>;
type Linked = Extract<Relation, { kind: 'm2m' }>;

/** A list of related documents, reached through a junction or a table that is nothing but links. */
export type HasMany =
  | { readonly is: 'many'; readonly name: string; readonly listed: boolean; readonly relation: ToMany; readonly far: ToOne }
  | { readonly is: 'many'; readonly name: string; readonly listed: boolean; readonly relation: Linked; readonly far?: undefined };

/** What one name of a document is. */
export type Member =
  | { readonly is: 'value'; readonly name: string; readonly field: Field }
  | { readonly is: 'one'; readonly name: string; readonly field: Field; readonly relation: ToOne }
  | HasMany
  | { readonly is: 'join'; readonly name: string; readonly listed: boolean; readonly relation: ToMany };

interface DraftStatus {
  readonly field: Field;
  readonly published: readonly string[];
  readonly drafts: readonly string[];
}

export interface Translations {
  readonly relation: ToMany;
  readonly collection: Collection;
  readonly language: Field;
  /** The columns that are told in several languages, by name. */
  readonly fields: ReadonlyMap<string, Field>;
}

export interface Facts {
  readonly collection: Collection;
  readonly slug: string;
  /** Columns first, in table order; then lists. */
  readonly members: ReadonlyMap<string, Member>;
  readonly created?: Field;
  readonly updated?: Field;
  readonly status?: DraftStatus;
  /** Statuses of rows in the trash; empty where there is none. */
  readonly trashed: readonly string[];
  /** The moment of deletion, where a column holds it. */
  readonly deleted?: Field;
  readonly translations?: Translations;
  readonly isUsers: boolean;
  readonly isMedia: boolean;
  /** Columns that clients do not write: they are told by the content of a file. */
  readonly measured: ReadonlySet<string>;
}

/** Never shown, and neither filtered nor sorted by (P-11). */
export function isSecret(field: Field): boolean {
  return field.secret !== undefined && field.secret !== 'own' ? true : field.type === 'hash';
}

function memberOf(collection: Collection, field: Field): Member {
  const relation = collection.relations.get(field.name);
  return relation?.kind === 'm2o' ? { is: 'one', name: field.name, field, relation } : { is: 'value', name: field.name, field };
}

function listOf(relation: Relation, schema: Schema): Member | undefined {
  const { name, listed } = relation;
  if (relation.kind === 'm2o') return undefined;
  if (relation.kind === 'm2m') return { is: 'many', name, listed, relation };
  const far = relation.junction === undefined ? undefined : schema.collections.get(relation.to)?.relations.get(relation.junction);
  return far?.kind === 'm2o' ? { is: 'many', name, listed, relation, far } : { is: 'join', name, listed, relation };
}

function draftStatusOf({ status }: Collection): DraftStatus | undefined {
  if (!status) return undefined;
  const { values, softDeleted, published: flagged } = status.mapping;
  const live = values.filter((value) => !softDeleted.includes(value));
  const published = flagged.length > 0 ? flagged : live.filter((value) => value === 'published');
  const drafts = live.filter((value) => !published.includes(value));
  return published.length === 0 ? undefined : { field: status.field, published, drafts };
}

/** The convention's names for columns of files (P-191). */
const mediaNames: ReadonlyMap<string, string> = new Map([
  ['description', 'alt'],
  ['filename_disk', 'filename'],
  ['type', 'mimeType'],
]);

/** Columns of files that are about where they lie. */
const ofStorage: ReadonlySet<string> = new Set(['private_hash', 'storage', 'charset', 'embed']);

const measuredColumns: ReadonlySet<string> = new Set([
  ...ofStorage,
  'filename_disk',
  'type',
  'filesize',
  'width',
  'height',
  'duration',
  'checksum',
  'uploaded_by',
  'uploaded_on',
]);
const none: ReadonlySet<string> = new Set();

const deletedNames: ReadonlySet<string> = new Set(['deletedat', 'deletedon']);
const plainName = (name: string): string => name.toLowerCase().replaceAll('_', '');

function translationsOf(collection: Collection, schema: Schema): Translations | undefined {
  for (const relation of collection.relations.values()) {
    if (relation.kind !== 'o2m' || !relation.translation) continue;
    const target = schema.collections.get(relation.to);
    if (!target?.lang) continue;
    const own = new Set([...target.key, target.lang, ...relation.join.map(({ to }) => to)]);
    const fields = new Map([...target.fields].filter(([, field]) => !own.has(field) && !isSecret(field)));
    return { relation, collection: target, language: target.lang, fields };
  }
  return undefined;
}

function make(collection: Collection, schema: Schema): Facts {
  const members = new Map<string, Member>();
  const slug = slugsOf(schema).of(collection) ?? collection.name;
  const isMedia = slug === mediaSlug;
  for (const field of collection.fields.values()) {
    if (isSecret(field) || (isMedia && ofStorage.has(field.name))) continue;
    const member = memberOf(collection, field);
    const name = (isMedia ? mediaNames.get(field.name) : undefined) ?? field.name;
    members.set(name, { ...member, name });
  }
  const translations = translationsOf(collection, schema);
  for (const relation of collection.relations.values()) {
    if (members.has(relation.name) || relation === translations?.relation) continue;
    const member = listOf(relation, schema);
    if (member) members.set(relation.name, member);
  }
  const uploaded = isMedia ? collection.fields.get('uploaded_on') : undefined;
  const created = uploaded ?? createdField(collection);
  const updated = uploaded ?? updatedField(collection);
  const status = draftStatusOf(collection);
  const trashed = collection.status?.mapping.softDeleted ?? [];
  const deleted = [...collection.fields.values()].find((field) => deletedNames.has(plainName(field.name)));
  return {
    collection,
    slug,
    members,
    trashed,
    isUsers: slug === usersSlug,
    isMedia,
    measured: isMedia ? measuredColumns : none,
    ...(created ? { created } : {}),
    ...(updated ? { updated } : {}),
    ...(status ? { status } : {}),
    ...(deleted ? { deleted } : {}),
    ...(translations ? { translations } : {}),
  };
}

const made = new WeakMap<Schema, Map<Collection, Facts>>();

/** The facts of a collection of that schema. */
export function factsOf(collection: Collection, schema: Schema): Facts {
  const known = made.get(schema) ?? new Map<Collection, Facts>();
  made.set(schema, known);
  let facts = known.get(collection);
  if (!facts) {
    facts = make(collection, schema);
    known.set(collection, facts);
  }
  return facts;
}

/**
 * The member that a request names: by its name, or a foreign key by the short spelling that leaves its suffix out where no field has that
 * name (P-05). Undefined for none.
 */
export function memberNamed({ members }: Facts, name: string): Member | undefined {
  const found = members.get(name);
  if (found) return found;
  for (const member of members.values()) {
    if (member.is === 'one' && shortSpellings(member.name).includes(name)) return member;
  }
  return undefined;
}

/** `artist_id` may be called `artist`; `ArtistId` `Artist` or `artist`. */
function shortSpellings(name: string): string[] {
  const short = /^(.+?)(?:_id|Id|ID)$/.exec(name)?.[1];
  return short === undefined ? [] : [short, short.slice(0, 1).toLowerCase() + short.slice(1)];
}
