/** What PostgreSQL, or a server that speaks like it, must be able to do. */
import type { Wanted } from '../../dialect/capabilities.ts';

const none = (what: string, from: string): string => `(select count(${what}) from ${from} where false)`;

export const wanted: Wanted = {
  from: 'PostgreSQL 12 or later',
  capabilities: [
    { what: 'JSON of rows', sql: '(select json_agg(row_to_json(r)) from (select 1 as a) r)' },
    { what: 'common table expressions that are worked out once', sql: '(with a as materialized (select 1 as b) select b from a)' },
    { what: 'versions of the rows of its catalogue', sql: none('n.xmin::text::int8', 'pg_catalog.pg_namespace n') },
    { what: 'collations that are not deterministic', sql: none('c.collisdeterministic', 'pg_catalog.pg_collation c') },
    { what: 'generated columns', sql: none('a.attgenerated', 'pg_catalog.pg_attribute a') },
    { what: 'foreign keys of partitioned tables', sql: none('k.conparentid', 'pg_catalog.pg_constraint k') },
    { what: 'trees of partitions', sql: `${none('p.relid', 'pg_catalog.pg_partition_tree(0) p')}, pg_catalog.pg_partition_root(0)` },
    { what: 'rules on what views update', sql: 'pg_catalog.pg_relation_is_updatable(0, true)' },
    { what: 'advisory locks', sql: "'pg_catalog.pg_advisory_xact_lock(bigint)'::regprocedure is not null" },
  ],
};
