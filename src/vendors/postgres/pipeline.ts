/**
 * The statements of one transaction: what is asked for in one turn of the event loop goes to the server in one write, and is answered in
 * one. After an error the server skips what was sent behind it; here it is the end of the transaction as well.
 */
import { LRUCache } from 'lru-cache';
import type { Client as RawConnection } from 'pg';
import { serialize } from 'pg-protocol';
import type { TextRow } from '../../dialect/types.ts';
import type { Statement } from '../../lib/fragment.ts';
import { checkValues } from './driver.ts';
import { isPrepared, mapped, type Wire } from './prepared-texts.ts';
import { nameOf } from './statements.ts';

export interface Pipeline {
  /** Runs a statement behind those before; its rows are told to `take`. Resolves with what `end` makes of how the server calls its end. */
  send<T>(statement: Statement, take: (row: TextRow) => void, end: (tag: string) => T): Promise<T>;
  /** `begin` and its like, before anything else. */
  open(text: string): void;
  /** Runs work of another kind on the connection when everything before has ended, and before everything behind. */
  alone<T>(work: () => Promise<T>, harmless?: (error: unknown) => boolean): Promise<T>;
  /**
   * Runs a statement that may be all the transaction does, without what opens it, where that did not go out yet; undefined where it did, and
   * where the server takes no such statement. With a row it is committed; else nothing has happened, and the transaction goes on.
   */
  whole(statement: Statement): Promise<TextRow[] | undefined> | undefined;
  /** Ends the transaction with what is asked for in this turn, in the same write. */
  commit(): Promise<string>;
  /** Waits for what is under way and lets nothing else through: it would run outside the transaction. */
  end(): Promise<void>;
  /** What ended the transaction. */
  readonly failure: { readonly error: unknown } | undefined;
}

interface Part {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly name: string | undefined;
  readonly take: (row: TextRow) => void;
  readonly done: (tag: string) => void;
  readonly fail: (error: unknown) => void;
  /** Called when all is over, the commit too; until then it may fail. It goes alone. */
  readonly settled?: () => void;
  /** Whether its error, before which nothing has happened, is not the end of the transaction. */
  readonly survives?: (error: unknown) => boolean;
}

/** The number of rows that a statement touched, which stands last in what the server calls its end. */
export function touchedBy(tag: string): number {
  const at = tag.lastIndexOf(' ');
  return at === -1 ? 0 : Number(tag.slice(at + 1)) || 0;
}

/** What opens the transaction: it goes with the first statement. */
interface Opening extends Part {
  readonly opens: true;
}

interface Solo {
  readonly run: () => Promise<void>;
}

/** The driver's connection, with what it knows to be parsed. */
interface ParsingWire extends Wire {
  readonly parsedStatements: Record<string, string>;
  on(event: 'parseComplete', listener: () => void): unknown;
  off(event: 'parseComplete', listener: () => void): unknown;
}

interface Packed {
  readonly bytes: Buffer;
  /** The parts that the server is asked to parse, in order. */
  readonly parses: readonly Part[];
}

const nobody = (): void => {};

/** What some tables make of a statement that does several things: their rules want it alone. */
const unsupported = '0A000';
const untaken = new LRUCache<string, true>({ max: 500 });

/** Parse where the server does not know the statement yet, Bind and Execute of each, and one Sync. */
function pack(raw: RawConnection, parts: readonly Part[]): Packed {
  const messages: Buffer[] = [];
  const parses: Part[] = [];
  for (const part of parts) {
    const { name, text, values } = part;
    if (name === undefined || (!isPrepared(raw, name, text) && !parses.some((one) => one.name === name))) {
      parses.push(part);
      messages.push(serialize.parse({ name: name ?? '', text }));
    }
    messages.push(serialize.bind({ statement: name ?? '', values: values as string[], valueMapper: mapped }), serialize.execute({}));
  }
  messages.push(serialize.sync());
  return { bytes: Buffer.concat(messages), parses };
}

