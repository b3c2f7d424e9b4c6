/** A world as SQL for a database in which the system tables are. */
import { insertText, quoted, schemaText, type TableDef } from '../support/schema-text.ts';
import type { TestVendor } from '../support/vendors.ts';
import { type HistoryRows, historyOf } from './history.ts';
import { keyColumns } from './keys.ts';
import { users } from './people.ts';
import { columnsOf, language, statuses, type Table, type World } from './world.ts';

/** Beyond all keys that are there: what is made in either database gets the same ones. */
const nextKey = 5000;

const key = (keyed: Table['keyed']) =>
  keyed === 'uuid' ? ({ kind: 'string', length: 36, binary: true } as const) : ({ kind: 'integer' } as const);

function tableOf(table: Table): TableDef {
  const columns = columnsOf(table);
  return {
    name: table.name,
    columns: [
      ...(table.tie
        ? []
        : [table.keyed === 'uuid' ? ({ ...key('uuid'), name: 'id' } as const) : ({ name: 'id', kind: 'serial' } as const)]),
      { name: 'code', kind: 'string', length: 40 },
      ...(table.status ? [{ name: 'state', kind: 'string', length: 20 } as const] : []),
      ...(table.owner ? [{ name: 'owner', kind: 'integer' } as const] : []),
      ...table.plain,
      ...table.links.map(({ column, keyed }) => ({ ...key(keyed), name: column, ...(table.tie ? { required: true } : {}) })),
    ],
    ...(table.tie || table.keyed === 'uuid' ? { key: keyColumns(table) } : {}),
    foreignKeys: table.declared ? table.links.map(({ column, to }) => ({ columns: [column], to, toColumns: ['id'] })) : [],
    rows: table.rows.map((row) => columns.map((name) => row[name] ?? null)),
  };
}

function counterText(vendor: TestVendor, table: string): string {
  const name = quoted(vendor, table);
  if (vendor === 'postgres') return `select setval(pg_get_serial_sequence('${name}', 'id'), ${nextKey});`;
  if (vendor === 'mysql') return `alter table ${name} auto_increment = ${nextKey + 1};`;
  return `update sqlite_sequence set seq = ${nextKey} where name = '${table}'; insert into sqlite_sequence (name, seq)
    select '${table}', ${nextKey} where not exists (select 1 from sqlite_sequence where name = '${table}');`;
}

const mappingOf = ({ lenient = false }: Table): string =>
  JSON.stringify({
    status_mapping: Object.fromEntries(
      statuses.map((name) => [name, { name, soft_delete: name === 'gone', ...(lenient ? { required_fields: name === 'live' } : {}) }]),
    ),
  });

const typeNames: Readonly<Record<string, string>> = { integer: 'integer', string: 'string', text: 'string' };

function metadataOf({ tables }: World): HistoryRows[] {
  const special = tables.flatMap((table) => {
    const { name, status, owner, plain, patterns } = table;
    return [
      ...(status ? [[name, 'state', 'status', 'status', mappingOf(table), null]] : []),
      ...(owner ? [[name, 'owner', 'owner', 'owner', null, null]] : []),
      ...plain.flatMap((column) => {
        const pattern = patterns?.get(column.name);
        return pattern === undefined ? [] : [[name, column.name, typeNames[column.kind] ?? 'string', 'text-input', null, pattern]];
      }),
    ];
  });
  const linked = tables.flatMap(({ name, links, texts }) =>
    links.flatMap(({ column, to, list }) => [
      [name, column, 'm2o', 'many-to-one', null, null],
      texts ? [to, list, 'translation', 'translation', null, null] : [to, list, 'o2m', 'one-to-many', null, null],
      ...(texts ? [[name, language, 'lang', 'language', null, null]] : []),
    ]),
  );
  return [
    {
      table: 'directus_collections',
      columns: ['collection', 'managed', 'hidden', 'single'],
      rows: tables.map(({ name }) => [name, true, false, false]),
    },
    {
      table: 'directus_fields',
      columns: ['collection', 'field', 'type', 'interface', 'options', 'validation'],
      rows: [...special, ...linked],
    },
    {
      table: 'directus_relations',
      columns: ['collection_many', 'field_many', 'collection_one', 'field_one', 'junction_field'],
      rows: tables.flatMap(({ name, links, junction }) =>
        links.map(({ column, to, list }) => {
          const other = junction ? links.find((one) => one.column !== column)?.column : undefined;
          return [name, column, to, list, other ?? null];
        }),
      ),
    },
  ];
}

