/** A schema with rows, a role with rights, and who asks: all of it made by dice. */
import type { LimitSettings } from '../../src/config/schema.ts';
import type { Cell, ColumnDef } from '../support/schema-text.ts';
import { type Dice, diceOf } from './dice.ts';
import { withKeys } from './keys.ts';
import { type Person, people } from './people.ts';
import { type Right, rightsOn } from './rights.ts';

export type Row = Readonly<Record<string, Cell>>;

/** A column that holds the key of a row of `to`, and the list of that table which leads back. */
export interface Link {
  readonly column: string;
  readonly to: string;
  readonly list: string;
  /** Of the rows that it leads to. */
  readonly keyed: 'number' | 'uuid';
}

export interface Table {
  readonly name: string;
  /** What rows hold beside `id`, `code`, `state`, `owner` and links. */
  readonly plain: readonly ColumnDef[];
  readonly status: boolean;
  readonly owner: boolean;
  readonly links: readonly Link[];
  /** Whether the database holds the links by foreign keys. */
  readonly declared: boolean;
  readonly keyed: Link['keyed'];
  /** Whether its metadata say that it stands between two others. */
  readonly junction?: boolean;
  /** Whether its two links are its key; it has no `id` then. */
  readonly tie?: boolean;
  /** Whether its rows are texts of the rows that its link leads to, in the language of `lang`. */
  readonly texts?: boolean;
  /** By column, what its values should be like; some that are stored are not. */
  readonly patterns?: ReadonlyMap<string, string>;
  /** Whether rows need not be valid but in one status. */
  readonly lenient?: boolean;
  readonly rows: readonly Row[];
}

export interface World {
  readonly name: string;
  readonly tables: readonly Table[];
  readonly rights: readonly Right[];
  readonly caller: Person;
  /** Of people who ask nothing. */
  readonly userStatuses: ReadonlyMap<number, string>;
  /** Of the project, where they are low ones. */
  readonly limits: LimitSettings;
}

/** Keys of rows that one of two databases lacks. Nothing that is written names them: that a key is taken can be seen by who creates. */
export const ghosts: readonly number[] = [901, 902, 903];

export const statuses = ['draft', 'live', 'gone'] as const;

const kinds: readonly ((name: string) => ColumnDef)[] = [
  (name) => ({ name, kind: 'integer' }),
  (name) => ({ name, kind: 'string', length: 40 }),
  (name) => ({ name, kind: 'decimal', precision: 10, scale: 2 }),
  (name) => ({ name, kind: 'datetime' }),
  (name) => ({ name, kind: 'text' }),
  (name) => ({ name, kind: 'boolean' }),
];

const values: Readonly<Record<string, readonly Cell[]>> = {
  integer: [0, 1, 2, 3, 7, 40, -5],
  string: ['ash', 'elm', 'oak', 'yew', 'Ash', 'o%k', ''],
  decimal: ['0.00', '1.50', '2.25', '99.90', '-3.10'],
  datetime: ['2024-01-05 10:00:00', '2024-06-30 23:59:59', '2025-02-01 00:00:00'],
  text: ['apple pie', 'the old tree', 'pie', 'a green leaf and a tree'],
  boolean: [true, false],
};

/** The column that tells the language of a text. */
export const language = 'lang';
const languages: readonly string[] = ['en', 'en', 'fr', 'de', 'en-US'];

/** A value that such a column may hold. */
export function someValue(column: ColumnDef, dice: Dice): Cell {
  const some = column.name === language ? languages : (values[column.kind] ?? [null]);
  return dice.chance(0.12) ? null : dice.pick(some);
}

export function columnsOf(table: Table): string[] {
  const special = [...(table.status ? ['state'] : []), ...(table.owner ? ['owner'] : [])];
  return [
    ...(table.tie ? [] : ['id']),
    'code',
    ...special,
    ...table.plain.map(({ name }) => name),
    ...table.links.map(({ column }) => column),
  ];
}

/** Lists of other tables' rows that point to rows of this one. */
export function listsOf(world: Pick<World, 'tables'>, table: string): { name: string; from: string; column: string }[] {
  return world.tables.flatMap(({ name, links }) =>
    links.filter(({ to }) => to === table).map(({ list, column }) => ({ name: list, from: name, column })),
  );
}

