/** One statement on one raw connection: named when it repeats, its values as the text the server sent. */
import type { Client as RawConnection } from 'pg';
import type { Row } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Statement } from '../../lib/fragment.ts';
import { isForgotten } from './errors.ts';
import { forget, nameOf } from './statements.ts';

export interface Answer {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly touched: number;
}

/** The protocol counts parameters in sixteen bits; more would end the connection. */
const mostValues = 65_535;

/** Nothing is decoded: numbers keep their digits, and times the server's own spelling. */
const undecoded = { getTypeParser: () => (text: string) => text };

/**
 * Runs a statement. `repeat` allows a second run under no name when the server refuses the prepared one, which it does before
 * running anything; inside a transaction the refusal has already ended it, and the connection is not to be used after it.
 *
 * @throws GatewayError limit_exceeded when there are more values than the protocol can carry; else what the driver throws
 */
export async function send(raw: RawConnection, statement: Statement, options: { prepared: boolean; repeat: boolean }): Promise<Answer> {
  if (statement.values.length > mostValues) {
    throw new GatewayError('limit_exceeded', { message: 'The query holds more values than the database can take' });
  }
  const name = options.prepared ? nameOf(raw, statement.text) : undefined;
  try {
    return await once(raw, statement, name);
  } catch (error) {
    if (name === undefined || !isForgotten(error)) throw error;
    forget(raw, name);
    // The driver would otherwise believe that the server still knows the name.
    const parsed: unknown = Reflect.get(Reflect.get(raw, 'connection') ?? {}, 'parsedStatements');
    if (typeof parsed === 'object' && parsed !== null) Reflect.deleteProperty(parsed, name);
    if (!options.repeat) throw error;
    // A statement whose result changed shape still holds its name; one that is lost does not, which is no trouble.
    await raw.query(`deallocate "${name}"`).catch(() => undefined);
    return once(raw, statement, undefined);
  }
}

async function once(raw: RawConnection, statement: Statement, name: string | undefined): Promise<Answer> {
  const result = await raw.query<(string | null)[]>({
    text: statement.text,
    values: [...statement.values],
    rowMode: 'array',
    types: undecoded,
    ...(name === undefined ? {} : { name }),
  });
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
  return rows.map((row) => Object.fromEntries(fields.map((field, i) => [field.name, safe(row[i] ?? null, field.dataTypeID)])));
}
