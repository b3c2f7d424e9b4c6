/** `data` of a body as what is to be written: columns, relations, texts of a language (strapi-rest §11). */
import { GatewayError } from '../../lib/errors.ts';
import type { Json, JsonObject } from '../../lib/json-body.ts';
import { numberText } from '../../lib/json-body.ts';
import { needsValue } from '../../query/check-item.ts';
import type { Collection } from '../../schema/types.ts';
import { keyValues } from './keys.ts';
import { type Localised, localisedOf } from './locale.ts';
import { type RelationWrite, relationValue } from './relation-values.ts';
import { followed } from './relation-writes.ts';
import { leadOf, named, type Sight } from './sight.ts';

export interface WrittenItem {
  /** Values of columns. */
  readonly columns: JsonObject;
  readonly relations: readonly RelationWrite[];
  /** Texts of the entry's language. */
  readonly texts: JsonObject;
  readonly localised: Localised | undefined;
  /** `locale` of the body. */
  readonly locale: string | undefined;
  /** Undefined where the body says nothing of it; null asks for a draft. */
  readonly publishedAt: Json | undefined;
}

/** The key column of entries whose key the database makes is nobody's to write. */
function isGenerated({ key }: Collection): boolean {
  return key.length === 1 && key.every(({ column }) => column.autoIncrement || column.identityAlways === true);
}

/** The key that is to be made, out of `id` (S-151). */
function keyColumns(collection: Collection, value: Json): JsonObject {
  const text = typeof value === 'string' ? value : numberText(value);
  if (text === undefined) return {};
  const [only] = collection.key;
  if (only && collection.key.length === 1) return { [only.name]: value };
  const values = collection.key.length > 1 ? keyValues(collection, text) : undefined;
  return values ? Object.fromEntries(collection.key.map(({ name }, i): [string, Json] => [name, values[i] ?? null])) : {};
}

function wrong(field: string, what: string): GatewayError {
  return new GatewayError('validation', { message: `${field}: ${what} stands here`, field });
}

/** When an entry was published, as clients say it: any moment will do. */
function momentOrNull(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return value;
  const number = numberText(value);
  const moment = typeof value === 'string' ? Date.parse(value) : Number(number);
  if (Number.isNaN(moment)) throw wrong('publishedAt', 'a date or null');
  return value;
}

/** Reads `data`. Unknown names are left out: clients send back what they were given (S-151). */
export function writtenItem(sight: Sight, collection: Collection, data: JsonObject, does: 'create' | 'update'): WrittenItem {
  const columns: Record<string, Json> = {};
  const relations: RelationWrite[] = [];
  const texts: Record<string, Json> = {};
  const localised = localisedOf(sight, collection);
  const translated = new Set(localised?.fields.map(({ name }) => name));
  for (const [name, value] of Object.entries(data)) {
    if (translated.has(name)) {
      texts[name] = value;
      const own = collection.fields.get(name);
      // An entry is made with what its own table demands: the text that it begins with.
      if (does === 'create' && own && needsValue(collection, own)) columns[name] = value;
    } else if (name === 'id' && (does === 'update' || isGenerated(collection))) continue;
    else if (name === 'id' && !collection.fields.has('id')) Object.assign(columns, keyColumns(collection, value));
    else write(sight, collection, name, value, does, columns, relations);
  }
  const { locale, publishedAt } = data;
  if (localised && locale !== undefined && locale !== null && typeof locale !== 'string') throw wrong('locale', 'the code of a language');
  return {
    columns,
    relations,
    texts,
    localised,
    locale: typeof locale === 'string' && locale !== '' ? locale : undefined,
    publishedAt: collection.fields.has('publishedAt') ? undefined : momentOrNull(publishedAt),
  };
}

function write(
  sight: Sight,
  collection: Collection,
  asked: string,
  value: Json,
  does: 'create' | 'update',
  columns: Record<string, Json>,
  relations: RelationWrite[],
): void {
  const name = collection.fields.has(asked) || collection.relations.has(asked) ? asked : (named(sight, collection, asked)?.name ?? asked);
  const field = collection.fields.get(name);
  const relation = collection.relations.get(name);
  if (field?.primaryKey && (does === 'update' || isGenerated(collection))) return;
  if (relation && (!field || (relation.kind === 'm2o' && (value !== null || leadOf(sight, relation))))) {
    relations.push({ name, lead: followed(sight, relation, asked), value: relationValue(asked, value) });
  } else if (field) columns[name] = value;
}
