/** Authorises reads: what a caller may name, and the row and field rules written into the query. */
import { GatewayError } from '../lib/errors.ts';
import { allOf, always, anyOf, never } from '../query/filters.ts';
import type { Filter, Output, ReadQuery, Template, TemplateCase, Visibility } from '../query/types.ts';
import type { Collection, Field, Relation, Schema } from '../schema/types.ts';
import { type ReadGrant, readGrant } from './grants.ts';
import { hidden, leading, sidesOf, tiedRows } from './relations.ts';
import type { Actor, Authorized, Rules, Warning } from './types.ts';

export interface ReadAccess {
  readonly visible: Visibility;
  /** Writes the rules into a bound read. Throws `read_denied` when its collection may not be read at all. */
  authorise(query: ReadQuery): { query: Authorized<ReadQuery>; warnings: readonly Warning[] };
}

/** The access of one actor under one version of schema and rules; grants are worked out once per collection. */
export function readAccess(schema: Schema, rules: Rules, actor: Actor): ReadAccess {
  const grants = new Map<Collection, ReadGrant | undefined>();
  const grant = (collection: Collection): ReadGrant | undefined => {
    if (!grants.has(collection)) grants.set(collection, readGrant(collection, rules, actor, schema));
    return grants.get(collection);
  };
  const grantOf = (name: string): ReadGrant | undefined => {
    const collection = schema.collections.get(name);
    return collection && grant(collection);
  };
  return {
    visible: {
      collection: (collection) => grant(collection) !== undefined,
      field: (field) => grantOf(field.collection)?.field(field) ?? 'no',
      relation: (relation) => !hidden(relation, sidesOf(relation, grantOf)),
    },
    authorise(query) {
      const found = grant(query.collection);
      if (!found) throw new GatewayError('read_denied', { collection: query.collection.name });
      const warnings = warningsOf(query.template);
      return { query: authoriseQuery(query, { schema, grant, grantOf }) as Authorized<ReadQuery>, warnings };
    },
  };
}

interface Guard {
  readonly schema: Schema;
  grant(collection: Collection): ReadGrant | undefined;
  grantOf(name: string): ReadGrant | undefined;
}

function demand(collection: Collection, guard: Guard): ReadGrant {
  const grant = guard.grant(collection);
  if (!grant) throw new GatewayError('read_denied', { collection: collection.name });
  return grant;
}

function authoriseQuery(query: ReadQuery, guard: Guard): ReadQuery {
  const grant = demand(query.collection, guard);
  for (const term of query.order === 'random' ? [] : query.order) {
    if (grant.field(term.field) === 'yes' || term.field.primaryKey) continue;
    throw new GatewayError('unknown_field', { field: term.field.name, collection: query.collection.name });
  }
  const template = authoriseTemplate(query.template, grant, guard);
  const cases = casesOf(template, grant);
  const { rows, byStatus } = statusRows(query, grant);
  return {
    ...query,
    template,
    where: allOf([authoriseFilter(query.where, query.collection, guard), rows]),
    readable: { total: grant.rows(), byStatus: byStatus ?? never },
    counts: { ...query.counts, byStatus: query.counts.byStatus && byStatus !== undefined },
    ...(cases.length > 0 ? { cases } : {}),
  };
}

/** The rows in the statuses asked for, and those whose statuses may be counted. Where the status is hidden, neither tells it. */
function statusRows(query: ReadQuery, grant: ReadGrant): { rows: Filter; byStatus?: Filter } {
  const field = query.collection.status?.field;
  const readable = field ? grant.field(field) : 'yes';
  if (readable === 'no') return { rows: grant.rows() };
  const told = field && readable === 'some' ? grant.rowsOf(field) : always;
  return {
    rows: query.statuses === undefined ? grant.rows() : allOf([grant.rows(query.statuses), told]),
    byStatus: allOf([grant.rows('any'), told]),
  };
}

