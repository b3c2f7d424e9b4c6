/** What an answer looks like whose members are outputs of a template: told by the very template that makes it. */
import type { ValueForm } from '../../../dialect/forms.ts';
import type { RequestedOutput, RequestedTemplate } from '../../../query/requested-template.ts';
import type { Collection, Field, Schema } from '../../../schema/types.ts';
import { anyObject, formOf, type JsonSchema, kindOf, mayBeNull, nullable } from '../values.ts';
import { orPoint } from './dialect-schemas.ts';
import { text } from './plain-schemas.ts';

/** Where outputs stand, and the statuses that rows of a collection can have for who reads them. */
export interface Within {
  readonly schema: Schema;
  readonly statuses: (collection: Collection, field: Field) => readonly string[] | undefined;
}

/** A value in a form that a surface gives it. */
function valueSchema(field: Field, form: ValueForm, statuses: readonly string[] | undefined): JsonSchema {
  const own = formOf(field, 'read', statuses);
  switch (form) {
    case 'text':
    case 'clock':
      return text;
    case 'instant':
      return { type: 'string', format: 'date-time' };
    case 'point':
      return orPoint(own.schema);
    case 'safe number': {
      // What a double does not hold is a text.
      const kind = kindOf(field);
      if (kind === 'big') return { type: ['integer', 'string'] };
      return kind === 'decimal' || kind === 'float' ? { type: ['number', 'string'] } : own.schema;
    }
    default:
      return own.schema;
  }
}

function fieldSchema(within: Within, collection: Collection, name: string, form: ValueForm): JsonSchema {
  const field = collection.fields.get(name);
  if (!field) return {};
  const value = valueSchema(field, form, within.statuses(collection, field));
  return mayBeNull(collection, field) ? nullable({ schema: value, type: '' }).schema : value;
}

const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

function relationSchema(within: Within, collection: Collection, output: Extract<RequestedOutput, { is: 'relation' }>): JsonSchema {
  const relation = collection.relations.get(output.name);
  const target = relation && within.schema.collections.get(relation.to);
  if (!relation || !target) return {};
  const object = (): JsonSchema => (output.make ? anyObject : templateSchema(within, target, output.of));
  const [only] = [...output.of.values()];
  const value = (): JsonSchema => (only ? outputSchema(within, target, only) : {});
  if (relation.kind === 'm2o') {
    const { field } = relation;
    const key = output.orKey && field ? [fieldSchema(within, collection, field.name, output.orKey)] : [];
    return { anyOf: [object(), ...key, { type: 'null' }] };
  }
  switch (output.as ?? 'rows') {
    case 'count':
      return { type: 'integer' };
    case 'more':
      return { type: 'boolean' };
    case 'value':
      return orNull(value());
    case 'row':
      return orNull(object());
    case 'values':
      return { type: 'array', items: value() };
    default:
      return { type: 'array', items: object() };
  }
}

/** What an output gives. */
function outputSchema(within: Within, collection: Collection, output: RequestedOutput): JsonSchema {
  switch (output.is) {
    case 'field':
      return fieldSchema(within, collection, output.name, output.form ?? 'plain');
    case 'relation':
      return relationSchema(within, collection, output);
    case 'group':
      return output.make ? {} : templateSchema(within, collection, output.of);
    case 'first':
      return { anyOf: output.of.map((one) => outputSchema(within, collection, one)) };
    case 'when':
      return orNull(outputSchema(within, collection, output.of));
    case 'file':
      // What is made of it may be any value.
      return output.make ? {} : anyObject;
    case 'key':
      return text;
    case 'constant':
      return { const: JSON.parse(output.json) as unknown };
  }
}

/** An object with the template's members; which of them are there depends on what is asked for, and on rights. */
export function templateSchema(within: Within, collection: Collection, template: RequestedTemplate): JsonSchema {
  const properties = Object.fromEntries([...template].map(([name, output]) => [name, outputSchema(within, collection, output)]));
  return { type: 'object', properties };
}
