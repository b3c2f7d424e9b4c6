/** Authorises reads: what a caller may name, and the row and field rules written into the query. */
import { allOf, always, never } from '../query/filters.ts';
import type { Filter, Lacking, Output, ReadQuery, Template, TemplateCase, Visibility } from '../query/types.ts';
import type { Collection, Field, Schema } from '../schema/types.ts';
import { authoriseFilter } from './filter.ts';
import type { Named, ReadGrant } from './grants.ts';
import { authoriseRelation, demand, type Guard, guardOf, visibilityOf } from './guard.ts';
import { pinned } from './history.ts';
import { openTo } from './open.ts';
import { authoriseOrder, authoriseStep } from './order.ts';
import { leading } from './relations.ts';
import type { Actor, Authorized, Rules, Warning } from './types.ts';

export interface ReadAccess {
  readonly visible: Visibility;
  /** Writes the rules into a bound read. Throws `read_denied` when its collection may not be read at all. */
  authorise(query: ReadQuery): { query: Authorized<ReadQuery>; warnings: readonly Warning[] };
  /** Whether what was named and authorised so far differs between users of one role. */
  personal(): boolean;
}

/** The access of one actor under one version of schema and rules. */
export function readAccess(schema: Schema, rules: Rules, actor: Actor): ReadAccess {
  const guard = guardOf(schema, rules, actor);
  return {
    visible: visibilityOf(guard),
    personal: () => guard.personal(),
    authorise(query) {
      demand(query.collection, guard);
      const warnings = warningsOf(query.template);
      return { query: authoriseQuery(query, guard) as Authorized<ReadQuery>, warnings };
    },
  };
}

function authoriseQuery(query: ReadQuery, guard: Guard): ReadQuery {
  const grant = demand(query.collection, guard);
  const template = authoriseTemplate(query, query.collection, grant, guard);
  const cases = casesOf({ ...query, template }, grant);
  const total = grant.rows();
  const { rows, byStatus } = statusRows(query, grant, total);
  const within = (of: Filter): Filter => (query.within ? authoriseRows(query.within, of, query.collection, guard) : of);
  return {
    ...query,
    template,
    where: authoriseRows(query.where, rows, query.collection, guard),
    order: query.order === 'random' ? 'random' : authoriseOrder(query.order, query.collection, guard),
    ...(query.each ? { each: authoriseStep(query.each, query.collection, guard) } : {}),
    readable: { total: within(total), byStatus: within(byStatus ?? never), open: openTo(query, guard) },
    counts: { ...query.counts, byStatus: query.counts.byStatus && byStatus !== undefined },
    ...(cases.length > 0 ? { cases } : {}),
  };
}

/** The rows in the statuses asked for, and those whose statuses may be counted. Where the status is hidden, neither tells it. */
export function statusRows(
  query: Pick<ReadQuery, 'collection' | 'statuses'>,
  grant: ReadGrant,
  total: Filter = grant.rows(),
): { rows: Filter; byStatus?: Filter } {
  const field = query.collection.status?.field;
  const readable = field ? grant.field(field) : 'yes';
  if (readable === 'no') return { rows: total };
  const visible = field && readable === 'some' ? grant.rowsOf(field) : always;
  return {
    rows: query.statuses === undefined ? total : allOf([grant.rows(query.statuses), visible]),
    byStatus: allOf([grant.rows('any'), visible]),
  };
}

type Shape = Pick<ReadQuery, 'template' | 'absent'>;

function authoriseTemplate({ template, absent }: Shape, collection: Collection, grant: ReadGrant, guard: Guard): Template {
  const kept = new Map<string, Output>();
  for (const [key, output] of template) {
    if (absent === 'null') kept.set(key, { is: 'constant', json: 'null' });
    if (output.is === 'denied') continue;
    if (output.is === 'group') {
      const of = authoriseTemplate({ ...(absent ? { absent } : {}), template: output.of }, collection, grant, guard);
      if (!output.file || of.size > 0) kept.set(key, { ...output, of });
    } else if (output.is === 'relation') {
      const related = authoriseRelation(output.relation, guard);
      if (!related) continue;
      const query = authoriseQuery(output.query, guard);
      const where = allOf([query.where, related.target]);
      kept.set(key, { ...output, query: { ...query, where }, ...(related.through ? { through: related.through } : {}) });
    } else if (output.is === 'first') {
      const of = output.of.flatMap((one) => wholly(one, collection, grant, guard));
      if (of.length > 0) kept.set(key, { is: 'first', of });
    } else if (output.is === 'when') {
      const [of] = wholly(output.of, collection, grant, guard);
      if (of) kept.set(key, { is: 'when', where: authoriseFilter(output.where, collection, guard), of });
    } else if (output.is === 'key') {
      if (output.fields.every((field) => grant.field(field) !== 'no')) kept.set(key, output);
    } else if (output.is === 'constant') kept.set(key, output);
    else authoriseField(key, output, grant, kept);
  }
  return kept;
}

