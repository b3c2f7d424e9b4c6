/** What MySQL and MariaDB, or servers that speak like them, must be able to do. */
import type { Wanted } from '../../dialect/capabilities.ts';
import type { Flavor } from './dialect.ts';

/** One where the server does what stands in comments for MariaDB alone. */
export const isMariadb = '0 /*M! + 1 */';

export const wanted: Readonly<Record<Flavor, Wanted>> = {
  mysql: {
    from: 'MySQL 8.0.17 or later',
    capabilities: [
      {
        what: 'derived tables that see outer columns',
        sql: '(select (select json_arrayagg(d.a) from (select o.a as a order by 1 limit 1) d) from (select 1 as a) o)',
      },
      { what: 'the collation utf8mb4_0900_bin', sql: "_utf8mb4'a' collate utf8mb4_0900_bin = _utf8mb4'a'" },
      { what: 'values of the type JSON', sql: "json_object('a', cast('[1]' as json))" },
      { what: 'recursive common table expressions', sql: '(with recursive a as (select 1 as b) select b from a)' },
      { what: 'named locks', sql: "is_used_lock('sallyport capabilities')" },
    ],
  },
  mariadb: {
    from: 'MariaDB 10.5 or later',
    capabilities: [
      { what: 'an order and a limit of JSON_ARRAYAGG', sql: '(select json_arrayagg(d.a order by d.a limit 1) from (select 1 as a) d)' },
      { what: 'the collation utf8mb4_nopad_bin', sql: "_utf8mb4'a' collate utf8mb4_nopad_bin = _utf8mb4'a'" },
      { what: 'JSON_COMPACT', sql: "json_compact('[1]')" },
      { what: 'recursive common table expressions', sql: '(with recursive a as (select 1 as b) select b from a)' },
      { what: 'named locks', sql: "is_used_lock('sallyport capabilities')" },
    ],
  },
};
