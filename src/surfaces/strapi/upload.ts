/** /upload: files, their content by multipart forms (strapi-rest §13). */

import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { dryRun } from '../../engine/dry-run.ts';
import type { FileWrites } from '../../engine/file-writes.ts';
import type { KeptAnswer } from '../../engine/keyed-requests.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { keyedRow } from '../../engine/system-read.ts';
import { type WriteAnswer, type WriteSession, writing } from '../../engine/write.ts';
import { filledColumns, newFile, replacedContent, textIn } from '../../files/file-item.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import { eachItem } from '../../lib/json-members.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import type { CallerContext } from '../caller.ts';
import { dryRunnable } from '../dry-run.ts';
import { type Form, formText, isForm, readForm, takeForms } from '../file-form.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { retryRequestOnSchemaChange } from '../schema-retry.ts';
import { keepingWritten, type Uploads, uploadsOf } from '../uploads.ts';
import { writeContext } from '../write-context.ts';
import { withinOutputs } from './answer.ts';
import { api } from './content.ts';
import { asksForDryRun, doneOnce, sendDryRun } from './done-once.ts';
import { filesCollection } from './file-object.ts';
import { strapiNested } from './nested-syntax.ts';
import { onlyMethods } from './only-methods.ts';
import { type Asked, parseRead, type Wanted } from './parse.ts';
import { jsonType } from './read.ts';
import { askedOf, callerOf, keyNamed, typeNamed } from './request.ts';
import { named, sightOf } from './sight.ts';

interface FileParams {
  Params: { id: string };
}

const filesOf = ({ schema }: Pick<ReadContext, 'schema'>) => collectionOf(schema, filesCollection);

/** Files as objects, each the JSON text of one. */
async function objectsOf(context: CallerContext, within: ReadContext, asked: Asked, wanted: Wanted): Promise<string[]> {
  const { read, entry } = parseRead(context, filesOf(context), asked, wanted, 'bare');
  const { texts } = await runRead(within, prepareRead(withinOutputs(within), read));
  const objects: string[] = [];
  eachItem(String(texts.between('[', ']')), (row) => objects.push(entry.make?.(row) ?? row));
  return objects;
}

async function readFiles(request: FastifyRequest, wanted: (context: CallerContext) => Wanted): Promise<string[]> {
  const asked = askedOf(request);
  return retryRequestOnSchemaChange(await callerOf(request), (context) => objectsOf(context, context, asked, wanted(context)));
}

async function list(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const objects = await readFiles(request, () => ({ is: 'list' }));
  return reply.type(jsonType).send(`[${objects.join(',')}]`);
}

async function one(request: FastifyRequest<FileParams>, reply: FastifyReply): Promise<FastifyReply> {
  const [object] = await readFiles(request, (context) => ({ is: 'entry', keys: [keyNamed(filesOf(context), request.params.id)] }));
  if (object === undefined) throw new GatewayError('item_not_found');
  return reply.type(jsonType).send(object);
}

/** What is said of a file, under the names of its columns. */
const saidAs: Readonly<Record<string, string>> = { name: 'filename_download', alternativeText: 'description', caption: 'title' };

/** `fileInfo`: one for all files, one for each, or a list of them. */
function infosOf(form: Form): RequestedItem[] {
  const infos = form.sent.filter(([name]) => name === 'fileInfo').flatMap(([, value]) => infoOf(value));
  return infos.map((info) =>
    Object.fromEntries(
      Object.entries(saidAs).flatMap(([name, column]): [string, Json][] => {
        const value = isJsonObject(info) && Object.hasOwn(info, name) ? info[name] : undefined;
        return value === undefined || value === null ? [] : [[column, value]];
      }),
    ),
  );
}

function infoOf(value: Json): readonly Json[] {
  if (typeof value !== 'string') return [value].flat();
  try {
    return [parseJsonBody(value)].flat();
  } catch {
    throw new GatewayError('validation', { message: 'fileInfo: this is no JSON', field: 'fileInfo' });
  }
}