function rowsOf(table: Omit<Table, 'rows'>, parents: ReadonlyMap<string, readonly Row[]>, dice: Dice): Row[] {
  const count = 5 + dice.below(5);
  const ids = [...Array.from({ length: count }, (_, i) => i + 1), ...ghosts];
  const rows: Row[] = [];
  for (const id of ids) {
    const row: Record<string, Cell> = { id, code: dice.chance(0.2) ? null : `code-${table.name}-${id}` };
    if (table.status) row['state'] = dice.pick(['draft', 'live', 'live', 'gone', 'draft', null, 'odd']);
    if (table.owner) row['owner'] = dice.pick([...people.map((one) => one.id), 3, 3, null]);
    for (const column of table.plain) row[column.name] = someValue(column, dice);
    for (const { column, to } of table.links) {
      const targets = (to === table.name ? rows : (parents.get(to) ?? [])).map((one) => one['id'] ?? null);
      // Where the database holds links, a row that may be missing must not keep others from being deleted.
      const targeted = table.declared ? targets.filter((key) => !ghosts.includes(Number(key))) : targets;
      const none = targeted.length === 0 || dice.chance(0.15) || (table.declared && ghosts.includes(id));
      row[column] = none ? null : dice.pick(targeted);
    }
    rows.push(row);
  }
  return rows;
}

function tablesOf(dice: Dice): Table[] {
  const tables: Table[] = [];
  const rows = new Map<string, readonly Row[]>();
  const count = 3 + dice.below(3);
  for (let n = 0; n < count; n++) {
    const name = `t${n}`;
    const targets = [...tables.map((one) => one.name), ...(dice.chance(0.3) ? [name] : [])];
    const linked = targets.length === 0 ? [] : [...new Set([dice.pick(targets), dice.pick(targets)])];
    const links = linked.map((to) => ({ column: `of_${to}`, to, list: `all_${name}`, keyed: 'number' as const }));
    const plain = Array.from({ length: 2 + dice.below(3) }, (_, i) => dice.pick(kinds)(`f${i}`));
    const draft = {
      name,
      plain,
      status: dice.chance(0.5),
      owner: dice.chance(0.6),
      links,
      declared: dice.chance(0.4),
      keyed: 'number' as const,
    };
    const own = rowsOf(draft, rows, dice);
    rows.set(name, own);
    tables.push({ ...draft, rows: own });
  }
  return tables;
}

/** In some worlds one table has texts in several languages, some of them under names that it has itself. */
function withTexts(tables: readonly Table[], rights: readonly Right[], dice: Dice): readonly Table[] {
  if (!dice.chance(0.4)) return tables;
  const open = tables.filter(({ tie, name }) => !tie && rights.some((one) => one.collection === name && one.read !== 'none'));
  if (open.length === 0) return tables;
  const of = dice.pick(open);
  const name = `t${tables.length}`;
  const draft = {
    name,
    plain: [
      { name: language, kind: 'string', length: 5 } as const,
      ...of.plain.slice(0, dice.below(2)),
      { name: 'said', kind: 'string', length: 40 } as const,
    ],
    status: dice.chance(0.3),
    owner: true,
    links: [{ column: `of_${of.name}`, to: of.name, list: `all_${name}`, keyed: of.keyed }],
    declared: false,
    keyed: 'number' as const,
    texts: true,
  };
  return [...tables, { ...draft, rows: rowsOf(draft, new Map([[of.name, of.rows]]), dice) }];
}

/** Some texts are hidden, but seldom what ties them to their rows: there would be no texts. */
function told(right: Right, { links }: Table, caller: Person, dice: Dice): Right {
  if (dice.chance(0.15)) return right;
  const ties = [language, ...links.map(({ column }) => column)];
  const read = caller.role === 2 ? 'full' : dice.pick(['mine', 'role', 'role', 'full'] as const);
  return { ...right, read, readHidden: right.readHidden.filter((name) => !ties.includes(name)) };
}

