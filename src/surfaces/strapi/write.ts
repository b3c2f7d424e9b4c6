/** Entries made, changed and deleted, each with its relations in one transaction, answered as they are read (strapi-rest §11). */
import { writerOf } from '../../access/write.ts';
import { lockRows } from '../../engine/lock-rows.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { prepareRead, type ReadContext, type ReadResult, runRead } from '../../engine/read.ts';
import { sampleKeys } from '../../engine/read-cache.ts';
import type { WriteContext, WriteSession } from '../../engine/write.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Json, JsonObject } from '../../lib/json-body.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { withinOutputs } from './answer.ts';
import { type WrittenItem, writtenItem } from './item.ts';
import { languageWritten } from './locale.ts';
import { type Asked, type Outline, parseRead, stateOf } from './parse.ts';
import { resolvedRelations } from './relation-writes.ts';
import { publishingOf, type Sight } from './sight.ts';
import { type Spoken, translationChange, translationKeys } from './translation-writes.ts';

/** A write, and what is known before it begins. */
export interface Writing {
  readonly context: CallerContext;
  readonly within: WriteContext;
  readonly sight: Sight;
  readonly collection: Collection;
  readonly asked: Asked;
}

interface Wrote {
  /** The key of what was written. */
  readonly key: string | undefined;
  /** The answer, where the entry is gone by now. */
  readonly before?: ReadResult;
}

/** Runs inside the transaction, more than once where others are in the way. */
export type Step = (session: WriteSession) => Promise<Wrote>;

/** The entry as the caller may read it, in whatever state it is; undefined where nothing of it may be read. */
export async function readBack(
  context: CallerContext,
  within: ReadContext,
  collection: Collection,
  asked: Asked,
  key: string | undefined,
  outline: Outline,
): Promise<ReadResult | undefined> {
  if (key === undefined) return undefined;
  return orNothing(async () => {
    const { read } = parseRead(context, collection, asked, { is: 'any', keys: [key] }, outline);
    return runRead(within, prepareRead(withinOutputs(within), read));
  });
}

/** What is read; undefined where the caller may read nothing of it. */
export async function orNothing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'read_denied') return undefined;
    throw error;
  }
}

/** What is wrong with the query is told before anything is written. */
export function checkQuery({ context, collection, asked }: Writing): void {
  const key = Array(Math.max(collection.key.length, 1)).fill(sampleKeys[0]).join(';');
  try {
    parseRead(context, collection, asked, { is: 'any', keys: [key] });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'read_denied') throw error;
  }
}

/** Whether the caller may do such a thing at all, before the body is looked at (S-204). */
export function demand({ context, collection }: Pick<Writing, 'context' | 'collection'>, action: 'create' | 'update' | 'delete'): void {
  const grant = writerOf(context.schema, context.rules, context.actor).grant(collection, action);
  const statuses = [undefined, ...(collection.status?.mapping.values ?? [])];
  const never = action === 'create' ? !statuses.some((status) => grant.creates(status)) : grant.rows(action).is === 'never';
  if (never) throw new GatewayError(`${action}_denied`, { collection: collection.name });
}

/** The status that an entry gets, where the body says nothing of its column (S-133, S-134). */
function statusColumns(writing: Writing, item: WrittenItem, does: 'create' | 'update'): JsonObject {
  const { sight, collection, asked, context } = writing;
  const publishing = publishingOf(sight, collection);
  if (!publishing || Object.hasOwn(item.columns, publishing.status.name)) return {};
  const { status, published, drafts } = publishing;
  const named = asked.query['status'] === undefined ? undefined : stateOf({ status: asked.query['status'] }) === 'draft';
  const told = item.publishedAt === undefined ? undefined : item.publishedAt === null;
  const draft = told ?? (does === 'create' || asked.format === 'v5' ? named : undefined);
  if (does === 'update') return draft === undefined ? {} : column(status.name, draft ? drafts[0] : published[0]);
  // Who may not choose a status leaves it to the column.
  const grant = writerOf(context.schema, context.rules, context.actor).grant(collection, 'create');
  const value = draft ? drafts[0] : published[0];
  if (value === undefined || grant.forbidden([status.name], value) !== undefined || !grant.chooses(value, undefined)) return {};
  return column(status.name, value);
}

