/**
 * What tells that PostgreSQL's catalogue has changed, without reading what it says: the versions of its rows, summed up over all
 * served tables, or for each of them.
 */
import { served } from './catalogue.ts';

/** Number and versions of rows: a change of one makes a new version. Statistics are written in place and leave it alone. */
const versions = (row: string, id: string): string => `concat_ws(',', count(*), sum(${id} # (${row}.xmin::text::int8 << 20)))`;

/** Rows about served tables, looked up by a hash of these however few the planner takes them for. */
const aboutServed = (column: string): string => `(${column} in (select oid from served)) is true`;

/**
 * Row versions of the catalogue summed up: those of schemas, columns, keys, indexes, views, triggers and comments, of the rights on
 * them, and of enums and domains. Of tables the content: a truncated table or a refreshed view has a new row that says the same.
 */
export const fingerprintQuery = `with served as materialized (
    select c.oid, c.relname, c.relkind, c.relnamespace, c.relowner, c.relacl from pg_catalog.pg_class c where ${served})
  select concat_ws(':',
    (select ${versions('n', 'n.oid::int8')} from pg_catalog.pg_namespace n where n.nspname = any($1::text[])),
    (select concat_ws(',', count(*), sum(hashtextextended(concat_ws(' ', relkind, relnamespace, relowner, relacl, relname), oid::int8)))
      from served),
    (select ${versions('a', '(a.attrelid::int8 << 11 | a.attnum)')}
      from pg_catalog.pg_attribute a where a.attnum > 0 and ${aboutServed('a.attrelid')}),
    (select ${versions('k', 'k.oid::int8')} from pg_catalog.pg_constraint k where ${aboutServed('k.conrelid')}),
    (select ${versions('i', 'i.indexrelid::int8')} from pg_catalog.pg_index i where ${aboutServed('i.indrelid')}),
    (select ${versions('r', 'r.oid::int8')} from pg_catalog.pg_rewrite r where ${aboutServed('r.ev_class')}),
    (select ${versions('g', 'g.oid::int8')} from pg_catalog.pg_trigger g where not g.tgisinternal and ${aboutServed('g.tgrelid')}),
    (select ${versions('d', '(d.objoid::int8 << 11 | d.objsubid)')} from pg_catalog.pg_description d
      where d.classoid = 'pg_catalog.pg_class'::regclass and ${aboutServed('d.objoid')}),
    (select ${versions('e', 'e.oid::int8')} from pg_catalog.pg_enum e),
    (select ${versions('t', 't.oid::int8')} from pg_catalog.pg_type t where t.typtype in ('d', 'e'))) as print`;

/** The names of the schema and the table, and of the columns there, that a foreign key points at; they change without it. */
const target = `concat_ws(' ', m.nspname, f.relname, (select string_agg(b.attname, ' ' order by b.attnum) from pg_catalog.pg_attribute b
  where b.attrelid = k.confrelid and b.attnum = any(k.confkey)))`;

/** The constraints, with what foreign keys among them point at. */
const keys = `concat_ws(' ', ${versions('k', 'k.oid::int8')}, sum(hashtextextended(${target}, k.oid::int8)))
      from pg_catalog.pg_constraint k left join pg_catalog.pg_class f on f.oid = k.confrelid
        left join pg_catalog.pg_namespace m on m.oid = f.relnamespace`;

/** Types of our own making count from here on; the others never change. */
const firstOwnType = 16_384;

/**
 * The same for each served table by itself, so that only those that have changed are read anew. A table with columns of an enum, a
 * domain or an extension's type changes with any of these, and a partitioned one with the keys of its partitions. What is told of one
 * table is put together by grouping: joins would depend on how many tables the planner takes there to be.
 */
export const fingerprintsQuery = `with served as materialized (
    select c.oid, c.relname, c.relkind, c.relnamespace, c.relowner, c.relacl, c.relhassubclass from pg_catalog.pg_class c where ${served}),
  types as materialized (select concat_ws(':', (select ${versions('e', 'e.oid::int8')} from pg_catalog.pg_enum e),
    (select ${versions('t', 't.oid::int8')} from pg_catalog.pg_type t where t.typtype in ('d', 'e'))) as print),
  parts as (
    select s.oid as id, 0 as part, concat_ws(' ', s.relkind, s.relowner, s.relacl, n.xmin, n.nspname, s.relname, s.relhassubclass) as print
      from served s join pg_catalog.pg_namespace n on n.oid = s.relnamespace
    union all
    select a.attrelid, 1, concat_ws(' ', ${versions('a', '(a.attrelid::int8 << 11 | a.attnum)')},
        case when bool_or(a.atttypid >= ${firstOwnType}) then (select t.print from types t) end)
      from pg_catalog.pg_attribute a where a.attnum > 0 and ${aboutServed('a.attrelid')} group by a.attrelid
    union all
    select k.conrelid, 2, ${keys}
      where ${aboutServed('k.conrelid')} group by k.conrelid
    union all
    select i.indrelid, 3, ${versions('i', 'i.indexrelid::int8')}
      from pg_catalog.pg_index i where ${aboutServed('i.indrelid')} group by i.indrelid
    union all
    select r.ev_class, 4, ${versions('r', 'r.oid::int8')}
      from pg_catalog.pg_rewrite r where ${aboutServed('r.ev_class')} group by r.ev_class
    union all
    select d.objoid, 5, ${versions('d', '(d.objoid::int8 << 11 | d.objsubid)')}
      from pg_catalog.pg_description d where d.classoid = 'pg_catalog.pg_class'::regclass and ${aboutServed('d.objoid')} group by d.objoid
    union all
    select g.tgrelid, 7, ${versions('g', 'g.oid::int8')}
      from pg_catalog.pg_trigger g where not g.tgisinternal and ${aboutServed('g.tgrelid')} group by g.tgrelid
    union all
    select s.oid, 6, (select ${keys} where k.contype = 'f' and k.conrelid in (select p.relid from pg_catalog.pg_partition_tree(s.oid) p))
      from served s where s.relkind = 'p'
  )
  select id::int8::text as id, string_agg(concat_ws(' ', part, print), ':' order by part) as print from parts group by id`;
