/** Settings: rows of key and value, whose list and single writes know the type of each value (directus8-system §11). */
import type { FastifyPluginAsync } from 'fastify';
import type { ReadContext, ReadResult } from '../../engine/read.ts';
import { systemRows } from '../../engine/system-read.ts';
import { joinTexts } from '../../lib/joined-texts.ts';
import { isJsonObject, type Json, jsonTextOf, numberText, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { explainable } from '../explain-hook.ts';
import type { DirectusContext } from './context.ts';
import { sendList } from './list.ts';
import { sendRead } from './read.ts';
import { pathKeys } from './system.ts';
import type { Writing } from './write.ts';

const settings = 'directus_settings';

const described: RequestedFilter = { is: 'compare', path: ['collection'], operator: 'eq', value: settings };

/** The type of each setting that a form speaks of. */
async function typesOf(context: ReadContext): Promise<ReadonlyMap<string, string>> {
  const rows = await systemRows(context, 'directus_fields', { where: described, fields: ['field', 'type'] });
  return new Map(rows.map(({ field, type }) => [String(field), String(type).toLowerCase()]));
}

/** The files of those ids, by id. */
async function filesOf(context: ReadContext, ids: readonly string[]): Promise<ReadonlyMap<string, Json>> {
  if (ids.length === 0) return new Map();
  const rows = await systemRows(context, 'directus_files', { keys: ids });
  return new Map(rows.map((row) => [idText(row['id'] ?? null) ?? '', row]));
}

function idText(value: Json): string | undefined {
  const text = typeof value === 'string' ? value : numberText(value);
  return text !== undefined && /^\d{1,9}$/.test(text) ? text : undefined;
}

const isTrue = (text: string): boolean => !['', '0', 'false'].includes(text.toLowerCase());

function typed(type: string | undefined, value: Json, files: ReadonlyMap<string, Json>): Json {
  const text = typeof value === 'string' ? value : '';
  if (type === 'file') return files.get(idText(text) ?? '') ?? null;
  if (type === 'boolean') return isTrue(text);
  if (type !== 'integer') return value;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** The result with other rows. */
function reshaped(result: ReadResult, rows: readonly Json[]): ReadResult {
  const texts = joinTexts();
  for (const row of rows) texts.add(jsonTextOf(row));
  return { ...result, texts };
}

function rowsIn({ texts }: ReadResult): Json[] {
  const rows = parseJsonBody(String(texts.between('[', ']')));
  return Array.isArray(rows) ? [...rows] : [];
}

/** The values of a list as what they stand for; without its key a value is a text. */
async function typedValues(context: ReadContext, result: ReadResult): Promise<ReadResult> {
  const rows = rowsIn(result).map((row) => (isJsonObject(row) ? row : {}));
  const types = await typesOf(context);
  const typeOf = (row: RequestedItem): string | undefined => (typeof row['key'] === 'string' ? types.get(row['key']) : undefined);
  const ids = rows.flatMap((row) => (typeOf(row) === 'file' ? (idText(row['value'] ?? null) ?? []) : []));
  const files = await filesOf(context, [...new Set(ids)]);
  return reshaped(
    result,
    rows.map((row) => (Object.hasOwn(row, 'value') ? { ...row, value: typed(typeOf(row), row['value'] ?? null, files) } : row)),
  );
}

/** A value as its text is stored. */
function storedText(type: string | undefined, value: Json): Json {
  if (value === '' && type !== undefined) return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  const number = numberText(value);
  if (number !== undefined) return number;
  if (type === 'file' && isJsonObject(value)) return idText(value['id'] ?? null) ?? null;
  if (type === 'array' && Array.isArray(value)) return value.map((part) => (typeof part === 'string' ? part : jsonTextOf(part))).join(',');
  return type === 'json' && value !== null && typeof value === 'object' ? jsonTextOf(value) : value;
}

/** Whether a write is of one setting: only those know types. */
export function shapesSetting({ request, single }: Writing): boolean {
  return single && (request.is === 'create' || request.is === 'update' || request.is === 'upsert');
}

/** The write with its value as it is stored; answered with the value as it was sent. */
export async function settingWriting(context: DirectusContext, writing: Writing): Promise<Writing> {
  const { request } = writing;
  const [change] = request.is === 'update' ? request.changes : [];
  const item = change?.item ?? ('items' in request ? request.items[0] : undefined);
  if (!item || !Object.hasOwn(item, 'value')) return writing;
  const value = item['value'] ?? null;
  const id = change && idText(change.key);
  const [row] = id === undefined ? [] : await systemRows(context, settings, { keys: [id], fields: ['key'] });
  const type = (await typesOf(context)).get(String(item['key'] ?? row?.['key']));
  const stored = { ...item, value: storedText(type, value) };
  const changed =
    request.is === 'update' ? { ...request, changes: [{ key: change?.key ?? '', item: stored }] } : { ...request, items: [stored] };
  return {
    ...writing,
    request: changed as Writing['request'],
    async shape(within, result) {
      const sent = isJsonObject(value) ? (value['id'] ?? null) : value;
      const file = type === 'file' ? idText(sent) : undefined;
      const shown = type === 'file' ? ((await filesOf(within, file === undefined ? [] : [file])).get(file ?? '') ?? null) : value;
      return reshaped(
        result,
        rowsIn(result).map((one) => (isJsonObject(one) && Object.hasOwn(one, 'value') ? { ...one, value: shown } : one)),
      );
    },
  };
}

/** Settings as a list, one by its number, and their fields. */
export const settingRoutes: FastifyPluginAsync = async (app) => {
  app.get('/:project/settings', explainable, async (request, reply) => sendList(request, reply, settings, { shape: typedValues }));

  app.get('/:project/settings/fields', explainable, async (request, reply) =>
    sendList(request, reply, 'directus_fields', { within: () => described }),
  );

  app.get<{ Params: { id: string } }>('/:project/settings/:id', explainable, async (request, reply) => {
    return sendRead(request, reply, { collection: settings, keys: () => pathKeys('settings', request.params.id) });
  });
};
