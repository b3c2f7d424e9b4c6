/** Indexes over words in PostgreSQL: GIN and GiST over tsvectors and over the trigrams of texts. */
import type { Connection, IntrospectedTextIndex, Row, TextIndexForm } from '../../dialect/types.ts';

const ofTable = (subject: string, id: string, more = ''): string =>
  `${subject}.classid = 'pg_catalog.pg_class'::regclass and ${subject}.objid = ${id} ${more}`;

/** Functions that are not the server's own or an extension's: they may look anywhere, whatever columns they are given. */
const foreignFunction = `d.refclassid = 'pg_catalog.pg_proc'::regclass and not exists (select 1 from pg_catalog.pg_depend e
    where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = d.refobjid and e.deptype = 'e')`;

/**
 * One row for each column of an index that covers the whole table: the column it is of or the expression, the columns which that is made
 * of (those of a generated column too), how a generated column is made, and what a trigger of the server's own fills it with.
 */
const query = `select n.nspname as schema, c.relname as table, x.relname as name, k.n as position, o.opcname as class, a.attname as column,
    case when a.attname is null then pg_catalog.pg_get_indexdef(i.indexrelid, k.n, false) end as expression,
    (select pg_catalog.pg_get_expr(f.adbin, f.adrelid) from pg_catalog.pg_attrdef f
      where a.attgenerated <> '' and f.adrelid = a.attrelid and f.adnum = a.attnum) as generation,
    (select pg_catalog.encode(g.tgargs, 'hex') from pg_catalog.pg_trigger g where a.attname is not null and g.tgrelid = c.oid
      and g.tgfoid = 'pg_catalog.tsvector_update_trigger()'::regprocedure
      and pg_catalog.encode(g.tgargs, 'hex') like pg_catalog.encode(convert_to(a.attname::text, 'UTF8') || '\\000'::bytea, 'hex') || '%'
      order by g.oid limit 1) as filled,
    (select json_agg(s.attname order by s.attnum) from pg_catalog.pg_attribute s where s.attrelid = c.oid and s.attnum > 0 and (
      s.attnum = a.attnum
      or a.attname is null and exists (select 1 from pg_catalog.pg_depend d where ${ofTable('d', 'i.indexrelid')}
        and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = s.attnum)
      or a.attgenerated <> '' and exists (select 1 from pg_catalog.pg_depend d
        where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = s.attnum
          and (d.classid = 'pg_catalog.pg_attrdef'::regclass
              and d.objid = (select f.oid from pg_catalog.pg_attrdef f where f.adrelid = c.oid and f.adnum = a.attnum)
            or ${ofTable('d', 'c.oid', 'and d.objsubid = a.attnum')}))))::text as columns,
    exists (select 1 from pg_catalog.pg_depend d where ${ofTable('d', 'i.indexrelid')} and ${foreignFunction})
      or exists (select 1 from pg_catalog.pg_depend d where a.attgenerated <> '' and ${foreignFunction}
        and (d.classid = 'pg_catalog.pg_attrdef'::regclass
            and d.objid = (select f.oid from pg_catalog.pg_attrdef f where f.adrelid = c.oid and f.adnum = a.attnum)
          or ${ofTable('d', 'c.oid', 'and d.objsubid = a.attnum')})) as foreign
  from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid
    join pg_catalog.pg_am m on m.oid = x.relam and m.amname in ('gin', 'gist')
    join pg_catalog.pg_class c on c.oid = i.indrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    cross join lateral pg_catalog.generate_series(1, i.indnkeyatts::int) k(n)
    join pg_catalog.pg_opclass o on o.oid = i.indclass[k.n - 1]
      and (o.opcintype = 'pg_catalog.tsvector'::regtype or o.opcname in ('gin_trgm_ops', 'gist_trgm_ops'))
    left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[k.n - 1] and a.attnum > 0
  where n.nspname = any($1::text[]) and i.indisvalid and i.indpred is null and not c.relispartition
  order by n.nspname, c.relname, x.relname, k.n`;

/** The constant configuration of an expression; undefined where it depends on the row, or is not given. */
function configOf(expression: string): string | undefined {
  const quoted = /\bto_tsvector\('((?:[^']|'')+)'::regconfig,/.exec(expression)?.[1];
  return quoted?.replaceAll("''", "'");
}

/** The second argument of the server's own trigger function. */
function configOfTrigger(hex: string): string | undefined {
  return Buffer.from(hex, 'hex').toString('utf8').split('\0')[1];
}

const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function formOf(row: Row): TextIndexForm | undefined {
  const [column, expression, generation, filled] = ['column', 'expression', 'generation', 'filled'].map((key) => optional(row[key]));
  if (/_trgm_ops$/.test(String(row['class']))) return column === undefined ? undefined : { is: 'trigram' };
  if (column !== undefined) {
    const config = generation === undefined ? filled && configOfTrigger(filled) : configOf(generation);
    return { is: 'vector', column, config: config ?? null };
  }
  const config = expression === undefined ? undefined : configOf(expression);
  return expression === undefined || config === undefined ? undefined : { is: 'expression', expression, config };
}

/** Reads the text indexes of these schemas. What is made by functions of the database's own is left out. */
export async function readTextIndexes(connection: Connection, schemas: readonly string[]): Promise<IntrospectedTextIndex[]> {
  const rows = await connection.rows({ text: query, values: [schemas] }, { timeout: 0 });
  const found: IntrospectedTextIndex[] = [];
  for (const row of rows) {
    const form = row['foreign'] === true ? undefined : formOf(row);
    if (!form) continue;
    const index = { name: String(row['name']), schema: String(row['schema']), table: String(row['table']), form };
    const columns = JSON.parse(String(row['columns'] ?? '[]')) as string[];
    const last = found.at(-1);
    // Trigrams of several columns are one index; several vectors in one are asked each by itself.
    const same = last?.form.is === 'trigram' && form.is === 'trigram' && last.name === index.name && last.schema === index.schema;
    if (same) found[found.length - 1] = { ...last, columns: [...last.columns, ...columns] };
    else found.push({ ...index, columns });
  }
  return found;
}
