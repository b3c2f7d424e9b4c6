/** Writes for extensions: as one actor may, with hooks, history and webhooks like any request. */
import type { Actor } from '../../access/types.ts';
import { dryRun } from '../../engine/dry-run.ts';
import { prepareWrite } from '../../engine/prepare-write.ts';
import { type WriteAnswer, type WriteContext, type WriteSession, writing } from '../../engine/write.ts';
import type { ItemWriter } from '../../extensions/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonObject, parseJsonBody } from '../../lib/json-body.ts';
import { writePlainJson } from '../../lib/plain-json.ts';
import type { Project } from '../../projects/project.ts';
import type { RequestedItem, RequestedMutation } from '../../query/mutation.ts';
import { afterWrites } from '../after-writes.ts';
import { itemFiles } from '../item-files.ts';
import { retryOnSchemaChange } from '../schema-retry.ts';
import { directusNested } from './parse-nested.ts';

function itemOf(payload: unknown): RequestedItem {
  const value = parseJsonBody(writePlainJson(payload) ?? 'null');
  if (isJsonObject(value)) return value;
  throw new GatewayError('unprocessable', { message: 'An item is an object' });
}

export interface WriterOptions {
  /** Stands where requests have the name of their client. */
  readonly extension: string;
  readonly listeners: () => Pick<WriteContext, 'filters' | 'watch'>;
  /** The write that everything becomes part of. */
  readonly session?: WriteSession | undefined;
  /** Whether what it does is to be taken back at once. */
  readonly asDryRun?: boolean | undefined;
}

/** The writer of one actor. */
export function itemWriter(project: Project, actor: Actor, { extension, listeners, session, asDryRun }: WriterOptions): ItemWriter {
  const inSession = async ({ within, write }: WriteSession, request: RequestedMutation): Promise<readonly string[]> => {
    const { filters } = listeners();
    const prepared = await prepareWrite({ ...within, actor, syntax: directusNested, ...(filters ? { filters } : {}) }, request, {});
    return (await write(prepared)).map(({ key }) => key ?? '');
  };
  const once = async (request: RequestedMutation): Promise<readonly string[]> => {
    const { limits, sealer, schemas, rules } = project;
    const connection = project.replicas?.writing(actor) ?? project.connection;
    const caller = { actor, schema: schemas.current, rules: rules.current, connection, limits, sealer };
    const files = itemFiles({ ...caller, project });
    const context: WriteContext = {
      ...caller,
      userAgent: extension,
      syntax: directusNested,
      store: files.store,
      ...afterWrites(project),
      ...listeners(),
    };
    try {
      const prepared = await prepareWrite(context, request, {});
      const work = async ({ write }: WriteSession): Promise<WriteAnswer<readonly string[]>> => {
        const rows = await write(prepared);
        return { plain: true, read: async () => rows.map(({ key }) => key ?? '') };
      };
      if (!asDryRun) return await writing(context, work);
      const { answer } = await dryRun(context, work);
      await files.settle();
      return answer;
    } catch (error) {
      await files.settle();
      throw error;
    }
  };
  const run = async (request: RequestedMutation): Promise<readonly string[]> => {
    if (session) return inSession(session, request);
    return retryOnSchemaChange(project, project.schemas.current, () => once(request));
  };
  return {
    create: (collection, items) => run({ is: 'create', collection, items: items.map(itemOf) }),
    async update(collection, keys, payload) {
      const item = itemOf(payload);
      await run({ is: 'update', collection, changes: keys.map((key) => ({ key: String(key), item })) });
    },
    async delete(collection, keys) {
      await run({ is: 'delete', collection, keys: keys.map(String) });
    },
  };
}
