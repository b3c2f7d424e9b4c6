/** Authorises reads: what a caller may name, and the row and field rules written into the query. */
import { GatewayError } from '../lib/errors.ts';
import { allOf, always, anyOf } from '../query/filters.ts';
import type { Filter, Output, ReadQuery, Template, TemplateCase, Visibility } from '../query/types.ts';
import type { Collection, Field, Relation, Schema } from '../schema/types.ts';
import { type ReadGrant, readGrant } from './grants.ts';
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
  const grantOfField = (field: Field): ReadGrant | undefined => {
    const collection = schema.collections.get(field.collection);
    return collection && grant(collection);
  };
  return {
    visible: {
      collection: (collection) => grant(collection) !== undefined,
      field: (field) => grantOfField(field)?.field(field) ?? 'no',
    },
    authorise(query) {
      const found = grant(query.collection);
      if (!found) throw new GatewayError('read_denied', { collection: query.collection.name });
      const warnings = warningsOf(query.template);
      return { query: authoriseQuery(query, { schema, grant }) as Authorized<ReadQuery>, warnings };
    },
  };
}

interface Guard {
  readonly schema: Schema;
  grant(collection: Collection): ReadGrant | undefined;
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
  return {
    ...query,
    template,
    where: allOf([authoriseFilter(query.where, query.collection, guard), grant.rows(query.statuses)]),
    readable: { total: grant.rows(), byStatus: grant.rows('any') },
    ...(cases.length > 0 ? { cases } : {}),
  };
}

function authoriseTemplate(template: Template, grant: ReadGrant, guard: Guard): Template {
  const kept = new Map<string, Output>();
  for (const [key, output] of template) {
    if (output.is === 'denied') continue;
    if (output.is === 'group') kept.set(key, { is: 'group', of: authoriseTemplate(output.of, grant, guard) });
    else if (output.is === 'relation') {
      if (output.relation.kind === 'm2o' && output.relation.join.some((pair) => grant.field(pair.from) === 'no')) continue;
      const through = throughRows(output.relation, guard);
      kept.set(key, { ...output, query: authoriseQuery(output.query, guard), ...(through ? { through } : {}) });
    } else if (output.is === 'constant' || grant.field(output.field) !== 'no') kept.set(key, output);
  }
  return kept;
}

/** The rules of a junction table: rows of it that may not be read lead nowhere. */
function throughRows(relation: Relation, guard: Guard): Filter | undefined {
  if (relation.kind !== 'm2m') return undefined;
  const through = guard.schema.collections.get(relation.through);
  if (!through) return undefined;
  return demand(through, guard).rows();
}

/** The outputs that some rows lack. A relation counts by the column that leads to it. */
function casesOf(template: Template, grant: ReadGrant): TemplateCase[] {
  const cases: TemplateCase[] = [];
  for (const { when, hidden } of grant.cases) {
    const without = new Set<string>();
    for (const [key, output] of template) {
      const fields =
        output.is === 'field' || output.is === 'stub'
          ? [output.field]
          : output.is === 'relation' && output.relation.kind === 'm2o'
            ? output.relation.join.map((pair) => pair.from)
            : [];
      if (fields.some((field) => hidden.has(field.name))) without.add(key);
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
      const lead =
        filter.relation.kind === 'm2o'
          ? narrow(
              filter.relation.join.map((pair) => pair.from),
              collection,
              guard,
            )
          : always;
      const through = throughRows(filter.relation, guard);
      const where = allOf([authoriseFilter(filter.where, filter.collection, guard), grant.rows()]);
      return allOf([{ ...filter, where, ...(through ? { through } : {}) }, lead]);
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