/** Rights of the role and of the public, and the people; those whom the caller may not see have other names there. */
function peopleOf({ rights, caller, userStatuses }: World, side: 'here' | 'there'): HistoryRows[] {
  const list = (names: readonly string[]): string | null => (names.length === 0 ? null : names.join(','));
  const onUsers = rights.filter(({ collection }) => collection === 'directus_users');
  const byStatus = onUsers.some(({ status }) => status !== null);
  const permissions = rights.flatMap((one) =>
    [2, 3].map((role) => {
      const levels = [one.create, one.read, one.update, one.delete];
      const more = [list(one.readHidden), list(one.writeHidden), one.comment, one.explain];
      return [role, one.collection, one.status, ...levels, ...more];
    }),
  );
  const rows = users.map(({ id, role, name, token }) => {
    const own = id === caller.id;
    const status = userStatuses.get(id) ?? 'active';
    const right = byStatus ? onUsers.find((one) => one.status === status) : status === 'deleted' ? undefined : onUsers[0];
    const level = right?.read ?? 'none';
    const shown = level === 'full' || (level !== 'none' && (own || (level === 'role' && role === caller.role)));
    const last = side === 'there' && (!shown || right?.readHidden.includes('last_name')) ? 'Other' : 'Prover';
    const email = side === 'there' && (!shown || right?.readHidden.includes('email')) ? `other-${id}@example.com` : `${name}@example.com`;
    return [
      id,
      status,
      role,
      side === 'there' && !shown ? 'Other' : name,
      last,
      email,
      'x',
      side === 'there' && !own ? `other-${token}` : token,
    ];
  });
  return [
    { table: 'directus_roles', columns: ['id', 'name'], rows: [3, 4].map((id) => [id, `Role ${id}`]) },
    {
      table: 'directus_users',
      columns: ['id', 'status', 'role', 'first_name', 'last_name', 'email', 'password', 'token'],
      rows: rows.map((row) => row.map((cell) => cell ?? null)),
    },
    {
      table: 'directus_permissions',
      columns: [
        'role',
        'collection',
        'status',
        'create',
        'read',
        'update',
        'delete',
        'read_field_blacklist',
        'write_field_blacklist',
        'comment',
        'explain',
      ],
      rows: permissions,
    },
  ];
}

/** All statements; `of` is the world in which both databases of the pair began. */
export function worldText(vendor: TestVendor, world: World, of: World, side: 'here' | 'there'): string {
  const parts = [schemaText(vendor, world.tables.map(tableOf), [])];
  for (const { name } of world.tables) parts.push(`create unique index ${name}_code on ${quoted(vendor, name)} (code);`);
  const rows = [...metadataOf(world), ...peopleOf(world, side), ...historyOf(world, of, side)];
  for (const part of rows) parts.push(insertText(vendor, part.table, part.columns, part.rows));
  // Without it each surface looks what there is, and remembers it for a while.
  parts.push("update directus_settings set value = 'en' where \"key\" = 'default_locale';".replaceAll('"', vendor === 'mysql' ? '`' : '"'));
  const counted = world.tables.filter(({ tie, keyed }) => !tie && keyed === 'number').map(({ name }) => name);
  for (const name of [...counted, 'directus_activity', 'directus_revisions']) {
    parts.push(counterText(vendor, name));
  }
  return parts.filter((part) => part !== '').join('\n');
}