/** The entry that files are for. */
interface Reference {
  readonly collection: string;
  readonly key: string;
  readonly field: string;
}

function referenceOf(context: CallerContext, form: Form): Reference | undefined {
  const [ref, refId, field] = ['ref', 'refId', 'field'].map((name) => textIn(form.fields, name));
  if (ref === undefined && refId === undefined && field === undefined) return undefined;
  const id = /^(?:api|plugin)::([^.]+)\./.exec(ref ?? '')?.[1] ?? ref ?? '';
  const { collection } = typeNamed(context, id);
  const sight = sightOf(context);
  const relation = named(sight, collection, field ?? '')?.relation;
  if (relation?.kind !== 'm2o' || relation.to !== filesCollection) {
    throw new GatewayError('validation', { message: `field: "${field ?? ''}" is no attribute that holds a file`, field: 'field' });
  }
  return { collection: collection.name, key: keyNamed(collection, refId ?? ''), field: relation.name };
}

interface Made {
  readonly items: readonly RequestedItem[];
  readonly sent: readonly RequestedItem[];
}

type Write = (mutation: RequestedMutation, files?: FileWrites) => Promise<readonly string[]>;

/** A write of files. */
interface FileWrite {
  /** What the request is known by when it is sent again. */
  readonly sent: string;
  /** Writes and tells the keys of the files to show, or shows files that are gone by now. */
  readonly run: (
    write: Write,
    session: WriteSession,
  ) => Promise<{ readonly keys: readonly string[] } | { readonly objects: readonly string[] }>;
  readonly status?: number;
  /** The answer's text, of the objects of the files. */
  readonly text: (objects: readonly string[]) => string;
}

/** Runs the writes and reads the files they left, in one transaction. */
async function answerFiles(
  request: FastifyRequest,
  reply: FastifyReply,
  context: CallerContext,
  hooks: SurfaceHooks,
  { sent, run, status = 200, text }: FileWrite,
): Promise<FastifyReply> {
  const asked = askedOf(request);
  const asDryRun = asksForDryRun(asked);
  const shown = { ...asked, query: {} };
  const within = writeContext(request, context, strapiNested, hooks, asDryRun);
  const work = async (session: WriteSession): Promise<WriteAnswer<KeptAnswer & { readonly body: string }>> => {
    const { syntax, filters } = within;
    const preparing = { ...session.within, syntax, ...(filters ? { filters } : {}) };
    const left = await run(async (mutation, files) => {
      const prepared = await prepareWrite(preparing, mutation, files ? { files } : {});
      return (await session.write(prepared)).flatMap(({ key }) => key ?? []);
    }, session);
    return {
      plain: false,
      async read(inside) {
        const objects =
          'objects' in left ? left.objects : await readable(() => objectsOf(context, inside, shown, { is: 'any', keys: left.keys }));
        return { status, body: text(objects), contentType: jsonType };
      },
    };
  };
  if (asDryRun) {
    const { answer, changes } = await dryRun(within, work);
    return sendDryRun(reply, context, answer.body, changes);
  }
  return doneOnce(request, reply, context, sent, (keep) =>
    writing(within, async (session) => {
      const { read } = await work(session);
      return {
        plain: false,
        async read(inside) {
          const answer = await read(inside);
          await keep?.(inside.connection, answer);
          return answer;
        },
      };
    }),
  );
}

/** Of what the caller may not read nothing is shown. */
async function readable(read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'read_denied') return [];
    throw error;
  }
}

const writesOf = ({ stored }: Uploads, { items, sent }: Made): FileWrites => ({
  stored: new Set([...stored, ...items.flatMap((item) => textIn(item, 'filename_disk') ?? [])]),
  filled: filledColumns(items, sent),
});

const empty = (): GatewayError => new GatewayError('validation', { message: 'Files are empty' });

