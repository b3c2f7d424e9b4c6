/**
 * The questions to PostgreSQL's catalogue, one for each kind of object: about the schemas of the list `$1`, or about the tables of the
 * list `$1` of numbers, the least of which is `$2` and the greatest `$3`.
 */

/** Tables, views, materialised views, foreign tables and the parents of partitions. */
export const served = `c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and c.relnamespace in (select oid from pg_catalog.pg_namespace where nspname = any($1::text[]))`;

/** The range lets an index be used, however many tables are asked about and whatever the planner knows of the catalogue. */
const asked = (column: string): string => `${column} between $2::oid and $3::oid and ${column} = any($1::oid[])`;

/**
 * A table never counted says so by a negative number, where the server does so at all: then its own views do, which nothing ever counts.
 * Elsewhere it has no pages. A partitioned table has the rows of its partitions, as nothing counts it unless told.
 */
const rows = `case
      when c.relkind = 'p' then (select sum(l.reltuples::float8) filter (where l.reltuples >= 0) from pg_catalog.pg_partition_tree(c.oid) p
        join pg_catalog.pg_class l on l.oid = p.relid where p.isleaf)
      when c.relkind = 'v' or c.reltuples < 0 then null
      when c.reltuples = 0 and c.relpages = 0
        and not exists (select from pg_catalog.pg_class u where u.relkind = 'v' and u.reltuples < 0) then null
      else c.reltuples
    end::bigint::text`;

/** By bits of a trigger's type: neither before (2) nor instead of (64) an insert (4) or an update (16). */
const changedAfter = `exists (select 1 from pg_catalog.pg_trigger g
      where g.tgrelid = c.oid and not g.tgisinternal and g.tgtype & 66 = 0 and g.tgtype & 20 <> 0)`;

/** Those of which any column may be read. */
export const tablesQuery = `select c.oid::int8::text as id, n.nspname as schema, c.relname as name, c.relkind as kind,
    ${rows} as rows, ${changedAfter} as changed_after, c.relkind = 'r' and c.relhassubclass as inherited, pg_catalog.obj_description(c.oid, 'pg_class') as comment
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where ${asked('c.oid')} and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
  order by n.nspname, c.relname`;

/**
 * Bits of PostgreSQL's event numbers: 4 is update, 8 is insert, each by triggers too. Foreign tables, and views over them, make it
 * ask their wrapper, which may be broken: the question is one that may fail.
 */
export const updatableQuery = `select c.oid::int8::text as id, pg_catalog.pg_relation_is_updatable(c.oid, true) & 12 <> 0 as updatable
  from pg_catalog.pg_class c where ${served} and c.relkind in ('v', 'f')`;

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
    t.typname as type, t.typtype as kind, e.oid is not null as array, t.oid::int8::text as type_id,
    e.typname as element, e.typtype as element_kind,
    case when a.atttypmod = -1 then coalesce(r.modifier, -1) else a.atttypmod end as modifier,
    -- An outer join in a view makes NULLs of any type.
    a.attnotnull or coalesce(r.required, false) and c.relkind not in ('v', 'm') as required,
    a.attcollation::int8::text as collation, a.attidentity <> '' as identity, a.attidentity = 'a' as always, a.attgenerated <> '' as generated,
    coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), r.preset) as preset, pg_catalog.col_description(a.attrelid, a.attnum) as comment
  from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    left join resolved r on r.oid = a.atttypid
    join pg_catalog.pg_type t on t.oid = coalesce(r.base, a.atttypid)
    -- Vectors of the catalogue look like arrays and are written otherwise.
    left join pg_catalog.pg_type i on i.oid = t.typelem and t.typcategory = 'A' and t.typname not in ('int2vector', 'oidvector')
    left join resolved ri on ri.oid = i.oid
    left join pg_catalog.pg_type e on e.oid = coalesce(ri.base, i.oid)
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where ${asked('a.attrelid')} and a.attnum > 0 and not a.attisdropped and pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
  order by a.attrelid, a.attnum`;

/** Those that find equal values: others are of no use to a key. An index still being built, or broken, is none. */
export const indexesQuery = `select i.indrelid::int8::text as id, i.indisprimary as primary,
    i.indisunique and i.indpred is null and i.indexprs is null as unique, i.indpred is not null as partial,
    array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' ') as columns
  from pg_catalog.pg_index i
    join pg_catalog.pg_class x on x.oid = i.indexrelid join pg_catalog.pg_am m on m.oid = x.relam
  where ${asked('i.indrelid')} and (i.indisvalid or i.indisprimary) and m.amname in ('btree', 'hash') order by i.indrelid, i.indexrelid`;

/** A key that points at a partitioned table has a row for each partition as well; those have a parent. */
export const foreignKeysQuery = `select k.conrelid::int8::text as id, k.conname as name, array_to_string(k.conkey, ' ') as columns,
    k.confrelid::int8::text as target, n.nspname as to_schema, f.relname as to_table, array_to_string(k.confkey, ' ') as to_columns,
    (select json_agg(a.attname order by u.n) from unnest(k.confkey) with ordinality u(att, n)
      join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.att)::text as to_names
  from pg_catalog.pg_constraint k
    join pg_catalog.pg_class f on f.oid = k.confrelid
    join pg_catalog.pg_namespace n on n.oid = f.relnamespace
  where ${asked('k.conrelid')} and k.contype = 'f' and k.conparentid = 0 order by k.conrelid, k.conname`;

/** Names of an array of attribute numbers, in its order. */
const namesIn = (numbers: string, table: string): string => `(select json_agg(a.attname order by u.n)
      from unnest(${numbers}) with ordinality u(att, n) join pg_catalog.pg_attribute a on a.attrelid = ${table} and a.attnum = u.att)::text`;

/**
 * Keys that a partitioned table leaves to its partitions: they tell where its rows lead, unless two partitions disagree. A row of a
 * partition without the key may lead nowhere, as a row whose key was never checked may in any table.
 */
export const partitionKeysQuery = `with parts as (
    select c.oid as leaf, pg_catalog.pg_partition_root(c.oid)::oid as root from pg_catalog.pg_class c
    where c.relispartition and c.relkind in ('r', 'f')
  ), keys as (
    select p.root, p.leaf, k.conname, k.confrelid, ${namesIn('k.conkey', 'k.conrelid')} as names, ${namesIn('k.confkey', 'k.confrelid')} as to_names
    from parts p join pg_catalog.pg_constraint k on k.conrelid = p.leaf and k.contype = 'f' and k.conparentid = 0
  )
  select k.root::int8::text as id, min(k.conname) as name, k.names, n.nspname as to_schema, f.relname as to_table, k.to_names
  from keys k
    join pg_catalog.pg_class c on c.oid = k.root
    join pg_catalog.pg_class f on f.oid = k.confrelid
    join pg_catalog.pg_namespace n on n.oid = f.relnamespace
  where ${served}
  group by k.root, k.confrelid, k.names, k.to_names, n.nspname, f.relname
  having not exists (select 1 from keys o where o.root = k.root and o.names = k.names and (o.confrelid, o.to_names) <> (k.confrelid, k.to_names))
  order by k.root, min(k.conname)`;

export const enumsQuery = `select e.enumtypid::int8::text as id, json_agg(e.enumlabel order by e.enumsortorder)::text as labels
  from pg_catalog.pg_enum e group by e.enumtypid`;
