/**
 * What one caller is told of changes. The rows are read with his rights as they are now; what he could read before is known by the history.
 * Where that does not say, he is told nothing that he might not have known.
 */
import { readGrant } from '../access/grants.ts';
import { matchesSnapshot } from '../access/match-snapshot.ts';
import type { Connection } from '../dialect/types.ts';
import { accessOf, prepareRead, type ReadContext, type ReadResult, runRead } from '../engine/read.ts';
import { keyIn } from '../engine/row-text.ts';
import type { JsonObject } from '../lib/json-body.ts';
import { eachItem, eachMember } from '../lib/json-members.ts';
import type { Project } from '../projects/project.ts';
import type { RequestedOutput, RequestedTemplate } from '../query/requested-template.ts';
import type { RequestedFilter, RequestedRead, Visibility } from '../query/types.ts';
import { keyText } from '../schema/keys.ts';
import { isHistory } from '../schema/system.ts';
import type { Collection, Field } from '../schema/types.ts';
import type { Change } from './activity-log.ts';
import type { ChangeEvent, FeedSelection } from './types.ts';

export interface FeedContext extends ReadContext {
  readonly connection: Connection;
  readonly project: Project;
}

/** What extensions have to say to the rows that are read for a feed. */
export interface FeedHooks {
  listens(project: Project, collection: string): boolean;
  filter(context: FeedContext, collection: string): Promise<RequestedFilter | undefined>;
  rows(context: FeedContext, result: ReadResult): Promise<ReadResult>;
}