function authoriseTemplate(template: Template, grant: ReadGrant, guard: Guard): Template {
  const kept = new Map<string, Output>();
  for (const [key, output] of template) {
    if (output.is === 'denied') continue;
    if (output.is === 'group') kept.set(key, { is: 'group', of: authoriseTemplate(output.of, grant, guard) });
    else if (output.is === 'relation') {
      const related = authoriseRelation(output.relation, guard);
      if (!related) continue;
      const query = authoriseQuery(output.query, guard);
      const where = allOf([query.where, related.target]);
      kept.set(key, { ...output, query: { ...query, where }, ...(related.through ? { through: related.through } : {}) });
    } else if (output.is === 'constant' || grant.field(output.field) !== 'no') kept.set(key, output);
  }
  return kept;
}

/**
 * The rules of a relation beside those of its target: rows of a junction that may not be read lead nowhere, and neither side shows
 * which rows belong together where a column that ties them is hidden. Undefined: it does not exist for the actor.
 */
function authoriseRelation(relation: Relation, guard: Guard): { own: Filter; target: Filter; through?: Filter } | undefined {
  const sides = sidesOf(relation, guard.grantOf);
  if (hidden(relation, sides)) return undefined;
  const { own, target, through } = tiedRows(relation, sides);
  if (relation.kind !== 'm2m') return { own, target };
  if (!sides.through) throw new GatewayError('read_denied', { collection: relation.through });
  return { own, target, through: allOf([sides.through.rows(), through]) };
}

/** The outputs that some rows lack. A relation counts by its name and by the columns that lead to it. */
function casesOf(template: Template, grant: ReadGrant): TemplateCase[] {
  const cases: TemplateCase[] = [];
  for (const { when, hidden: names } of grant.cases) {
    const without = new Set<string>();
    for (const [key, output] of template) {
      const fields =
        output.is === 'field' || output.is === 'stub' ? [output.field] : output.is === 'relation' ? leading(output.relation) : [];
      if (fields.some((field) => names.has(field.name))) without.add(key);
    }
    if (without.size > 0) cases.push({ when, without });
  }
  return cases;
}

/** Adds the rules of every collection a filter steps into, and refuses or narrows conditions on fields that are not readable. */
function authoriseFilter(filter: Filter, collection: Collection, guard: Guard): Filter {
  switch (filter.is) {
    case 'all':
      return allOf(filter.of.map((part) => authoriseFilter(part, collection, guard)));
    case 'any':
      return anyOf(filter.of.map((part) => authoriseFilter(part, collection, guard)));
    case 'not':
      return { is: 'not', of: authoriseFilter(filter.of, collection, guard) };
    case 'always':
    case 'never':
      return filter;
    case 'some':
    case 'count': {
      const grant = guard.grant(filter.collection);
      if (!grant) throw new GatewayError('related_denied', { field: filter.relation.name });
      const related = authoriseRelation(filter.relation, guard);
      if (!related) throw new GatewayError('unknown_path', { field: filter.relation.name });
      const { own, target, through } = related;
      const where = allOf([authoriseFilter(filter.where, filter.collection, guard), grant.rows(), target]);
      return allOf([{ ...filter, where, ...(through ? { through } : {}) }, own]);
    }
    default:
      return allOf([filter, narrow([filter.field], collection, guard)]);
  }
}

/** The rows in which all these fields are readable. Throws `unknown_field` for one that never is. */
function narrow(fields: readonly Field[], collection: Collection, guard: Guard): Filter {
  const grant = demand(collection, guard);
  return allOf(
    fields.map((field) => {
      const readable = grant.field(field);
      if (readable === 'yes' && field.secret !== 'masked') return always;
      if (readable === 'some' && field.secret !== 'masked') return grant.rowsOf(field);
      // A key is compared by our own code when an item is asked for by id, whatever the blacklist says.
      if (field.primaryKey && !field.secret) return always;
      throw new GatewayError('unknown_field', { field: field.name, collection: collection.name });
    }),
  );
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
