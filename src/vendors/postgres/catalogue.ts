/** The questions to PostgreSQL's catalogue, one for each kind of object, whatever the number of tables. `$1` is the list of schemas. */

/** Tables, views, materialised views, foreign tables and the parents of partitions of which any column may be read. */
const served = `c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and c.relnamespace in (select oid from pg_catalog.pg_namespace where nspname = any($1::text[]))`;

export const tablesQuery = `select c.oid::int8::text as id, n.nspname as schema, c.relname as name, c.relkind as kind,
    case when c.reltuples < 0 then null else c.reltuples::numeric::bigint::text end as rows,
    pg_catalog.obj_description(c.oid, 'pg_class') as comment,
    case when c.relkind in ('v', 'f') then pg_catalog.pg_relation_is_updatable(c.oid, false) else 28 end as updatable
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where ${served} and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
  order by n.nspname, c.relname`;

/** Domains are followed to the type they stand for; a domain's own rules on NULL and default count where the column has none. */
export const columnsQuery = `with recursive domains as (
    select t.oid, t.typbasetype as base, t.typtypmod as modifier, t.typnotnull as required, t.typdefault as preset
      from pg_catalog.pg_type t where t.typtype = 'd'
    union all
    select d.oid, t.typbasetype, case when d.modifier = -1 then t.typtypmod else d.modifier end, d.required or t.typnotnull, coalesce(d.preset, t.typdefault)
      from domains d join pg_catalog.pg_type t on t.oid = d.base and t.typtype = 'd'
  ), resolved as (
    select d.* from domains d join pg_catalog.pg_type t on t.oid = d.base and t.typtype <> 'd'
  )
  select a.attrelid::int8::text as id, a.attname as name, a.attnum as position, pg_catalog.format_type(a.atttypid, a.atttypmod) as native,
    t.typname as type, t.typtype as kind, t.typcategory = 'A' and t.typelem <> 0 as array, t.oid::int8::text as type_id,
    e.typname as element, e.typtype as element_kind,
    case when a.atttypmod = -1 then coalesce(r.modifier, -1) else a.atttypmod end as modifier,
    a.attnotnull or coalesce(r.required, false) as required, a.attidentity <> '' as identity, a.attgenerated <> '' as generated,
    coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), r.preset) as preset, pg_catalog.col_description(a.attrelid, a.attnum) as comment
  from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    left join resolved r on r.oid = a.atttypid
    join pg_catalog.pg_type t on t.oid = coalesce(r.base, a.atttypid)
    left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where ${served} and a.attnum > 0 and not a.attisdropped and pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
  order by a.attrelid, a.attnum`;

export const indexesQuery = `select i.indrelid::int8::text as id, i.indisprimary as primary,
    i.indisunique and i.indpred is null and i.indexprs is null and i.indisvalid as unique, i.indpred is not null as partial,
    array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' ') as columns
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
  where ${served} order by i.indrelid, i.indexrelid`;

/** A key that points at a partitioned table has a row for each partition as well; those have a parent. */
export const foreignKeysQuery = `select k.conrelid::int8::text as id, k.conname as name, array_to_string(k.conkey, ' ') as columns,
    k.confrelid::int8::text as target, n.nspname as to_schema, f.relname as to_table, array_to_string(k.confkey, ' ') as to_columns,
    (select json_agg(a.attname order by u.n) from unnest(k.confkey) with ordinality u(att, n)
      join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.att)::text as to_names
  from pg_catalog.pg_constraint k
    join pg_catalog.pg_class c on c.oid = k.conrelid
    join pg_catalog.pg_class f on f.oid = k.confrelid
    join pg_catalog.pg_namespace n on n.oid = f.relnamespace
  where ${served} and k.contype = 'f' and k.conparentid = 0 order by k.conrelid, k.conname`;

export const enumsQuery = `select e.enumtypid::int8::text as id, json_agg(e.enumlabel order by e.enumsortorder)::text as labels
  from pg_catalog.pg_enum e group by e.enumtypid`;

/**
 * Row versions of the catalogue summed up: a change of a table, column, key, enum or domain makes new ones. Statistics are
 * written in place and leave it alone.
 */
export const fingerprintQuery = `with served as materialized (select c.oid, c.xmin from pg_catalog.pg_class c where ${served})
  select concat_ws(':',
    (select concat_ws(',', count(*), sum(s.oid::int8 # (s.xmin::text::int8 << 20))) from served s),
    (select concat_ws(',', count(*), sum((a.attrelid::int8 << 11 | a.attnum) # (a.xmin::text::int8 << 20)))
      from pg_catalog.pg_attribute a join served s on s.oid = a.attrelid where a.attnum > 0),
    (select concat_ws(',', count(*), sum(k.oid::int8 # (k.xmin::text::int8 << 20)))
      from pg_catalog.pg_constraint k join served s on s.oid = k.conrelid),
    (select concat_ws(',', count(*), sum(i.indexrelid::int8 # (i.xmin::text::int8 << 20)))
      from pg_catalog.pg_index i join served s on s.oid = i.indrelid),
    (select concat_ws(',', count(*), sum(e.oid::int8 # (e.xmin::text::int8 << 20))) from pg_catalog.pg_enum e),
    (select concat_ws(',', count(*), sum(t.oid::int8 # (t.xmin::text::int8 << 20))) from pg_catalog.pg_type t where t.typtype = 'd')) as print`;