/** The output with the rules in it, unless it may not be read, or only a part of its value. */
function wholly(output: Output, collection: Collection, grant: ReadGrant, guard: Guard): Output[] {
  const authorised = authoriseTemplate({ template: new Map([['', output]]) }, collection, grant, guard).get('');
  return authorised && !(authorised.is === 'field' && authorised.cut) ? [authorised] : [];
}

function authoriseField(key: string, output: Extract<Output, { field: Field }>, grant: ReadGrant, kept: Map<string, Output>): void {
  if (grant.field(output.field) === 'no') return;
  const cut = grant.cuts?.get(output.field.name);
  if (!cut) kept.set(key, output);
  else if (output.is === 'field') kept.set(key, { ...output, cut });
}

/** The outputs that some rows lack. */
function casesOf(shape: Shape, grant: ReadGrant): TemplateCase[] {
  return grant.cases.flatMap(({ when, hidden }) => {
    const lacking = lackingOf(shape, hidden);
    return lacking ? [{ when, ...lacking }] : [];
  });
}

/** What of a template is hidden with those names; undefined for nothing. A relation counts by its name and by the columns that lead to it. */
function lackingOf({ template, absent }: Shape, hidden: ReadonlySet<string>): Lacking | undefined {
  const without = new Set<string>();
  const inside = new Map<string, Lacking>();
  for (const [key, output] of template) {
    if (output.is === 'group') {
      const lacking = lackingOf({ template: output.of, ...(absent ? { absent } : {}) }, hidden);
      if (lacking) inside.set(key, lacking);
      continue;
    }
    if (looksAt(output).some((field) => hidden.has(field.name))) without.add(key);
  }
  if (without.size === 0 && inside.size === 0) return undefined;
  return { without, ...(inside.size > 0 ? { inside } : {}), ...(absent ? { nulls: true } : {}) };
}

function looksAt(output: Output): readonly Named[] {
  if (output.is === 'first') return output.of.flatMap(looksAt);
  if (output.is === 'when') return [...askedAbout(output.where), ...looksAt(output.of)];
  if (output.is === 'key') return output.fields;
  return output.is === 'field' || output.is === 'stub' ? [output.field] : output.is === 'relation' ? leading(output.relation) : [];
}

/** What of the row itself a condition tells something of. */
function askedAbout(filter: Filter): readonly Named[] {
  switch (filter.is) {
    case 'all':
    case 'any':
      return filter.of.flatMap(askedAbout);
    case 'not':
      return askedAbout(filter.of);
    case 'some':
    case 'count':
      return leading(filter.relation);
    case 'compare':
    case 'null':
    case 'like':
    case 'geo':
      return [filter.field];
    default:
      return [];
  }
}

/** The rows of a query that may be read. */
export function authoriseRows(where: Filter, rows: Filter, collection: Collection, guard: Guard): Filter {
  const asked = authoriseFilter(where, collection, guard);
  const ruled = pinned(rows, asked);
  return allOf([within(asked, ruled), ruled]);
}

/** What is looked through is of the rows that may be read: others neither take their room nor count. */
function within(filter: Filter, rows: Filter): Filter {
  if (filter.is === 'all') return { is: 'all', of: filter.of.map((part) => within(part, rows)) };
  return filter.is === 'among' ? { ...filter, of: allOf([filter.of, rows]) } : filter;
}

/** One warning for each relation of the top level that was left out or cut to its key (directus8-data §8.5). */
function warningsOf(template: Template): Warning[] {
  const warnings: Warning[] = [];
  for (const [field, output] of template) {
    if (output.is === 'stub') warnings.push({ collection: output.denied, field });
    else if (output.is === 'denied') warnings.push({ collection: output.collection, field });
  }
  return warnings;
}
