/** Foreign keys of a partitioned table: its own, and those that only its partitions declare. */
import t from 'tap';
import { postgres } from '../../../src/vendors/postgres/index.ts';
import { whyNot } from '../../support/vendors.ts';
import { scratch, tableOf } from './scratch.ts';

t.test('a key that partitions declare is a key of the table', { skip: (await whyNot('postgres')) ?? false }, async (t) => {
  const s = await scratch(t, [
    'create table customer (id int primary key)',
    'create table staff (id int primary key)',
    'create table shop (id int primary key)',
    'create table pay (day date, customer int, staff int, other int, shop int references shop (id)) partition by range (day)',
    "create table pay_1 partition of pay for values from ('2024-01-01') to ('2024-02-01')",
    // Attached later, with its columns in another order.
    'create table pay_2 (shop int, other int, staff int, customer int, day date)',
    "alter table pay attach partition pay_2 for values from ('2024-02-01') to ('2024-03-01')",
    'alter table pay_1 add constraint a foreign key (customer) references customer (id)',
    'alter table pay_2 add constraint b foreign key (customer) references customer (id)',
    'alter table pay_1 add foreign key (staff) references staff (id)',
    'alter table pay_1 add foreign key (other) references staff (id)',
    'alter table pay_2 add foreign key (other) references customer (id)',
  ]);
  const found = await postgres.introspect(s.connection);
  const keys = tableOf(found, 'pay').foreignKeys.map((key) => `${key.columns} > ${key.toTable}.${key.toColumns}`);
  t.strictSame(keys.sort(), ['customer > customer.id', 'shop > shop.id', 'staff > staff.id'], 'but not one about which they disagree');
});