const patterns: Readonly<Record<string, readonly string[]>> = {
  integer: ['/^\\d+$/', '/^[1-9]/'],
  string: ['/^[a-z]+$/', '/^[A-Z]/'],
  text: ['/tree/', '/^a/'],
};

/** In some worlds values are checked by patterns, those that are stored among them: what a refusal tells is told of them. */
function withPatterns(tables: readonly Table[], dice: Dice): readonly Table[] {
  if (!dice.chance(0.5)) return tables;
  return tables.map((table) => {
    const checked = dice.some(table.plain, 0.5).filter(({ name, kind }) => name !== language && patterns[kind] !== undefined);
    const found = checked.map(({ name, kind }) => [name, dice.pick(patterns[kind] ?? [''])] as const);
    return { ...table, patterns: new Map(found), lenient: dice.chance(0.5) };
  });
}

/** The world of that name; the same name gives the same world. */
export function worldOf(name: string): World {
  const dice = diceOf(name);
  const tables = withKeys(tablesOf(dice), diceOf(`${name} keys`));
  const caller = dice.pick([...people.filter(({ asks }) => asks), ...people.filter(({ id }) => id === 3)]);
  const rights = tables.flatMap((table) => rightsOn(table, listsOf({ tables }, table.name), dice));
  // Dice of their own: a world without texts stays what it was.
  const texts = diceOf(`${name} texts`);
  const all = withTexts(tables, rights, texts);
  for (const table of all.slice(tables.length)) rights.push(...rightsOn(table, [], texts).map((one) => told(one, table, caller, texts)));
  return {
    name,
    tables: withPatterns(all, diceOf(`${name} patterns`)),
    rights: [...rights, ...withUsersByStatus(systemRights(dice), diceOf(`${name} users`))],
    caller,
    userStatuses: userStatusesOf(diceOf(`${name} statuses of users`)),
    limits: limitsOf(diceOf(`${name} limits`)),
  };
}

const lowLimits: readonly LimitSettings[] = [
  { pageRows: 4 },
  { nestedRows: 2 },
  { searchRows: 3 },
  { writeRows: 3 },
  { keys: 1 },
  { outputs: 12 },
  { filterNodes: 3 },
  { sort: 1 },
  { depth: 3 },
  { exports: 0 },
];

/** Limits that rows reach: that they are met tells of rows as well. */
function limitsOf(dice: Dice): LimitSettings {
  return dice.chance(0.4) ? Object.assign({}, ...dice.some(lowLimits, 0.3)) : {};
}

/** Of those who ask nothing; the others have to be active. */
function userStatusesOf(dice: Dice): ReadonlyMap<number, string> {
  const idle = people.filter(({ asks }) => !asks);
  return new Map(idle.map(({ id }) => [id, dice.pick(['active', 'active', 'invited', 'suspended', 'deleted'])]));
}

/** In some worlds what is granted on users depends on their status. */
function withUsersByStatus(rights: readonly Right[], dice: Dice): Right[] {
  if (dice.chance(0.5)) return [...rights];
  return rights.flatMap((right) => {
    if (right.collection !== 'directus_users') return [right];
    const statuses = dice.some(['active', 'invited', 'suspended', 'deleted'], 0.7);
    return statuses.map((status) => ({
      ...right,
      status,
      read: dice.pick(['none', 'mine', 'role', 'full', 'full'] as const),
      readHidden: dice.chance(0.4) ? ['email', 'last_name'] : [],
    }));
  });
}

function systemRights(dice: Dice): Right[] {
  const none = { status: null, create: 'none', update: 'none', delete: 'none', writeHidden: [], comment: null, explain: null } as const;
  const users = dice.pick(['none', 'mine', 'role', 'full', 'full'] as const);
  return [
    { ...none, collection: 'directus_users', read: users, readHidden: dice.chance(0.4) ? ['email', 'last_name'] : [] },
    {
      ...none,
      collection: 'directus_activity',
      create: 'full',
      read: dice.pick(['none', 'mine', 'full', 'full'] as const),
      readHidden: [],
    },
    { ...none, collection: 'directus_revisions', read: dice.pick(['none', 'full', 'full', 'full'] as const), readHidden: [] },
  ];
}
