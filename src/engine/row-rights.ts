/** What somebody may do with one row, by the same rules as when it is done. */
import { readGrant } from '../access/grants.ts';
import { writerOf } from '../access/write.ts';
import { never } from '../query/filters.ts';
import { parseKey } from '../schema/keys.ts';
import type { Collection } from '../schema/types.ts';
import { compileQuestions } from '../sql/write.ts';
import type { ReadContext } from './read.ts';
import { templateOf, valueIn } from './row-text.ts';

export interface RowRights {
  readonly updates: boolean;
  readonly deletes: boolean;
  /** Of the row, where its collection has one. */
  readonly status: string | null | undefined;
  /** Fields and relations that may not be read in this row, beside those that may be in none. */
  readonly hidden: ReadonlySet<string>;
}

/** Undefined for a row that is not there, and for one that may not be read: nobody is told which it is. */
export async function rightsOfRow(context: ReadContext, collection: Collection, key: string): Promise<RowRights | undefined> {
  const { schema, rules, actor, connection } = context;
  const values = parseKey(collection, key);
  const reads = readGrant(collection, rules, actor, schema);
  if (!values || !reads) return undefined;
  const writes = writerOf(schema, rules, actor).find(collection);
  const unlimited = actor.is === 'user' && actor.admin;
  const { cases } = reads;
  const questions = [
    reads.rows(unlimited ? 'any' : undefined),
    writes?.rows('update') ?? never,
    writes?.rows('delete') ?? never,
    ...cases.map(({ when }) => when),
  ];
  const status = collection.status?.field;
  const template = templateOf(new Set([...collection.key, ...(status ? [status] : [])]));
  const { statement, write } = compileQuestions(collection, [values], template, questions, connection.dialect);
  const [cells] = await connection.texts(statement);
  if (!cells) return undefined;
  const [readable, updates, deletes, ...holds] = cells.slice(0, questions.length).map((cell) => cell === '1');
  if (!readable) return undefined;
  const found = status && valueIn(write(cells), status);
  return {
    updates: updates === true,
    deletes: deletes === true,
    status: status && (found === undefined ? null : String(found)),
    hidden: cases.find((_, i) => holds[i])?.hidden ?? new Set(),
  };
}
