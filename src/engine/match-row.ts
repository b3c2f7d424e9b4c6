/** Whether the rules of somebody are met by one row. */
import { readGrant } from '../access/grants.ts';
import { writeGrant } from '../access/write.ts';
import { GatewayError } from '../lib/errors.ts';
import { never } from '../query/filters.ts';
import { keyText, parseKey } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { compileRowMatch } from '../sql/row-match.ts';
import type { ReadContext } from './read.ts';
import { templateOf, valueIn } from './row-text.ts';

export interface RowMatch {
  readonly id: string;
  readonly status?: string | null;
  readonly allowed: boolean;
}

/** Asks the database of a row. Throws item_not_found where there is none. */
export async function matchRow(
  context: ReadContext,
  collection: Collection,
  id: string,
  action: 'read' | 'update' | 'delete',
): Promise<RowMatch> {
  const { schema, rules, actor, connection } = context;
  const key = parseKey(collection, id);
  if (!key) throw new GatewayError('item_not_found', { id });
  const rows =
    action === 'read'
      ? readGrant(collection, rules, actor, schema)?.rows('any')
      : writeGrant(collection, rules, actor, schema)?.rows(action);
  const field = collection.status?.field;
  const template = templateOf(new Set([...collection.key, ...(field ? [field] : [])]));
  const { statement, write } = compileRowMatch(collection, key, template, rows ?? never, connection.dialect);
  const [cells] = await connection.texts(statement);
  if (!cells) throw new GatewayError('item_not_found', { id });
  const status = field && valueIn(write(cells), field);
  return { id: keyText(key), ...(field ? { status: status === undefined ? null : String(status) } : {}), allowed: cells[0] === '1' };
}
