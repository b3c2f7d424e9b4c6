/** Versions: what the revisions of documents say of them, and bringing one back (payload-rest P-32). None are invented. */
import type { FastifyReply } from 'fastify';
import { prepareRead, runRead } from '../../engine/read.ts';
import { revertedItem } from '../../engine/revert.ts';
import { GatewayError } from '../../lib/errors.ts';
import { joinTexts } from '../../lib/joined-texts.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, jsonTextOf, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { RequestedFilter, RequestedRead } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { answerOne, merged } from './answer-write.ts';
import { callerOf, shapeOf } from './context.ts';
import { hiding } from './documents.ts';
import { documentsRead, offsetOf, uncounted } from './find.ts';
import { pageText } from './page.ts';
import { type Page, type Parameters, pageOf, whereValue } from './parameters.ts';
import { sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import type { Shape } from './shape.ts';
import { versionOf } from './version.ts';
import { versionFilter, versionOrder } from './version-names.ts';
import { updateDocument } from './write.ts';

const revisionsTable = 'directus_revisions';

interface Versions {
  readonly context: CallerContext;
  readonly shape: Shape;
  /** Whose versions. */
  readonly collection: Collection;
  readonly revisions: Collection;
  readonly parameters: Parameters;
}

/** Throws `read_denied` where the caller may read nothing of the collection, or nothing of its history. */
function versionsOf(context: CallerContext, name: string, parameters: Parameters): Versions {
  const { collections } = context.schema;
  const [collection, revisions] = [collections.get(name), collections.get(revisionsTable)];
  if (!collection) throw new GatewayError('route_not_found');
  const shape = shapeOf(context, parameters);
  const denied = [collection, revisions].find((one) => !one || !shape.visible.collection(one));
  if (denied || !revisions) throw new GatewayError('read_denied', { collection: name });
  return { context, shape, collection, revisions, parameters };
}

/** The moment stands in the activity, where that may be read. */
function templateOf({ shape, revisions }: Versions): RequestedTemplate {
  const activity = revisions.relations.get('activity');
  const told = activity && shape.schema.collections.get(activity.to);
  const moment: [string, RequestedOutput][] =
    activity && told && shape.visible.relation(activity) && shape.visible.collection(told)
      ? [
          [
            'activity',
            { is: 'relation', name: 'activity', of: new Map([['action_on', { is: 'field', name: 'action_on', form: 'instant' }]]) },
          ],
        ]
      : [];
  return new Map([...['id', 'item', 'data'].map((name): [string, RequestedOutput] => [name, { is: 'field', name }]), ...moment]);
}

const ofCollection = ({ collection }: Versions): RequestedFilter => ({
  is: 'compare',
  path: ['collection'],
  operator: 'eq',
  value: collection.name,
});

async function rowsOf(versions: Versions, read: Partial<RequestedRead>): Promise<{ rows: JsonObject[]; total: number | undefined }> {
  const { context, revisions } = versions;
  const within = { within: ofCollection(versions), counts: uncounted };
  const asked = { ...documentsRead(revisions, templateOf(versions), new Map()), ...within, ...read };
  const { texts, counts } = await runRead(context, prepareRead(context, asked));
  const list = parseJsonBody(String(texts.between('[', ']')));
  return { rows: isJsonList(list) ? list.filter(isJsonObject) : [], total: counts.filtered };
}

async function pageOfVersions(versions: Versions, page: Page): Promise<string | Buffer> {
  const { shape, revisions, collection, parameters } = versions;
  const where = versionFilter(shape, revisions, collection, whereValue(parameters.get('where')));
  const { rows, total } = await rowsOf(versions, {
    ...(where ? { where } : {}),
    order: versionOrder(shape, revisions, parameters.get('sort')),
    offset: page.limit === 0 ? 0 : offsetOf(page),
    ...(page.limit === 0 ? {} : { limit: page.limit }),
    counts: { ...uncounted, filtered: page.paged },
  });
  const texts = joinTexts();
  for (const row of rows) texts.add(jsonTextOf(versionOf(shape, collection, row)));
  return pageText(texts, page, total);
}

/** The row of that version. Throws `item_not_found` for one of another collection, and for what is no id. */
async function versionRow(versions: Versions, id: string): Promise<JsonObject> {
  const { rows } = /^\d{1,18}$/.test(id) ? await rowsOf(versions, { keys: [id] }) : { rows: [] };
  const [row] = rows;
  if (!row) throw new GatewayError('item_not_found', { id });
  return row;
}

async function reading(
  { asking, reply }: Serving,
  name: string,
  read: (versions: Versions) => Promise<string | Buffer>,
): Promise<FastifyReply> {
  const text = await retryRequestOnSchemaChange(await callerOf(asking), (context) => read(versionsOf(context, name, asking.parameters())));
  return sendText(reply, text);
}

async function restore(serving: Serving, name: string, id: string): Promise<FastifyReply> {
  const parameters = serving.asking.parameters();
  return answerOne(serving, {
    name,
    parameters,
    async write(writes) {
      const { context, collection } = writes;
      const row = await versionRow(versionsOf(context, name, parameters), id);
      const key = String(row['item'] ?? '');
      const item = await revertedItem(context, name, key, id);
      return updateDocument(writes, key, {}, item, { revert: true }).catch((error: unknown) => {
        throw hiding({ ...writes, collection }, 'update', error);
      });
    },
    answer({ collection }, { text }) {
      const message = '"message":"Restored Successfully."';
      return { status: 200, text: collection.meta?.single ? `{"doc":${text},${message}}` : merged(text, `{${message}}`) };
    },
  });
}

/** The operation on versions that the segments behind `versions` name; undefined for none. Accounts and files are not brought back. */
export function versionOperation(
  serving: Serving,
  { name, system }: Collection,
  rest: readonly string[],
): Promise<FastifyReply> | undefined {
  const { method } = serving.asking;
  const [id, ...more] = rest;
  if (more.length > 0) return undefined;
  if (method === 'POST') return id === undefined || system ? undefined : restore(serving, name, id);
  if (method !== 'GET') return undefined;
  return reading(serving, name, async (versions): Promise<string | Buffer> => {
    if (id === undefined) return pageOfVersions(versions, pageOf(versions.parameters));
    const told: Json = versionOf(versions.shape, versions.collection, await versionRow(versions, id));
    return jsonTextOf(told);
  });
}
