/** Runs reads: request to bound, to authorised, to one statement, to the texts of its rows. */
import type { ReadAccess } from '../access/read.ts';
import { readAccess } from '../access/read.ts';
import type { Actor, Rules, Warning } from '../access/types.ts';
import type { Reader, StatementLimits, TextRow } from '../dialect/types.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Fragment } from '../lib/fragment.ts';
import { type JoinedTexts, joinTexts, type TextJoiner } from '../lib/joined-texts.ts';
import type { Sealer } from '../lib/sealed-text.ts';
import type { Timings } from '../lib/timings.ts';
import { bindRead, collectionOf } from '../query/bind.ts';
import { bindingOf, type CursorPosition, cursorOf, positionOf } from '../query/cursor.ts';
import type { Limits } from '../query/limits.ts';
import type { ReadQuery, RequestedRead, Searched } from '../query/types.ts';
import type { Collection, Schema } from '../schema/types.ts';
import { overflownList } from '../sql/overflow.ts';
import { type CompiledRead, compileRead } from '../sql/read.ts';
import { type CountParts, countParts, type ReadCounts, readCounted } from './counts.ts';
import { type FileData, type FileRewrite, fileRewrite, withFileData } from './file-data.ts';
import { repeatedKey, sameKey } from './one-row-each.ts';

/** What a read runs with. A request keeps the schema and rules it started with. */
export interface ReadContext {
  readonly actor: Actor;
  readonly schema: Schema;
  readonly rules: Rules;
  /** The project's connection; or, for what is read inside a transaction, that. */
  readonly connection: Reader;
  readonly limits: Limits;
  /** Seals cursors. */
  readonly sealer: Sealer;
  /** A condition under which the actor is who he is taken for (see `ReadResult.proven`). */
  readonly proof?: Fragment | undefined;
  /** Nothing is written under it. */
  readonly readOnly?: boolean | undefined;
  /** Says what the addresses of files are. */
  readonly fileData?: FileData | undefined;
  /** Told how long each stage took, when somebody wants to know. */
  readonly timings?: Timings | undefined;
}

export interface ReadResult {
  readonly collection: Collection;
  /** One JSON object each, in order. A row of which nothing may be read is left out. */
  readonly texts: JoinedTexts;
  readonly counts: ReadCounts;
  /** How a text was looked for, where that is asked. `complete`: in all rows. */
  readonly searched?: Searched & { readonly complete: boolean };
  readonly warnings: readonly Warning[];
  /** Of a read that is followed: the cursor for what comes next, null when nothing does. */
  readonly cursor?: string | null;
  /** The same of every row, where that is asked. */
  readonly cursors?: readonly string[];
  /** False when the answer is empty because the context's proof failed, or may be. */
  readonly proven: boolean;
}

/** The access of the context's actor; a surface asks it what may be named. */
export function accessOf(context: ReadContext): ReadAccess {
  return readAccess(context.schema, context.rules, context.actor);
}

/** The setting's text; null when it is not set. */
export function nullsLast(rules: Rules): boolean {
  const setting = rules.settings.get('sort_null_last');
  return setting === undefined || setting === null || (setting !== '0' && setting !== 'false' && setting !== '');
}

/** A read up to its statement, which may run any number of times under the same schema and rules. */
export interface PreparedRead {
  readonly collection: Collection;
  /** Undefined when nothing of any row may be read. */
  readonly compiled?: CompiledRead;
  /** The keys of a row, in order; a row may lack some. */
  readonly columns: readonly string[];
  /** How a read with counts goes on when they take too long. */
  readonly parts?: CountParts;
  /** How a text is looked for, where that is asked. */
  readonly searched?: Searched;
  readonly warnings: readonly Warning[];
  /** Of a read that is followed: the rows asked for, and the cursor of the last one of them. */
  readonly follow?: Omit<Followed, 'after'>;
  /** Where its rows hold files. */
  readonly files?: FileRewrite;
  /** The one key that it asks for: of which there is one row. */
  readonly key?: string;
  /** Whether it depends on the time of day. */
  readonly dated: boolean;
  /** Whether it differs between users of one role. */
  readonly personal: boolean;
}