/** `prepared` as in the driver's options; `known` makes ours of the server's errors. */
export function createPipeline(raw: RawConnection, prepared: boolean, known: (error: unknown) => unknown): Pipeline {
  const waiting: (Part | Solo)[] = [];
  let running = false;
  let scheduled = false;
  let over = false;
  let failure: Pipeline['failure'];
  let closing: Part | undefined;
  let committed = false;
  const idle: (() => void)[] = [];

  function refusal(): unknown {
    if (failure) return failure.error;
    return over ? new Error('The transaction is over') : undefined;
  }

  function add(part: Part | Solo): void {
    waiting.push(part);
    if (running || scheduled) return;
    scheduled = true;
    // Promises that are settled already have had their turn by then, and have added what they want as well.
    process.nextTick(next);
  }

  function next(): void {
    scheduled = false;
    running = false;
    if (closing && !waiting.some((part) => 'run' in part)) {
      waiting.push(closing);
      closing = undefined;
      over = true;
    }
    const [first] = waiting;
    if (!first) {
      for (const wake of idle.splice(0)) wake();
      return;
    }
    running = true;
    if ('run' in first) {
      waiting.shift();
      void first.run().then(next);
      return;
    }
    const solo = waiting.findIndex((part) => 'run' in part);
    submit(waiting.splice(0, solo === -1 ? waiting.length : solo) as Part[]);
  }

  function submit(parts: readonly Part[]): void {
    let at = 0;
    let unlisten = nobody;
    const failed = (error: unknown): void => {
      unlisten();
      if (parts[at]?.survives?.(error)) {
        at = parts.length;
        next();
        return;
      }
      failure ??= { error };
      // What waits behind was not sent, and is not going to be.
      const rest = [...parts.slice(at), ...waiting.splice(0), ...(closing ? [closing] : [])];
      closing = undefined;
      at = parts.length;
      for (const part of rest) if ('fail' in part) part.fail(error);
      next();
    };
    const query = {
      text: '',
      submit(wire: ParsingWire): Error | null {
        try {
          const { bytes, parses } = pack(raw, parts);
          let parsed = 0;
          // A statement stays parsed whatever becomes of it, and of its transaction.
          const note = (): void => {
            const part = parses[parsed++];
            if (part?.name !== undefined) wire.parsedStatements[part.name] = part.text;
          };
          wire.on('parseComplete', note);
          unlisten = () => wire.off('parseComplete', note);
          wire.stream.write(bytes);
          return null;
        } catch (error) {
          return error instanceof Error ? error : new Error(String(error));
        }
      },
      handleDataRow: (message: { fields: TextRow }) => parts[at]?.take(message.fields),
      handleCommandComplete(message: { text: string }) {
        const part = parts[at];
        // Constraints that wait are looked at with the commit, which comes behind this.
        if (part?.settled) return;
        at += 1;
        part?.done(message.text);
      },
      handleReadyForQuery() {
        parts[at]?.settled?.();
        unlisten();
        next();
      },
      handleError: failed,
      handleRowDescription: nobody,
      handleEmptyQuery: nobody,
      handlePortalSuspended: nobody,
    };
    raw.query(query);
  }

  function whole(statement: Statement): Promise<TextRow[] | undefined> | undefined {
    const { text, values } = statement;
    if (!scheduled || untaken.has(text) || !waiting.every((part) => 'opens' in part)) return undefined;
    const opening = waiting.splice(0);
    const goOn = (): void => void waiting.unshift(...opening);
    return new Promise((resolve, reject) => {
      checkValues(statement);
      const rows: TextRow[] = [];
      add({
        text,
        values,
        name: prepared ? nameOf(raw, text) : undefined,
        take: (row) => void rows.push(row),
        done: nobody,
        settled() {
          committed = rows.length > 0;
          over ||= committed;
          if (!committed) goOn();
          resolve(rows);
        },
        fail: (error) => reject(known(error)),
        survives(error) {
          if (Object(error).code !== unsupported) return false;
          untaken.set(text, true);
          goOn();
          resolve(undefined);
          return true;
        },
      });
    });
  }

  function ask<T>(statement: Statement, named: boolean, take: (row: TextRow) => void, end: (tag: string) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      checkValues(statement);
      const name = named ? nameOf(raw, statement.text) : undefined;
      const refused = refusal();
      if (refused !== undefined) return reject(known(refused));
      const done = (tag: string): void => resolve(end(tag));
      add({ text: statement.text, values: statement.values, name, take, done, fail: (error) => reject(known(error)) });
    });
  }

  return {
    send: (statement, take, end) => ask(statement, prepared, take, end),
    whole,
    commit: () =>
      new Promise((done, fail) => {
        if (committed) return done('COMMIT');
        const refused = refusal();
        if (refused !== undefined) return fail(refused);
        closing = { text: 'commit', values: [], name: undefined, take: nobody, done, fail };
        if (running || scheduled) return;
        scheduled = true;
        process.nextTick(next);
      }),
    open(text) {
      // Its failure is that of the first statement, or of the commit.
      const opening: Opening = { opens: true, text, values: [], name: undefined, take: nobody, done: nobody, fail: nobody };
      add(opening);
    },
    alone(work, harmless = () => false) {
      return new Promise((done, fail) => {
        const run = async (): Promise<void> => {
          if (failure) return fail(failure.error);
          try {
            done(await work());
          } catch (error) {
            if (!harmless(error)) failure ??= { error };
            fail(error);
          }
        };
        const refused = refusal();
        if (refused === undefined) add({ run });
        else fail(refused);
      });
    },
    async end() {
      over = true;
      if (running || scheduled || waiting.length > 0) await new Promise<void>((wake) => idle.push(wake));
    },
    get failure() {
      return failure;
    },
  };
}
