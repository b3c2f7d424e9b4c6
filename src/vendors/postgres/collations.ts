/** What PostgreSQL's collations do: whether they order by code point, and which of them knows the lower case of every letter. */
import type { Collation, Connection, Row } from '../../dialect/types.ts';

const text = (value: unknown): string => String(value ?? '');

/**
 * The database's own collation, in the columns of pg_collation. Names of columns changed with the versions (a provider from 15 on, the
 * locale's name in 17), so rows are read as JSON.
 */
const ownRow = `(select to_jsonb(d) as own from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()) o`;

/** Collations of the columns of a list of tables, `id` among them; those of the database itself have the provider `d`. */
export const collationsQuery = `select c.oid::int8::text as id, c.collname as called, quote_ident(n.nspname) || '.' || quote_ident(c.collname) as name,
    case when c.collprovider = 'd' then coalesce(o.own ->> 'datlocprovider', 'c') else c.collprovider::text end as provider,
    c.collisdeterministic as deterministic,
    case when c.collprovider = 'd' then o.own ->> 'datcollate' else c.collcollate end as collate,
    case when c.collprovider = 'd' then o.own ->> 'datctype' else c.collctype end as ctype,
    case when c.collprovider = 'd' then coalesce(o.own ->> 'datlocale', o.own ->> 'daticulocale')
      else coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale') end as locale
  from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace cross join ${ownRow}`;

const codePoints = /^(C|POSIX|C\.utf-?8)$/i;
const asciiOnly = /^(C|POSIX)$/;
/** Their lower case of I, or of accented letters, is another. */
const ownLetters = /^(tr|az|crh|lt)([_.@-]|$)/i;

/** What a row of `collationsQuery` stands for; the name is qualified and quoted as SQL wants it. */
export function collationOf(row: Row): Collation {
  const provider = text(row['provider']);
  const name = text(row['name']);
  const exact = row['deterministic'] !== false;
  if (provider === 'b') {
    const locale = text(row['locale']);
    const lower = locale === 'C' ? 'ascii' : locale === 'PG_UNICODE_FAST' ? 'full' : 'simple';
    return { name, exact, byCodePoint: true, lower };
  }
  if (provider !== 'c') {
    const locale = text(row['locale'] ?? row['collate']);
    return { name, exact, byCodePoint: false, ...(ownLetters.test(locale) ? {} : { lower: 'full' }) };
  }
  const ctype = text(row['ctype']);
  const lower = asciiOnly.test(ctype) ? 'ascii' : ownLetters.test(ctype) ? undefined : 'simple';
  return { name, exact, byCodePoint: codePoints.test(text(row['collate'])), ...(lower ? { lower } : {}) };
}

/** What the dialect knows of a server before it has seen a column. */
export interface TextSupport {
  /** The collation of the database, that of texts which are no columns. */
  readonly own: Collation;
  /** A collation whose lower case is better than that of a column, and whether that is one letter for one. */
  readonly lowering?: { readonly name: string; readonly simple: boolean };
}

/** All of a UTF-8 database, or of the database's own encoding, that might do; the best first. */
const loweringQuery = `select c.* from (${collationsQuery}) c join pg_catalog.pg_collation p on p.oid = c.id::oid
  where p.collencoding in (-1, pg_catalog.pg_char_to_encoding(pg_catalog.getdatabaseencoding())) and p.collisdeterministic
    and p.collnamespace = 'pg_catalog'::regnamespace
    and (p.collprovider in ('d', 'b') or p.collprovider = 'c' and p.collctype ~* 'utf-?8$'
      or p.collprovider = 'i' and p.collname = 'und-x-icu' and pg_catalog.getdatabaseencoding() = 'UTF8')
  order by p.collprovider = 'd' desc, p.collprovider = 'b' desc, c.ctype ~* '^c\\.utf' desc nulls last, c.called`;

/** Asks a server that has just been connected to. */
export async function textSupport(connection: Pick<Connection, 'rows'>): Promise<TextSupport> {
  const rows = await connection.rows({ text: loweringQuery, values: [] }, { timeout: 0 });
  const found = rows.map(collationOf);
  const own = found[rows.findIndex((row) => row['called'] === 'default')] ?? { name: 'default', exact: true, byCodePoint: false };
  const best = found.find(({ lower }) => lower === 'simple') ?? found.find(({ lower }) => lower === 'full');
  return { own, ...(best ? { lowering: { name: best.name, simple: best.lower === 'simple' } } : {}) };
}
