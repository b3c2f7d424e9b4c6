/** /upload: files, their content by multipart forms (strapi-rest §13). */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { FileWrites } from '../../engine/file-writes.ts';
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import { keyedRow } from '../../engine/system-read.ts';
import { prepareWrite, type WriteSession, writing } from '../../engine/write.ts';
import { filledColumns, newFile, replacedContent, textIn } from '../../files/file-item.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, type Json, parseJsonBody } from '../../lib/json-body.ts';
import { eachItem } from '../../lib/json-members.ts';
import { collectionOf } from '../../query/bind.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import type { CallerContext } from '../caller.ts';
import { type Form, isForm, readForm, takeForms } from '../file-form.ts';
import { fresh } from '../fresh.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { keepingNamed, type Uploads, uploadsOf } from '../uploads.ts';
import { writeContext } from '../write-context.ts';
import { withinOutputs } from './answer.ts';
import { api } from './content.ts';
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
  return fresh(await callerOf(request), (context) => objectsOf(context, context, asked, wanted(context)));
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

type Ran = (write: (mutation: RequestedMutation, files?: FileWrites) => Promise<readonly string[]>) => Promise<readonly string[]>;

/** Runs the writes and reads the files they left, in one transaction. */
async function saved(request: FastifyRequest, context: CallerContext, hooks: SurfaceHooks, run: Ran): Promise<string[]> {
  const asked = { ...askedOf(request), query: {} };
  const within = writeContext(request, context, strapiNested, hooks);
  return writing(within, async (session: WriteSession) => {
    const keys = await run(async (mutation, files) => {
      const { syntax, filters } = within;
      const prepared = await prepareWrite({ ...session.within, syntax, ...(filters ? { filters } : {}) }, mutation, files ? { files } : {});
      return (await session.write(prepared)).flatMap(({ key }) => key ?? []);
    });
    return {
      plain: false,
      read: async (inside) => {
        try {
          return await objectsOf(context, inside, asked, { is: 'any', keys });
        } catch (error) {
          if (error instanceof GatewayError && error.kind === 'read_denied') return [];
          throw error;
        }
      },
    };
  });
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
  const objects = await keepingNamed(uploads, async () => {
    const form = await readForm(request, uploads);
    if (form.files.length === 0) throw empty();
    const infos = infosOf(form);
    const sent = form.files.map((_, i): RequestedItem => (infos.length === 1 ? infos[0] : infos[i]) ?? {});
    const items = form.files.map(({ name, received }, i) => newFile(sent[i] ?? {}, name, received, uploads.filing));
    const reference = referenceOf(context, form);
    return saved(request, context, hooks, async (write) => {
      const keys = await write({ is: 'create', collection: filesCollection, items }, writesOf(uploads, { items, sent }));
      const last = keys.at(-1);
      if (reference && last !== undefined) {
        const item = { [reference.field]: last };
        await write({ is: 'update', collection: reference.collection, changes: [{ key: reference.key, item }] });
      }
      return keys;
    });
  });
  return reply
    .code(askedOf(request).format === 'v5' ? 201 : 200)
    .type(jsonType)
    .send(`[${objects.join(',')}]`);
}

/** Says other things of a file, or gives it other content (S-183). */
async function change(request: FastifyRequest, reply: FastifyReply, hooks: SurfaceHooks, id: string): Promise<FastifyReply> {
  const context = await callerOf(request);
  const uploads = uploadsOf(context, 'update');
  const key = keyNamed(filesOf(context), id);
  await keyedRow(context, filesCollection, key, ['filename_download']);
  const objects = await keepingNamed(uploads, async () => {
    const form: Form = isForm(request) ? await readForm(request, uploads) : { files: [], fields: {}, sent: sentOf(request) };
    const [file, ...more] = form.files;
    if (more.length > 0) throw new GatewayError('validation', { message: 'files: one file takes the place of another', field: 'files' });
    const [said = {}] = infosOf(form);
    const item = file ? replacedContent(said, file.received, uploads.filing) : said;
    return saved(request, context, hooks, (write) =>
      write(
        { is: 'update', collection: filesCollection, changes: [{ key, item }] },
        file ? writesOf(uploads, { items: [item], sent: [said] }) : undefined,
      ),
    );
  });
  return reply.type(jsonType).send(objects[0] ?? '{}');
}

function sentOf({ body }: FastifyRequest): Form['sent'] {
  const value = (body ?? null) as Json;
  return isJsonObject(value) ? Object.entries(value) : [];
}

async function remove(request: FastifyRequest<FileParams>, reply: FastifyReply, hooks: SurfaceHooks): Promise<FastifyReply> {
  const context = await callerOf(request);
  const key = keyNamed(filesOf(context), request.params.id);
  const asked = { ...askedOf(request), query: {} };
  const [object] = await objectsOf(context, context, asked, { is: 'any', keys: [key] });
  if (object === undefined) throw new GatewayError('item_not_found');
  await saved(request, context, hooks, (write) => write({ is: 'delete', collection: filesCollection, keys: [key] }));
  return reply.type(jsonType).send(object);
}

export const uploadRoutes: FastifyPluginAsync<{ readonly hooks: SurfaceHooks }> = async (app, { hooks }) => {
  await takeForms(app);
  const path = `${api}/upload`;
  onlyMethods(app, path, ['POST']);
  onlyMethods(app, `${path}/files`, ['GET']);
  app.get(`${path}/files`, list);
  app.get<FileParams>(`${path}/files/:id`, one);
  app.delete<FileParams>(`${path}/files/:id`, (request, reply) => remove(request, reply, hooks));
  app.post(path, async (request, reply) => {
    const { id } = askedOf(request).query;
    return typeof id === 'string' && id !== '' ? change(request, reply, hooks, id) : create(request, reply, hooks);
  });
};