/**
 * Binds, authorises and compiles. Throws unknown_collection, read_denied (before any name of the request is looked at, so that the
 * answer says nothing about them), and what `bindRead` throws.
 */
export function prepareRead(context: ReadContext, request: RequestedRead): PreparedRead {
  const { schema, rules, connection } = context;
  const collection = collectionOf(schema, request.collection);
  const access = accessOf(context);
  if (!access.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  let dated = false;
  const at = new Date();
  const clock = (): Date => {
    dated = true;
    return at;
  };
  const bound = bindRead(request, schema, access.visible, context.limits, clock);
  context.timings?.mark('bind');
  const { query, warnings } = access.authorise(bound);
  context.timings?.mark('authorise');
  const columns = [...query.template.keys()];
  const counting = request.counts.filtered || request.counts.total || request.counts.byStatus;
  if (query.template.size === 0 && !counting) return { collection, columns, warnings, dated, personal: access.personal() };
  const last = nullsLast(rules);
  const follow = followed(context, request, query, { nullsLast: last, personal: access.personal() });
  const options = { nullsLast: last, proof: context.proof, follow };
  const compiled = compileRead(query, connection.dialect, options);
  context.timings?.mark('compile');
  const { searched } = query;
  const files = fileRewrite(query.template);
  const [key, ...others] = request.keys ?? [];
  const prepared = {
    collection,
    compiled,
    columns,
    warnings,
    dated,
    personal: access.personal(),
    ...(files ? { files } : {}),
    ...(key === undefined || others.length > 0 || query.each ? {} : { key }),
    ...(follow ? { follow } : {}),
    ...(searched && query.counts.search ? { searched } : {}),
  };
  return compiled.counted ? { ...prepared, parts: countParts(query, connection.dialect, options) } : prepared;
}

interface Followed {
  readonly after?: CursorPosition;
  readonly limit: number;
  readonly each: boolean;
  /** Rows come from the last to the first, and are turned back. */
  readonly backward: boolean;
  readonly cursor: (position: CursorPosition) => string;
}

/** Where the page begins, and how its last row is told. */
function followed(
  { actor, sealer }: ReadContext,
  request: RequestedRead,
  { order, limit = Number.POSITIVE_INFINITY }: ReadQuery,
  rules: { nullsLast: boolean; personal: boolean },
): Followed | undefined {
  if (!request.follow || order === 'random') return undefined;
  const user = rules.personal && actor.is === 'user' ? actor.id : '';
  const binding = bindingOf(request, order, rules.nullsLast, actor.is === 'system' ? '' : actor.role, user);
  const { after, backward = false, each = false } = request.follow;
  return {
    limit,
    each,
    backward,
    cursor: (position) => cursorOf(position, binding, sealer),
    ...(after === undefined ? {} : { after: positionOf(after, binding, sealer) }),
  };
}

/** Runs a prepared read: one statement, whatever the depth. */
export async function runRead(context: ReadContext, prepared: PreparedRead): Promise<ReadResult> {
  const { collection, compiled, warnings, parts, follow } = prepared;
  const { connection, limits } = context;
  const proven = context.proof === undefined;
  const texts = joinTexts();
  // No row is worth asking for.
  if (!compiled) return { collection, texts, counts: {}, warnings, proven, ...(follow ? { cursor: null } : {}) };
  const gathering = (one: CompiledRead): Gathering => gather(withFileData(one, prepared.files, context.fileData), texts, limits, follow);
  let found: Gathering | undefined;
  let counts: ReadCounts = {};
  if (parts) {
    const run = async (one: CompiledRead, within?: StatementLimits): Promise<Gathering> => {
      const gathered = gathering(one);
      await connection.each(one.statement, gathered.begin, within);
      gathered.end();
      return gathered;
    };
    ({ found, counts } = await readCounted(connection, compiled, parts, limits.countMilliseconds, run));
  } else {
    found = gathering(compiled);
    await connection.each(compiled.statement, found.begin);
    found.end();
  }
  context.timings?.mark('run');
  if (found?.refusal) throw found.refusal;
  if (prepared.key !== undefined && found && found.rows > 1) throw repeatedKey(collection, prepared.key);
  const cursor = follow && {
    cursor: found?.next ? follow.cursor(found.next) : null,
    ...(follow.each ? { cursors: (found?.positions ?? []).map(follow.cursor) } : {}),
  };
  // A number of rows that nothing was found beyond were all of them.
  const searched = prepared.searched && { ...prepared.searched, complete: prepared.searched.rows === null || counts.beyond === 0 };
  return { collection, texts, counts, warnings, proven: proven || (found?.rows ?? 0) > 0, ...cursor, ...(searched ? { searched } : {}) };
}

interface Gathering {
  begin(): (cells: TextRow) => void;
  /** To be called when all rows have come. */
  end(): void;
  rows: number;
  counts: string | null | undefined;
  refusal: GatewayError | undefined;
  /** The position of the last row of a full page that others follow. */
  next: CursorPosition | undefined;
  /** Of every row. */
  positions: CursorPosition[];
}

/** Writes rows as they come. They come from the driver, which must not be thrown at: a refusal is kept. */
function gather(compiled: CompiledRead, texts: TextJoiner, limits: Limits, follow: PreparedRead['follow']): Gathering {
  const { write, most = Number.POSITIVE_INFINITY, guarded, counted, sortKeys } = compiled;
  const full = follow?.limit ?? Number.POSITIVE_INFINITY;
  const backward = follow?.backward ?? false;
  let last: CursorPosition | undefined;
  let turned: string[] = [];
  const take = (cells: TextRow): void => {
    if (counted && found.rows === 0) found.counts = cells[0];
    found.rows += 1;
    if (sortKeys && found.rows === full) last = cells.slice(sortKeys.first, sortKeys.first + sortKeys.count);
    if (found.rows > full) {
      found.next = last;
      // A cursor behind the one would pass over the other.
      if (sortKeys && last?.every((cell, i) => cell === cells[sortKeys.first + i])) found.refusal = sameKey();
    }
    if (found.refusal || found.rows > full) return;
    if (found.rows > most) found.refusal = tooManyRows(most);
    const text = write(cells);
    if (text === undefined || text === '{}') return;
    const list = guarded ? overflownList(text) : undefined;
    if (list !== undefined) {
      found.refusal = tooLongList(list, limits);
      return;
    }
    if (backward) turned.push(text);
    else texts.add(text);
    if (sortKeys && follow?.each) found.positions.push(cells.slice(sortKeys.first, sortKeys.first + sortKeys.count));
  };
  const found: Gathering = {
    rows: 0,
    counts: undefined,
    refusal: undefined,
    next: undefined,
    positions: [],
    begin() {
      found.rows = 0;
      found.counts = undefined;
      found.refusal = undefined;
      found.next = undefined;
      found.positions = [];
      turned = [];
      texts.clear();
      return take;
    },
    end() {
      if (!backward) return;
      for (const text of turned.toReversed()) texts.add(text);
      found.positions.reverse();
    },
  };
  return found;
}

/** A row's JSON text; undefined for one that holds nothing. Throws too_many_rows where a list in it is too long. */
export function rowText(compiled: CompiledRead, cells: TextRow, limits: Limits): string | undefined {
  const text = compiled.write(cells);
  if (text === undefined || text === '{}') return undefined;
  const list = compiled.guarded ? overflownList(text) : undefined;
  if (list !== undefined) throw tooLongList(list, limits);
  return text;
}

/** Both, for a read that is not asked again. */
export async function read(context: ReadContext, request: RequestedRead): Promise<ReadResult> {
  return runRead(context, prepareRead(context, request));
}

/** The refusal of an answer with more rows than one may have. */
export function tooManyRows(most: number): GatewayError {
  return new GatewayError('too_many_rows', {
    message: `There are more than the ${most} rows that one answer may hold (pageRows); ask for pages by limit and offset, or for an export`,
  });
}

function tooLongList(name: string, { nestedRows }: Limits): GatewayError {
  return new GatewayError('too_many_rows', {
    message: `A list "${name}" has more than the ${nestedRows} rows that a nested list may hold (nestedRows); give it a limit`,
  });
}
