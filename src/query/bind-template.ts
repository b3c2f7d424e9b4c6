/** Binds a template whose outputs are named one by one. What a row may not show is null in it, so that every key is there. */
import { GatewayError } from '../lib/errors.ts';
import type { Collection } from '../schema/types.ts';
import type { BindContext } from './context.ts';
import { nestedRead } from './nested.ts';
import type { RequestedOutput, RequestedTemplate } from './requested-template.ts';
import type { Output } from './types.ts';

/** The outputs in the order asked for. Throws `unknown_field` for a name that does not exist for the caller. */
export function bindTemplate(collection: Collection, asked: RequestedTemplate, context: BindContext): Map<string, Output> {
  const template = new Map<string, Output>();
  for (const [key, output] of asked) {
    context.count();
    template.set(key, bindOutput(collection, output, context));
  }
  return template;
}

function bindOutput(collection: Collection, asked: RequestedOutput, context: BindContext): Output {
  switch (asked.is) {
    case 'constant':
      return asked;
    case 'group':
      return { is: 'group', of: bindTemplate(collection, asked.of, context) };
    case 'field': {
      const field = collection.fields.get(asked.name);
      if (!field || field.secret === 'never' || context.visible.field(field) === 'no') throw unknown(collection, asked.name);
      return { is: 'field', field, implied: false };
    }
    case 'relation': {
      const relation = collection.relations.get(asked.name);
      const target = relation && context.schema.collections.get(relation.to);
      const through = relation?.kind === 'm2m' ? context.schema.collections.get(relation.through) : undefined;
      const hidden = through && !context.visible.collection(through);
      if (!relation || !target || hidden || !context.visible.relation(relation) || !context.visible.collection(target)) {
        throw unknown(collection, asked.name);
      }
      const query = nestedRead(relation, target, bindTemplate(target, asked.of, context), asked.asked, context);
      return { is: 'relation', relation, query: { ...query, absent: 'null' }, implied: false };
    }
  }
}

function unknown(collection: Collection, field: string): GatewayError {
  return new GatewayError('unknown_field', { field, collection: collection.name });
}
