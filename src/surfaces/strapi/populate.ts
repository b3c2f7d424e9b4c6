/** `populate`: which relations an entry shows, and what of their entries (strapi-rest §8). */
import { refuse } from '../../query/limits.ts';
import type { RequestedFilter, RequestedOrder } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { type BracketGroup, type BracketValue, isGroup } from '../bracket-query.ts';
import { invalidName, invalidValue } from './faults.ts';
import { attributeNamed, fieldsOf } from './fields.ts';
import { filtersOf } from './filters.ts';
import { localisedOf } from './locale.ts';
import { listedNames } from './names-list.ts';
import { pageOf, truthOf } from './pagination.ts';
import { isShown, type Lead, leadOf, named, type Sight } from './sight.ts';
import { orderOf } from './sort.ts';

/** Relations to show, under the names that the request gives them. */
export type Populated = ReadonlyMap<string, Populate>;

export interface Populate {
  /** Undefined for `localizations`, the other languages of the entry. */
  readonly lead: Lead | undefined;
  /** Attributes of its entries; undefined for all of them. */
  readonly fields?: ReadonlySet<string> | undefined;
  readonly where?: RequestedFilter;
  readonly order?: readonly RequestedOrder[];
  readonly start?: number;
  readonly limit?: number;
  /** Only how many entries there are. */
  readonly count?: true;
  readonly populated: Populated;
}

/** The same while it is read: a path may name a relation again, to say more of it. */
interface Growing {
  readonly lead: Lead | undefined;
  whole: boolean;
  readonly fields: Set<string>;
  options: Pick<Populate, 'fields' | 'where' | 'order' | 'start' | 'limit' | 'count'>;
  readonly children: Map<string, Growing>;
}

/** Names that Strapi's clients ask for whether they apply or not. */
const ofSystem: ReadonlySet<string> = new Set(['createdBy', 'updatedBy', 'localizations', 'role']);
const known: ReadonlySet<string> = new Set([
  'fields',
  'filters',
  'sort',
  'populate',
  'count',
  'start',
  'limit',
  'page',
  'pageSize',
  'pagination',
]);

export interface PopulateContext {
  readonly sight: Sight;
  /** Levels at most. */
  readonly depth: number;
  /** Entries of one nested list at most. */
  readonly most: number;
}

/** What is asked for. Throws `unknown_field` and `validation`, which name what is wrong. */
export function populatedOf(context: PopulateContext, collection: Collection, value: BracketValue | undefined): Populated {
  const tree = new Map<string, Growing>();
  if (value !== undefined) grow(context, collection, value, tree, 1);
  return finished(tree);
}

function finished(tree: ReadonlyMap<string, Growing>): Populated {
  const made = new Map<string, Populate>();
  for (const [name, { lead, whole, fields, options, children }] of tree) {
    const only = whole || fields.size === 0 ? undefined : fields;
    made.set(name, { lead, ...(only ? { fields: only } : {}), ...options, populated: finished(children) });
  }
  return made;
}

function grow(context: PopulateContext, collection: Collection, value: BracketValue, tree: Map<string, Growing>, level: number): void {
  if (level > context.depth) refuse('levels of populate (populateDepth)', context.depth);
  if (isGroup(value)) {
    for (const [name, one] of Object.entries(value)) if (one !== '') growNamed(context, collection, name, one, tree, level);
    return;
  }
  for (const path of listedNames('populate', value)) {
    if (path === '*') growAll(context, collection, tree);
    else growPath(context, collection, path.split('.'), tree, level);
  }
}

function started(tree: Map<string, Growing>, name: string, lead: Lead | undefined): Growing {
  const found = tree.get(name) ?? { lead, whole: false, fields: new Set<string>(), options: {}, children: new Map<string, Growing>() };
  tree.set(name, found);
  return found;
}

function growAll({ sight }: PopulateContext, collection: Collection, tree: Map<string, Growing>): void {
  for (const relation of collection.relations.values()) {
    const lead = leadOf(sight, relation);
    if (lead && !isTie(sight, lead, collection)) started(tree, relation.name, lead).whole = true;
  }
}

/** Whether a list is of rows that do nothing but tie others to these: the list of those others is there too. */
function isTie({ schema }: Sight, { relation }: Lead, collection: Collection): boolean {
  if (relation.kind !== 'o2m' || relation.listed || relation.junction !== undefined) return false;
  return [...collection.relations.values()].some((one) => one.kind === 'm2m' && schema.collections.get(one.through)?.name === relation.to);
}

/** Where that name leads: `skipped` for what the caller may not follow, and for names of the system that do not apply. */
function leadNamed(sight: Sight, collection: Collection, name: string): Lead | 'localizations' | 'skipped' | undefined {
  const relation = named(sight, collection, name)?.relation;
  if (relation) return leadOf(sight, relation) ?? 'skipped';
  if (name === 'localizations' && localisedOf(sight, collection)) return 'localizations';
  return ofSystem.has(name) ? 'skipped' : undefined;
}