/** What is known of the rows of some changes; asked for once, whoever is told. */
export interface PastRows {
  before(change: Change): Promise<JsonObject | undefined>;
  roleOf(users: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** What a caller may know of a change, apart from where it stands. */
interface Seen {
  readonly change: Change;
  readonly event: ChangeEvent;
  readonly item?: string;
}

export interface CallerChanges {
  readonly seen: readonly Seen[];
  /** Whether another user of the role may be told something else. */
  readonly personal: boolean;
}

/** Rows of one statement. */
const atOnce = 200;
const uncounted = { filtered: false, total: false, byStatus: false };

/** Whether there is a feed of the collection: its rows are told apart by keys that the caller may read. */
export function isFed(collection: Collection, visible: Visibility): boolean {
  return (
    collection.key.length > 0 &&
    !isHistory(collection) &&
    visible.collection(collection) &&
    collection.key.every((field) => visible.field(field) === 'yes')
  );
}

function asking(collection: Collection, keys: readonly string[]): RequestedRead {
  const selection = { all: false, named: new Map(), without: new Set<string>() };
  return { collection: collection.name, selection, keys, offset: 0, counts: uncounted, stubs: false };
}

const fieldsOf = (fields: Iterable<Field>): RequestedTemplate => new Map([...fields].map(({ name }) => [name, { is: 'field', name }]));

/** The caller's rows by the text of their keys, each as it was asked for. */
async function readRows(
  context: FeedContext,
  collection: Collection,
  keys: readonly string[],
  { template, where }: FeedSelection,
): Promise<{ rows: Map<string, string>; personal: boolean }> {
  const rows = new Map<string, string>();
  let personal = false;
  // With a template of its own the row stands beside its key, whatever it is asked for.
  const both: RequestedTemplate | undefined =
    template &&
    new Map<string, RequestedOutput>([
      ['k', { is: 'group', of: fieldsOf(collection.key) }],
      ...(template.size > 0 ? [['i', { is: 'group', of: template }] as const] : []),
    ]);
  for (let at = 0; at < keys.length; at += atOnce) {
    const some = keys.slice(at, at + atOnce);
    const request: RequestedRead = { ...asking(collection, some), ...(both ? { template: both } : {}), ...(where ? { where } : {}) };
    if (!both) request.selection.all = true;
    const prepared = prepareRead({ ...context, limits: { ...context.limits, keys: atOnce } }, request);
    personal ||= prepared.personal;
    const { texts } = await runRead(context, prepared);
    eachItem(texts.between('[', ']').toString(), (text) => {
      let [key, item] = [text, text];
      if (both) {
        item = '{}';
        eachMember(text, (name, value) => {
          if (name === 'k') key = value;
          if (name === 'i') item = value;
          return undefined;
        });
      }
      const values = keyIn(key, collection);
      if (values) rows.set(keyText(values), item);
    });
  }
  return { rows, personal };
}

/** The same one by one, as extensions leave the rows to the caller. */
async function readHooked(
  context: FeedContext,
  collection: Collection,
  keys: readonly string[],
  { template, where }: FeedSelection,
  hooks: FeedHooks,
) {
  const rows = new Map<string, string>();
  const filter = await hooks.filter(context, collection.name);
  const all = [...(where ? [where] : []), ...(filter ? [filter] : [])];
  for (const key of keys) {
    const request: RequestedRead = { ...asking(collection, [key]), ...(template && template.size > 0 ? { template } : {}) };
    if (!template) request.selection.all = true;
    else if (template.size === 0) for (const { name } of collection.key) request.selection.named.set(name, null);
    if (all.length > 0) request.where = { is: 'all', of: all };
    const { texts } = await hooks.rows(context, await runRead(context, prepareRead(context, request)));
    if (texts.count > 0) rows.set(key, texts.between('', '').toString());
  }
  return { rows, personal: true };
}

/** Of each row, the columns among those that the caller may read in it. */
async function readableIn(context: FeedContext, collection: Collection, keys: readonly string[], fields: readonly Field[]) {
  const found = new Map<string, Set<string>>();
  for (let at = 0; at < keys.length; at += atOnce) {
    const request = asking(collection, keys.slice(at, at + atOnce));
    for (const { name } of [...collection.key, ...fields]) request.selection.named.set(name, null);
    const { texts } = await runRead(context, prepareRead({ ...context, limits: { ...context.limits, keys: atOnce } }, request));
    eachItem(texts.between('[', ']').toString(), (text) => {
      const names = new Set<string>();
      eachMember(text, (name) => void names.add(String(JSON.parse(`"${name}"`))) as undefined);
      const values = keyIn(text, collection);
      if (values) found.set(keyText(values), names);
    });
  }
  return found;
}

/** Whether of each change something was sent that the caller may read in the row as it is now. */
async function showing(context: FeedContext, collection: Collection, visible: Visibility, changes: readonly Change[]) {
  const readable = (change: Change, how: 'yes' | 'some'): Field[] =>
    [...change.sent].flatMap((name) => {
      const field = collection.fields.get(name);
      return field && visible.field(field) === how ? [field] : [];
    });
  const shown = new Set(changes.filter((change) => readable(change, 'yes').length > 0));
  const doubtful = changes.filter((change) => !shown.has(change) && readable(change, 'some').length > 0);
  if (doubtful.length > 0) {
    const fields = new Set(doubtful.flatMap((change) => readable(change, 'some')));
    const found = await readableIn(
      context,
      collection,
      doubtful.map(({ item }) => item),
      [...fields],
    );
    for (const change of doubtful) if (readable(change, 'some').some(({ name }) => found.get(change.item)?.has(name))) shown.add(change);
  }
  return shown;
}

/** What the context's actor may know of changes in one collection. */
export async function changesForCaller(
  context: FeedContext,
  collection: Collection,
  wish: FeedSelection,
  changes: readonly Change[],
  past: PastRows,
  hooks: FeedHooks,
): Promise<CallerChanges> {
  const { visible } = accessOf(context);
  const grant = isFed(collection, visible) ? readGrant(collection, context.rules, context.actor, context.schema) : undefined;
  if (!grant) return { seen: [], personal: false };
  const hooked = hooks.listens(context.project, collection.name);
  const keys = changes.map(({ item }) => item);
  const read = hooked ? readHooked : readRows;
  const { rows, personal } = await read(context, collection, keys, wish, hooks);
  // Whether a row does not match or may not be read makes a difference: only the latter takes it out of sight.
  const missing = wish.where ? keys.filter((key) => !rows.has(key)) : [];
  const { where: _, ...any } = wish;
  const other = missing.length > 0 ? (await read(context, collection, missing, { ...any, template: new Map() }, hooks)).rows : new Map();

  const rule = grant.rows();
  const alike = rule.is === 'always';
  const owner = collection.owner?.name ?? (collection.name === 'directus_users' ? 'id' : undefined);
  const before = new Map<Change, boolean | undefined>();
  const pasts = new Map<Change, JsonObject | undefined>();
  for (const change of changes) if (!alike && !change.created) pasts.set(change, await past.before(change));
  const owners = owner === undefined ? [] : [...pasts.values()].flatMap((row) => (row?.[owner] === undefined ? [] : [String(row[owner])]));
  const roles = personal || grant.personal ? await past.roleOf(owners) : new Map<string, string>();
  // Who may read every row in every status knew of it whatever it was.
  const otherwise = grant.rows('any').is === 'always' ? true : undefined;
  for (const change of changes) {
    before.set(change, change.created ? false : (matchesSnapshot(rule, pasts.get(change), (user) => roles.get(user)) ?? otherwise));
  }

  const shown = await showing(
    context,
    collection,
    visible,
    changes.filter(({ item }) => rows.has(item)),
  );
  const seen: Seen[] = [];
  for (const change of changes) {
    const item = rows.get(change.item);
    const was = before.get(change);
    if (item !== undefined) {
      if (was === false || shown.has(change)) seen.push({ change, event: was ? 'update' : 'create', item });
      // What hooks hide nobody can tell of the past.
    } else if (was === true && !hooked && !other.has(change.item)) seen.push({ change, event: 'delete' });
  }
  return { seen, personal: personal || grant.personal || hooked };
}
