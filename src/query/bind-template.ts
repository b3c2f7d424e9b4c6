/** Binds a template whose outputs are named one by one. What a row may not show is null in it, so that every key is there, or left out. */
import type { ValueForm } from '../dialect/forms.ts';
import { GatewayError } from '../lib/errors.ts';
import type { Collection, Field, Relation } from '../schema/types.ts';
import { bindFilter } from './bind-filter.ts';
import type { BindContext } from './context.ts';
import { fileDataName, fileMembersOutput } from './file-data.ts';
import { nestedRead } from './nested.ts';
import type { RequestedOutput, RequestedTemplate } from './requested-template.ts';
import type { Output, ReadQuery, RequestedRead } from './types.ts';

type Absent = RequestedRead['absent'];
type OrKey = { readonly field: Field; readonly form: ValueForm } | undefined;
type RequestedRelation = Extract<RequestedOutput, { is: 'relation' }>;

/** The outputs in the order asked for. Throws `unknown_field` for a name that does not exist for the caller. */
export function bindTemplate(collection: Collection, asked: RequestedTemplate, context: BindContext, absent?: Absent): Map<string, Output> {
  const template = new Map<string, Output>();
  for (const [key, output] of asked) {
    context.count();
    template.set(key, bindOutput(collection, output, context, absent));
  }
  return template;
}

function bindOutput(collection: Collection, asked: RequestedOutput, context: BindContext, absent: Absent): Output {
  switch (asked.is) {
    case 'constant':
      return asked;
    case 'group':
      return { ...asked, of: bindTemplate(collection, asked.of, context, absent) };
    case 'file': {
      const { members, make } = asked;
      const output = fileMembersOutput(collection, members, context);
      if (!output) throw unknown(collection, fileDataName);
      return { ...output, ...(make ? { make } : {}) };
    }
    case 'first':
      return { is: 'first', of: asked.of.map((one) => bindOutput(collection, one, context, absent)) };
    case 'when':
      return { is: 'when', where: bindFilter(collection, asked.where, context), of: bindOutput(collection, asked.of, context, absent) };
    case 'key':
      return {
        is: 'key',
        fields: collection.key.map(({ name }) => fieldOf(collection, name, context)),
        ...(asked.joined ? { joined: asked.joined } : {}),
      };
    case 'field': {
      const form = asked.form === 'plain' ? undefined : asked.form;
      return { is: 'field', field: fieldOf(collection, asked.name, context), implied: false, ...(form ? { form } : {}) };
    }
    case 'relation':
      return bindRelation(collection, asked, context, absent);
  }
}

function bindRelation(collection: Collection, asked: RequestedRelation, context: BindContext, absent: Absent): Output {
  const relation = collection.relations.get(asked.name);
  if (!relation || !context.visible.relation(relation)) throw unknown(collection, asked.name);
  const orKey = asked.orKey && keyOf(collection, relation, asked.orKey, context);
  const target = context.schema.collections.get(relation.to);
  const through = relation.kind === 'm2m' ? context.schema.collections.get(relation.through) : undefined;
  if (!target || !context.visible.collection(target) || (through && !context.visible.collection(through))) {
    if (orKey) return { is: 'field', field: orKey.field, implied: false, ...(orKey.form === 'plain' ? {} : { form: orKey.form }) };
    throw unknown(collection, asked.name);
  }
  const many = relation.kind !== 'm2o';
  const as = many && asked.as !== 'rows' ? asked.as : undefined;
  const read = nestedRead(relation, target, bindTemplate(target, asked.of, context, absent), askedOf(asked, as), context);
  const query: ReadQuery = absent === 'out' ? read : { ...read, absent: 'null' };
  const { make, only } = asked;
  const more = { ...(as ? { as } : {}), ...(orKey ? { orKey } : {}), ...(make ? { make } : {}), ...(only ? { only } : {}) };
  return { is: 'relation', relation, query, implied: false, ...more };
}

/** One row at most where one is shown; what is only counted has no length to look at. */
function askedOf({ asked }: RequestedRelation, as: RequestedRelation['as']): RequestedRelation['asked'] {
  if (as === 'row' || as === 'value') return { ...asked, limit: 1 };
  return as === 'count' ? { ...asked, limit: 0 } : asked;
}

function keyOf(collection: Collection, relation: Relation, form: ValueForm, context: BindContext): OrKey {
  const name = relation.kind === 'm2o' ? relation.field?.name : undefined;
  return name === undefined ? undefined : { field: fieldOf(collection, name, context), form };
}

function fieldOf(collection: Collection, name: string, context: BindContext): Field {
  const field = collection.fields.get(name);
  if (!field || field.secret === 'never' || context.visible.field(field) === 'no') throw unknown(collection, name);
  return field;
}

function unknown(collection: Collection, field: string): GatewayError {
  return new GatewayError('unknown_field', { field, collection: collection.name });
}
