/** Statements that find the rows by which a change of a column would lose something. */
import type { WireType } from '../../dialect/ddl.ts';
import type { Dialect } from '../../dialect/types.ts';
import { GatewayError } from '../../lib/errors.ts';
import { type Fragment, name, print, sql, trusted } from '../../lib/fragment.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { tableName } from '../../sql/scope.ts';
import type { Check } from './run-edit.ts';

const refused = (message: string): GatewayError => new GatewayError('schema_refused', { message });

const bits: Readonly<Record<string, number>> = { TINYINT: 8, SMALLINT: 16, MEDIUMINT: 24, INT: 32, BIGINT: 64 };

/** Smallest and largest value of each kind of integer; of unsigned ones where the vendor has them. */
export function rangeOf({ datatype, unsigned }: WireType, dialect: Dialect): readonly [least: bigint, most: bigint] | undefined {
  const size = bits[datatype];
  if (size === undefined) return undefined;
  const count = BigInt(size);
  if (unsigned && dialect.vendor === 'mysql2') return [0n, 2n ** count - 1n];
  return [-(2n ** (count - 1n)), 2n ** (count - 1n) - 1n];
}

const bytes: Readonly<Record<string, number>> = { TINYTEXT: 255, TEXT: 65_535, MEDIUMTEXT: 16_777_215 };

/** The condition under which a value of the column is not kept; `always` of any value, undefined of none. */
function lostWhere(field: Field, to: WireType, dialect: Dialect): Fragment | 'always' | undefined {
  const column = name(field.column.name);
  const sqlite = dialect.vendor === 'better-sqlite3';
  if (field.storage === 'text' && /CHAR|TEXT|JSON/.test(to.datatype)) {
    if (to.datatype === 'JSON') return 'always';
    const length = trusted(sqlite ? 'length' : 'char_length');
    if (to.length !== undefined) return sql`${length}(${column}) > ${trusted(String(to.length))}`;
    const most = bytes[to.datatype];
    return most !== undefined && dialect.vendor === 'mysql2' ? sql`octet_length(${column}) > ${trusted(String(most))}` : undefined;
  }
  const number = field.storage === 'integer' || field.storage === 'decimal' || field.storage === 'boolean';
  if (field.storage === 'boolean' && to.datatype in bits) return undefined;
  if (number && field.storage !== 'boolean' && to.truth) return sql`${column} not in (0, 1)`;
  const range = rangeOf(to, dialect);
  if (number && range) {
    const outside = sql`${column} < ${trusted(String(range[0]))} or ${column} > ${trusted(String(range[1]))}`;
    return field.storage === 'decimal' ? sql`${outside} or round(${column}, 0) <> ${column}` : outside;
  }
  if (number && field.storage !== 'boolean' && to.datatype === 'DECIMAL') {
    const scale = to.scale ?? 0;
    const most = trusted(`1${'0'.repeat((to.length ?? 10) - scale)}`);
    return sql`${column} <= -${most} or ${column} >= ${most} or round(${column}, ${trusted(String(scale))}) <> ${column}`;
  }
  if (field.storage === 'integer' && /CHAR|TEXT/.test(to.datatype) && (to.length ?? 20) >= 20) return undefined;
  if (field.storage === 'date' && (to.datatype === 'DATETIME' || (to.length ?? 0) >= 10)) return undefined;
  if (field.storage === 'float' && to.datatype === 'DOUBLE') return undefined;
  return 'always';
}

function check(collection: Collection, condition: Fragment, dialect: Dialect, message: string): Check {
  const statement = print(sql`select 1 from ${tableName(collection)} where ${condition} limit 1`, dialect);
  return { statement, refusal: refused(message) };
}

/** Of a column that gets another type. */
export function losesByType(collection: Collection, field: Field, to: WireType, dialect: Dialect): Check[] {
  const lost = lostWhere(field, to, dialect);
  if (!lost) return [];
  const condition = lost === 'always' ? sql`${name(field.column.name)} is not null` : lost;
  const why = lost === 'always' ? 'might be lost with this type' : 'do not fit this type';
  return [check(collection, condition, dialect, `Values of "${field.name}" ${why}. Send force=1 to change it nevertheless`)];
}

/** Of a column that goes. */
export function losesValues(collection: Collection, field: Field, dialect: Dialect): Check {
  const message = `"${field.name}" holds values, which would be lost. Send force=1 to change it nevertheless`;
  return check(collection, sql`${name(field.column.name)} is not null`, dialect, message);
}

/** Of a column that is to be filled in every row. */
export function hasEmpty(collection: Collection, field: Field, dialect: Dialect): Check {
  const message = `Can't make this field required: there are rows without a value of "${field.name}"`;
  return check(collection, sql`${name(field.column.name)} is null`, dialect, message);
}

/** Of a new column that is to be filled in every row, and has nothing to fill it with. */
export function hasRows(collection: Collection, field: string, dialect: Dialect): Check {
  const message = `There are rows, which would have no value of "${field}": give it a default_value, or make it required later`;
  return { statement: print(sql`select 1 from ${tableName(collection)} limit 1`, dialect), refusal: refused(message) };
}

/** Of a column in which no value is to stand twice. */
export function repeats(collection: Collection, field: Field, dialect: Dialect): Check {
  const column = name(field.column.name);
  const statement = sql`select 1 from ${tableName(collection)} where ${column} is not null group by ${column} having count(*) > 1 limit 1`;
  return {
    statement: print(statement, dialect),
    refusal: refused(`Can't make this field unique: values of "${field.name}" stand in several rows`),
  };
}

/** Of a column that is to point to rows: those that name none. */
export function orphans(collection: Collection, field: Field, target: Collection, key: Field, dialect: Dialect): Check {
  const [one, many] = [trusted('sallyport_one'), trusted('sallyport_many')];
  const own = sql`${many}.${name(field.column.name)}`;
  const found = sql`select 1 from ${tableName(target)} ${one} where ${one}.${name(key.column.name)} = ${own}`;
  const statement = sql`select 1 from ${tableName(collection)} ${many} where ${own} is not null and not exists (${found}) limit 1`;
  const message = `Values of "${field.name}" name no row of "${target.name}": a foreign key needs them all to be there`;
  return { statement: print(statement, dialect), refusal: refused(message) };
}