function growPath(
  context: PopulateContext,
  collection: Collection,
  path: readonly string[],
  tree: Map<string, Growing>,
  level: number,
): void {
  if (level > context.depth) refuse('levels of populate (populateDepth)', context.depth);
  const [name = '', ...rest] = path;
  const lead = leadNamed(context.sight, collection, name);
  if (lead === undefined) throw invalidName(name, 'populate');
  if (lead === 'skipped') return;
  if (lead === 'localizations') {
    started(tree, name, undefined).whole = true;
    return;
  }
  const node = started(tree, name, lead);
  const [next] = rest;
  if (next === undefined) {
    node.whole = true;
    return;
  }
  if (next === '*') {
    node.whole = true;
    growAll(context, lead.end, node.children);
    return;
  }
  if (rest.length === 1 && isAttribute(context.sight, lead.end, next)) {
    node.fields.add(attributeNamed(context.sight, lead.end, next));
    return;
  }
  node.whole = true;
  growPath(context, lead.end, rest, node.children, level + 1);
}

/** A column that is no key of another table, or a name that every entry has. */
function isAttribute(sight: Sight, collection: Collection, name: string): boolean {
  const own = collection.fields.get(name);
  if (own) return isShown(sight, own) && !collection.relations.has(name);
  const found = named(sight, collection, name);
  if (found) return found.field !== undefined && found.relation === undefined;
  return ['id', 'documentId', 'createdAt', 'updatedAt', 'publishedAt'].includes(name);
}

function growNamed(
  context: PopulateContext,
  collection: Collection,
  name: string,
  value: BracketValue,
  tree: Map<string, Growing>,
  level: number,
): void {
  const truth = truthOf(value);
  if (truth === false) return;
  if (truth === true || value === '*') {
    const path = value === '*' ? [...name.split('.'), '*'] : name.split('.');
    if (name === '*') growAll(context, collection, tree);
    else growPath(context, collection, path, tree, level);
    return;
  }
  if (!isGroup(value)) {
    throw invalidValue(`populate[${name}]`, 'true, false, * or what is asked of it stands here, such as populate[a][fields][0]=b');
  }
  const lead = leadNamed(context.sight, collection, name);
  if (lead === undefined) throw invalidName(name, 'populate');
  for (const option of Object.keys(value)) if (!known.has(option)) throw invalidName(option, 'populate', [name]);
  if (lead === 'skipped') return;
  const node = started(tree, name, lead === 'localizations' ? undefined : lead);
  node.whole = true;
  if (lead === 'localizations') {
    node.options = languageOptions(context.sight, collection, value);
    return;
  }
  node.options = optionsOf(context, lead, name, value);
  const inner = value['populate'];
  if (inner !== undefined) grow(context, lead.end, inner, node.children, level + 1);
}

/** Of other languages there are all, and of each what `fields` names. */
function languageOptions(sight: Sight, collection: Collection, value: BracketGroup): Growing['options'] {
  const { fields, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidValue(`populate[localizations][${other}]`, 'of languages nothing but fields is asked');
  const shown = fieldsOf(sight, collection, fields);
  return shown ? { fields: shown } : {};
}

function optionsOf({ sight, most }: PopulateContext, lead: Lead, name: string, value: BracketGroup): Growing['options'] {
  const { end, many } = lead;
  const { fields, filters, sort, count, pagination } = value;
  const shown = fieldsOf(sight, end, fields);
  const where = filters === undefined ? undefined : filtersOf(sight, end, filters);
  const order = sort === undefined || sort === '' ? undefined : orderOf(sight, end, sort);
  const counts = count === undefined ? false : truthOf(count);
  if (counts === undefined) throw invalidValue(`populate[${name}][count]`, 'true or false stands here');
  if (counts && !many) throw invalidValue(`populate[${name}][count]`, 'this relation leads to one entry');
  const bounds = { limit: most, pageSize: most, maxLimit: most, populateDepth: 1 };
  const { start, limit, page, pageSize } = value;
  const beside = Object.entries({ start, limit, page, pageSize }).flatMap(([key, one]): [string, BracketValue][] =>
    one ? [[key, one]] : [],
  );
  if (pagination !== undefined && beside.length > 0) throw invalidValue(`populate[${name}]`, 'pagination stands beside no page of its own');
  const paging = pagination ?? (beside.length === 0 ? undefined : Object.fromEntries(beside));
  const read = paging === undefined ? undefined : pageOf(paging, bounds);
  const asked = many ? read : undefined;
  return {
    ...(shown ? { fields: shown } : {}),
    ...(where ? { where } : {}),
    ...(order && many ? { order } : {}),
    ...(asked ? { start: asked.start, limit: asked.limit } : {}),
    ...(counts ? { count: true as const } : {}),
  };
}
