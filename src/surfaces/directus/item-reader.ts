/** Reads for extensions: items as one actor may see them, through the engine like any request, but without hooks. */
import type { Actor } from '../../access/types.ts';
import { type ReadContext, read } from '../../engine/read.ts';
import type { ItemQuery, ItemReader } from '../../extensions/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { parsePlainJson } from '../../lib/plain-json.ts';
import type { Project } from '../../projects/project.ts';
import { defaultLimit } from '../default-limit.ts';
import { relativeFileData } from '../file-data.ts';
import { retryOnSchemaChange } from '../schema-retry.ts';
import { parseRead } from './parse.ts';
import { itemQuery } from './plain-query.ts';

type Rows = Awaited<ReturnType<ItemReader['list']>>;

/** The reader of one actor. Every read is of the schema and rules of its moment, or of the write that it is part of. */
export function itemReader(project: Project, actor: Actor, within?: ReadContext): ItemReader {
  const rows = async (collection: string, query: ItemQuery, keys?: readonly string[]): Promise<Rows> => {
    const { connection, limits, sealer, schemas, rules } = project;
    const once = async (): Promise<Rows> => {
      const context: ReadContext = within
        ? { ...within, actor }
        : { actor, schema: schemas.current, rules: rules.current, connection, limits, sealer, fileData: relativeFileData(project) };
      const asked = parseRead(collection, itemQuery(query), defaultLimit(context), keys);
      const { texts } = await read(context, asked.read);
      return parsePlainJson(String(texts.between('[', ']'))) as Rows;
    };
    return within ? once() : retryOnSchemaChange(project, schemas.current, once);
  };
  return {
    list: (collection, query) => rows(collection, query),
    async one(collection, key, query) {
      const [row] = await rows(collection, query, [String(key)]);
      if (!row) throw new GatewayError('item_not_found', { id: String(key) });
      return row;
    },
  };
}
