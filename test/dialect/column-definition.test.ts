/** A column's text keeps every clause but the one that changes. */
import t from 'tap';
import { clausesText, parseColumn, withClause } from '../../src/dialect/column-definition.ts';

const texts: readonly (readonly [definition: string, name: string, changed: string])[] = [
  ['`a` int(10) unsigned NOT NULL DEFAULT 7', 'a', 'int(10) unsigned NOT NULL default 1'],
  [
    "`b` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'a, default ''x'''",
    'b',
    "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin default 1 COMMENT 'a, default ''x'''",
  ],
  [
    '`c` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()',
    'c',
    'timestamp NOT NULL default 1 ON UPDATE current_timestamp()',
  ],
  ['`d` longtext DEFAULT NULL CHECK (json_valid(`d`))', 'd', 'longtext default 1 CHECK (json_valid(`d`))'],
  [
    '"e" text constraint x not null on conflict fail default (1 + 2) unique',
    'e',
    'text constraint x not null on conflict fail default 1 unique',
  ],
  [
    'f integer references g (h) on delete set null on update set default',
    'f',
    'integer references g (h) on delete set null on update set default default 1',
  ],
  ['i int generated always as (j) stored', 'i', 'int generated always as (j) stored default 1'],
  ['[k`]', 'k`', 'default 1'],
];

t.test('one clause changes', async (t) => {
  for (const [definition, name, changed] of texts) {
    const parsed = parseColumn(definition);
    t.equal(parsed.name, name, definition);
    t.equal(clausesText(withClause(parsed, 'default', 'default 1')), changed, definition);
  }
});