async function create(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const context = await callerOf(request);
  const uploads = uploadsOf(context, 'create');
  if (!isForm(request)) throw empty();
  return keepingWritten(request, uploads, async () => {
    const form = await readForm(request, uploads);
    if (form.files.length === 0) throw empty();
    const infos = infosOf(form);
    const sent = form.files.map((_, i): RequestedItem => (infos.length === 1 ? infos[0] : infos[i]) ?? {});
    const items = form.files.map(({ name, received }, i) => newFile(sent[i] ?? {}, name, received, uploads.filing));
    const reference = referenceOf(context, form);
    return answerFiles(request, reply, context, hooks, {
      sent: formText(form),
      async run(write) {
        const keys = await write({ is: 'create', collection: filesCollection, items }, writesOf(uploads, { items, sent }));
        const last = keys.at(-1);
        if (reference && last !== undefined) {
          const item = { [reference.field]: last };
          await write({ is: 'update', collection: reference.collection, changes: [{ key: reference.key, item }] });
        }
        return { keys };
      },
      status: askedOf(request).format === 'v5' ? 201 : 200,
      text: (objects) => `[${objects.join(',')}]`,
    });
  });
}

/** Says other things of a file, or gives it other content (S-183). */
async function change(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks, id: string): Promise<FastifyReply> {
  const context = await callerOf(request);
  const uploads = uploadsOf(context, 'update');
  const key = keyNamed(filesOf(context), id);
  await keyedRow(context, filesCollection, key, ['filename_download']);
  return keepingWritten(request, uploads, async () => {
    const form: Form = isForm(request) ? await readForm(request, uploads) : { files: [], fields: {}, sent: sentOf(request) };
    const [file, ...more] = form.files;
    if (more.length > 0) throw new GatewayError('validation', { message: 'files: one file takes the place of another', field: 'files' });
    const [said = {}] = infosOf(form);
    const item = file ? replacedContent(said, file.received, uploads.filing) : said;
    const files = file ? writesOf(uploads, { items: [item], sent: [said] }) : undefined;
    return answerFiles(request, reply, context, hooks, {
      sent: formText(form),
      run: async (write) => ({ keys: await write({ is: 'update', collection: filesCollection, changes: [{ key, item }] }, files) }),
      text: ([object = '{}']) => object,
    });
  });
}

function sentOf({ body }: FastifyRequest): Form['sent'] {
  const value = (body ?? null) as Json;
  return isJsonObject(value) ? Object.entries(value) : [];
}

async function remove(request: FastifyRequest<FileParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const context = await callerOf(request);
  const key = keyNamed(filesOf(context), request.params.id);
  const shown = { ...askedOf(request), query: {} };
  return answerFiles(request, reply, context, hooks, {
    sent: '',
    async run(write, { within }) {
      const objects = await objectsOf(context, within, shown, { is: 'any', keys: [key] });
      if (objects.length === 0) throw new GatewayError('item_not_found');
      await write({ is: 'delete', collection: filesCollection, keys: [key] });
      return { objects };
    },
    text: ([object = '{}']) => object,
  });
}

/** Files listed, read and deleted, and uploaded, anew or (`?id=`) into a file that is there. */
export const uploadRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  await takeForms(app);
  const path = `${api}/upload`;
  onlyMethods(app, path, ['POST']);
  onlyMethods(app, `${path}/files`, ['GET']);
  onlyMethods(app, `${path}/files/:id`, ['GET', 'DELETE']);
  app.get(`${path}/files`, list);
  app.get<FileParams>(`${path}/files/:id`, one);
  app.delete<FileParams>(`${path}/files/:id`, dryRunnable, (request, reply) => remove(request, reply, hooks));
  app.post(path, dryRunnable, async (request, reply) => {
    const { id } = askedOf(request).query;
    return typeof id === 'string' && id !== '' ? change(request, reply, hooks, id) : create(request, reply, hooks);
  });
};