const column = (name: string, value: Json | undefined): JsonObject => (value === undefined ? {} : { [name]: value });

function spokenIn({ asked }: Writing, item: WrittenItem): Spoken {
  const named = languageWritten(asked.query['locale']) ?? languageWritten(item.locale);
  const { usual = 'en' } = asked;
  return { code: named ?? usual, usual: named === undefined || named === usual };
}

/** Whether the body or the query says something of a language. */
function speaks({ asked }: Writing, item: WrittenItem): boolean {
  return (
    item.localised !== undefined && (Object.keys(item.texts).length > 0 || item.locale !== undefined || asked.query['locale'] !== undefined)
  );
}

/** Makes an entry, or changes the one of that key. */
export function saving(writing: Writing, data: JsonObject, key?: string): { readonly step: Step; readonly asked: Asked } {
  const { sight, collection, within, asked } = writing;
  const does = key === undefined ? 'create' : 'update';
  const item = writtenItem(sight, collection, data, does);
  const columns: RequestedItem = { ...item.columns, ...statusColumns(writing, item, does) };
  const spoken = spokenIn(writing, item);
  const inLocale =
    item.locale === undefined || asked.query['locale'] !== undefined ? asked : { ...asked, query: { ...asked.query, locale: item.locale } };
  return {
    asked: inLocale,
    async step(session) {
      // Whoever else writes the same entry waits until what hangs on it is compared and written.
      if (key !== undefined && (item.relations.length > 0 || item.localised)) await lockRows(session, collection.name, [key]);
      const relations = await resolvedRelations(session.within, sight, collection, key, item.relations);
      const { localised } = item;
      const texts =
        localised && speaks(writing, item)
          ? { [localised.relation.name]: [await translationChange(session.within, sight, collection, key, localised, spoken, item.texts)] }
          : {};
      const whole: RequestedItem = { ...columns, ...relations, ...texts };
      const mutation: RequestedMutation =
        key === undefined
          ? { is: 'create', collection: collection.name, items: [whole] }
          : { is: 'update', collection: collection.name, changes: [{ key, item: whole }] };
      const [row] = await session.write(await prepareWrite(preparing(within, session), mutation, {}));
      return { key: row?.key ?? key };
    },
  };
}

/** Within the transaction, with what extensions filter. */
const preparing = ({ syntax, filters }: WriteContext, { within }: WriteSession) => ({ ...within, syntax, ...(filters ? { filters } : {}) });

/** Deletes the entry of that key with its translations, or the translation of the language that the query names. */
export function deleting(writing: Writing, key: string, outline: Outline = 'wrapped'): { readonly step: Step } {
  const { context, sight, collection, within, asked } = writing;
  const localised = writtenItem(sight, collection, {}, 'update').localised;
  const named = languageWritten(asked.query['locale']);
  return {
    async step(session) {
      const inside = session.within;
      const before = await readBack({ ...context, ...inside, connection: context.connection }, inside, collection, asked, key, outline);
      const write = async (mutation: RequestedMutation): Promise<void> => {
        await session.write(await prepareWrite(preparing(within, session), mutation, {}));
      };
      const spoken = named === undefined ? undefined : { code: named, usual: false };
      const texts = localised ? await translationKeys(inside, sight, collection, key, localised, spoken) : [];
      if (localised && named !== undefined && texts.length === 0) throw new GatewayError('item_not_found', { id: key });
      if (localised && texts.length > 0) {
        const gone = texts.map((deleteKey) => ({ deleteKey }));
        await write({ is: 'update', collection: collection.name, changes: [{ key, item: { [localised.relation.name]: gone } }] });
      }
      if (!localised || named === undefined) await write({ is: 'delete', collection: collection.name, keys: [key] });
      return { key, ...(before ? { before } : {}) };
    },
  };
}
