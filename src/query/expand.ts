/** Expands a selection with its wildcards into an explicit template (directus8-data §5.1). */
import { GatewayError } from '../lib/errors.ts';
import { coerceOperand } from '../schema/field-types.ts';
import type { Collection, Field, Relation } from '../schema/types.ts';
import type { BindContext } from './context.ts';
import { fileDataName, fileDataOutput } from './file-data.ts';
import { always, compare, never } from './filters.ts';
import { type NestedMap, nestedRead } from './nested.ts';
import { listedRelations, reachableRelations } from './reachable.ts';
import type { Filter, Output, Selection } from './types.ts';

/**
 * The outputs in table order, then relations without a column of their own. Throws `unknown_field` for a name that does not exist.
 * `nested` are the arguments of this level's relations.
 */
export function expand(collection: Collection, selection: Selection, context: BindContext, nested?: NestedMap): Map<string, Output> {
  const { named, without } = selection;
  refuseUnknown(collection, selection, context);
  const template = new Map<string, Output>();
  const stubs = context.stubs && nests(collection, selection);
  for (const field of collection.fields.values()) {
    const asked = named.has(field.name);
    const kept = selection.all && field.primaryKey;
    if (!asked && !selection.all) continue;
    if (without.has(field.name) && !kept) continue;
    if (field.secret === 'never' || context.visible.field(field) === 'no') continue;
    context.count();
    template.set(field.name, columnOutput(collection, field, selection, stubs, context, nested));
  }
  const data = fileDataOutput(collection, selection, context);
  if (data) template.set(fileDataName, data);
  for (const relation of reachableRelations(collection, named)) {
    if (relation.kind === 'm2o' && relation.field) continue;
    const output = without.has(relation.name) ? undefined : listOutput(relation, selection, stubs, context, nested);
    if (!output) continue;
    context.count();
    template.set(relation.name, output);
  }
  return template;
}

/** Whether anything of this level is expanded, which turns the plain relations beside it into objects. */
function nests(collection: Collection, selection: Selection): boolean {
  if (selection.each) return true;
  for (const [name, child] of selection.named) if (child && collection.relations.has(name)) return true;
  return false;
}

function refuseUnknown(collection: Collection, selection: Selection, context: BindContext): void {
  for (const name of selection.named.keys()) {
    // What nobody reads is left out like any other field that the caller may not read.
    if (collection.fields.has(name) || collection.relations.has(name) || collection.aliases.has(name)) continue;
    throw new GatewayError('unknown_field', { field: name, collection: collection.name });
  }
  if (!selection.each || selection.each.named.size === 0) return;
  for (const relation of listedRelations(collection)) {
    const target = context.schema.collections.get(relation.to);
    if (target && context.visible.collection(target)) refuseUnknown(target, selection.each, context);
  }
}

/** What is asked of a relation: its own entry and what `*.…` asks of all of them. */
function childSelection(relation: Relation, selection: Selection): Selection | undefined {
  const own = selection.named.get(relation.name) ?? undefined;
  const each = relation.listed ? selection.each : undefined;
  return own && each ? merge(own, each) : (own ?? each);
}

function merge(a: Selection, b: Selection): Selection {
  const named = new Map(a.named);
  for (const [name, child] of b.named) {
    const mine = named.get(name);
    named.set(name, mine && child ? merge(mine, child) : (mine ?? child));
  }
  const each = a.each && b.each ? merge(a.each, b.each) : (a.each ?? b.each);
  return { all: a.all || b.all, named, without: new Set([...a.without, ...b.without]), ...(each ? { each } : {}) };
}

function columnOutput(
  collection: Collection,
  field: Field,
  selection: Selection,
  stubs: boolean,
  context: BindContext,
  nested: NestedMap | undefined,
): Output {
  const implied = !selection.named.has(field.name);
  const relation = collection.relations.get(field.name);
  if (relation?.kind !== 'm2o') return { is: 'field', field, implied };
  const child = childSelection(relation, selection);
  if (!child && !stubs) return { is: 'field', field, implied };
  const target = context.schema.collections.get(relation.to);
  if (!target) return { is: 'field', field, implied };
  const key = relation.join[0]?.to.name ?? target.key[0]?.name ?? 'id';
  if (!context.visible.collection(target)) return { is: 'stub', field, key, denied: target.name };
  if (!context.visible.relation(relation)) return { is: 'field', field, implied };
  const asked = nested?.get(relation.name);
  const template = child ? expand(target, child, context, asked?.nested) : keyTemplate(target, key);
  return { is: 'relation', relation, query: nestedRead(relation, target, template, asked, context), implied };
}

function keyTemplate(target: Collection, key: string): Map<string, Output> {
  const field = target.fields.get(key);
  return new Map(field ? [[key, { is: 'field', field, implied: true }]] : []);
}

function listOutput(
  relation: Relation,
  selection: Selection,
  stubs: boolean,
  context: BindContext,
  nested: NestedMap | undefined,
): Output | undefined {
  const asked = selection.named.has(relation.name);
  const child = childSelection(relation, selection);
  if (!asked && !(relation.listed && (selection.each || (selection.all && stubs)))) return undefined;
  if (!child && !stubs) return undefined;
  const target = context.schema.collections.get(relation.to);
  if (!target || !context.visible.relation(relation)) return undefined;
  const through = relation.kind === 'm2m' ? context.schema.collections.get(relation.through) : undefined;
  if (!context.visible.collection(target) || (through && !context.visible.collection(through))) {
    return { is: 'denied', collection: target.name };
  }
  const wanted = nested?.get(relation.name);
  const template = child ? expand(target, child, context, wanted?.nested) : backReference(relation, target);
  const query = nestedRead(relation, target, template, wanted, context, languageFilter(relation, target, context));
  return { is: 'relation', relation, query, implied: !asked };
}

/** Where no columns are asked of a list, its rows hold what leads back (directus8-data §5.1, mixing quirk). */
function backReference(relation: Relation, target: Collection): Map<string, Output> {
  const fields = relation.kind === 'o2m' ? relation.join.map((pair) => pair.to) : target.key;
  return new Map(fields.map((field) => [field.name, { is: 'field', field, implied: true }]));
}

/** `lang`: translations of those languages only (directus8-data §5.8). */
function languageFilter(relation: Relation, target: Collection, context: BindContext): Filter {
  const { languages } = context;
  if (relation.kind !== 'o2m' || !relation.translation || !languages || languages.includes('*')) return always;
  if (!target.lang) throw new GatewayError('unknown_path', { field: 'lang' });
  const { lang } = target;
  const operands = languages.flatMap((language) => coerceOperand(lang, language) ?? []);
  return operands.length === 0 ? never : compare(lang, 'in', ...operands);
}
