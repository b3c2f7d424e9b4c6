/** One statement on one raw connection: named when it repeats, its values as the text the server sent. */
import type { Client as RawConnection } from 'pg';
import type { Row, TextRow } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { isForgotten } from './errors.ts';
import type { PlanChoices } from './plan-choice.ts';
import { planModeOf, planModeSet, settingOf } from './plan-mode.ts';
import { isPrepared, preparedTexts } from './prepared-texts.ts';
import { forget, nameOf } from './statements.ts';
import { queryWithin } from './time-limit.ts';

export interface Answer {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly touched: number;
}

/** The protocol counts parameters in sixteen bits; more would end the connection. */
const mostValues = 65_535;

/** Nothing is decoded: numbers keep their digits, and times the server's own spelling. */
export const undecoded = { getTypeParser: () => (text: string) => text };

/** @throws GatewayError limit_exceeded when there are more values than the protocol can carry */
export function checkValues(statement: Statement): void {
  if (statement.values.length > mostValues) {
    throw new GatewayError('limit_exceeded', { message: 'The query holds more values than the database can take' });
  }
}

export interface SendOptions {
  readonly prepared: boolean;
  readonly repeat: boolean;
  /** See StatementLimits. */
  readonly timeout?: number | undefined;
  /** How prepared statements are planned; as the server likes it without them, and in transactions. */
  readonly plans?: PlanChoices | undefined;
  /** See PreparedOptions. */
  readonly took?: ((text: string, milliseconds: number) => void) | undefined;
}

/**
 * Runs a statement. `repeat` allows a second run under no name when the server refuses the prepared one, which it does before
 * running anything; inside a transaction the refusal has already ended it, and the connection is not to be used after it.
 *
 * @throws what `checkValues` and the driver throw
 */
export async function send(raw: RawConnection, statement: Statement, options: SendOptions): Promise<Answer> {
  const name = nameFor(raw, statement, options);
  try {
    return await once(raw, statement, name, options);
  } catch (error) {
    return unnamed(raw, statement, name, options, error);
  }
}

/** As `send`, for the texts of the rows alone, as they come where the connection has prepared the statement. */
export async function sendEach(
  raw: RawConnection,
  statement: Statement,
  options: SendOptions,
  begin: () => (row: TextRow) => void,
): Promise<void> {
  const name = nameFor(raw, statement, options);
  try {
    if (name !== undefined && isPrepared(raw, name, statement.text)) return await preparedTexts(raw, statement, name, begin(), options);
    (await once(raw, statement, name, options)).rows.forEach(begin());
  } catch (error) {
    (await unnamed(raw, statement, name, options, error)).rows.forEach(begin());
  }
}

/** Leaves planning to the server, where the last statement did not. */
async function unplanned(raw: RawConnection): Promise<void> {
  if (planModeOf(raw) === 'auto') return;
  await raw.query(settingOf('auto'));
  planModeSet(raw, 'auto');
}

function nameFor(raw: RawConnection, statement: Statement, options: SendOptions): string | undefined {
  checkValues(statement);
  return options.prepared ? nameOf(raw, statement.text) : undefined;
}

/** The second run after an error, where the error is that the server refuses the name. */
async function unnamed(
  raw: RawConnection,
  statement: Statement,
  name: string | undefined,
  options: SendOptions,
  error: unknown,
): Promise<Answer> {
  if (name === undefined || !isForgotten(error)) throw error;
  forget(raw, name);
  // The driver would otherwise believe that the server still knows the name.
  const parsed: unknown = Reflect.get(Reflect.get(raw, 'connection') ?? {}, 'parsedStatements');
  if (typeof parsed === 'object' && parsed !== null) Reflect.deleteProperty(parsed, name);
  if (!options.repeat) throw error;
  // A statement whose result changed shape still holds its name; one that is lost does not, which is no trouble.
  await raw.query(`deallocate "${name}"`).catch(() => undefined);
  return once(raw, statement, undefined, options);
}

async function once(raw: RawConnection, statement: Statement, name: string | undefined, { plans, timeout }: SendOptions): Promise<Answer> {
  if (plans) await unplanned(raw);
  const query = {
    text: statement.text,
    values: [...statement.values],
    rowMode: 'array' as const,
    types: undecoded,
    ...(name === undefined ? {} : { name }),
  };
  const result = await (timeout === undefined ? raw.query<(string | null)[]>(query) : queryWithin(raw, query, timeout));
  return { rows: result.rows, fields: result.fields, touched: result.rowCount ?? 0 };
}

const boolean = 16;
const bytes = 17;
/** int2, int4, oid. */
const small = new Set([21, 23, 26]);

function safe(text: string | null, type: number): unknown {
  if (text === null) return null;
  if (type === boolean) return text === 't';
  if (small.has(type)) return Number(text);
  if (type === bytes) return Buffer.from(text.slice(2), 'hex');
  return text;
}

/** Rows by column name: small integers as numbers, truth as boolean, bytes as a buffer, everything else as its text. */
export function objects({ rows, fields }: Answer): Row[] {
  return rows.map((row) => {
    const object: Row = {};
    for (let i = 0; i < fields.length; i += 1) {
      const field = fields[i];
      if (field) object[field.name] = safe(row[i] ?? null, field.dataTypeID);
    }
    return object;
  });
}
