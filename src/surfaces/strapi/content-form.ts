/** Entries sent as forms: `data` is their JSON, parts called `files.<attribute>` are stored as files and linked (strapi-rest S-161). */
import type { FastifyRequest } from 'fastify';
import { prepareWrite } from '../../engine/prepare-write.ts';
import type { WriteSession } from '../../engine/write.ts';
import { filledColumns, newFile, textIn } from '../../files/file-item.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import { type Form, formText, isForm, readForm } from '../file-form.ts';
import { keepingWritten, type Uploads, uploadsOf } from '../uploads.ts';
import { missingData } from './body.ts';
import { filesCollection } from './file-object.ts';
import { callerOf } from './request.ts';
import { leadOf, named } from './sight.ts';
import { type Step, saving, type Writing } from './write.ts';

/** A form that arrived, its files stored. */
export interface EntryForm {
  readonly data: JsonObject;
  readonly files: Form['files'];
  readonly uploads: Uploads;
  /** What it is known by when it is sent again. */
  readonly sent: string;
}

const prefix = 'files.';

/** Runs with the form, where the request brings one; what it stored goes again unless a row names it. `demand` throws what the caller may not do. */
export async function withForm<T>(
  request: FastifyRequest,
  demand: (context: Awaited<ReturnType<typeof callerOf>>) => void,
  run: (form: EntryForm | undefined) => Promise<T>,
): Promise<T> {
  if (!isForm(request)) return run(undefined);
  const context = await callerOf(request);
  demand(context);
  const uploads = uploadsOf(context, 'create');
  return keepingWritten(request, uploads, async () => {
    const form = await readForm(request, uploads);
    return run({ data: dataIn(form), files: form.files, uploads, sent: formText(form) });
  });
}

function dataIn({ fields }: Form): JsonObject {
  const { data: sent } = fields;
  if (sent === undefined) throw missingData();
  if (typeof sent !== 'string') {
    if (isJsonObject(sent)) return sent;
    throw missingData();
  }
  try {
    const data = parseJsonBody(sent);
    if (isJsonObject(data)) return data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new GatewayError('validation', { message: 'data: this is no JSON object', field: 'data' });
}

/** Makes or changes an entry, its files before it in the same transaction. */
export function savingForm(writing: Writing, { data, files, uploads }: EntryForm, key?: string): { readonly step: Step } {
  const attributes = files.map(({ field }) => attributeOf(writing, field));
  return {
    async step(session) {
      const linked: Record<string, Json> = {};
      if (files.length > 0) {
        const keys = await stored(session, writing, { files, uploads });
        for (const { name, many } of attributes) {
          const own = keys.filter((_, i) => attributes[i]?.name === name);
          linked[name] = many ? { connect: own } : (own.at(-1) ?? null);
        }
      }
      return saving(writing, { ...data, ...linked }, key).step(session);
    },
  };
}

function attributeOf({ sight, collection }: Writing, field: string): { readonly name: string; readonly many: boolean } {
  const name = field.startsWith(prefix) ? field.slice(prefix.length) : '';
  const relation = named(sight, collection, name)?.relation;
  const lead = relation && leadOf(sight, relation);
  if (lead?.end.name === filesCollection) return { name, many: lead.many };
  throw new GatewayError('validation', {
    message: `${field}: files are sent as files.<attribute>, of an attribute that holds files`,
    field,
  });
}

async function stored(
  session: WriteSession,
  { within: { syntax, filters } }: Writing,
  { files, uploads }: Pick<EntryForm, 'files' | 'uploads'>,
): Promise<string[]> {
  const items = files.map(({ name, received }) => newFile({}, name, received, uploads.filing));
  const names = new Set([...uploads.stored, ...items.flatMap((item) => textIn(item, 'filename_disk') ?? [])]);
  const mutation = { is: 'create', collection: filesCollection, items } as const;
  const writes = {
    stored: names,
    filled: filledColumns(
      items,
      items.map(() => ({})),
    ),
  };
  const prepared = await prepareWrite({ ...session.within, syntax, ...(filters ? { filters } : {}) }, mutation, { files: writes });
  return (await session.write(prepared)).map(({ key }) => key ?? '');
}
