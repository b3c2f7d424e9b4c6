/** Which columns of a row its outputs and conditions look at. */
import type { Filter, Output, ReadQuery, Template } from '../query/types.ts';
import type { Field } from '../schema/types.ts';

/** The columns of the page that its outputs and conditions look at. */
export function neededFields(template: Template, query: Pick<ReadQuery, 'cases'>): Field[] {
  const fields: Field[] = [];
  const visit = (output: Output): void => {
    if (output.is === 'field' || output.is === 'stub') fields.push(output.field);
    if (output.is === 'field' && output.cut) fields.push(output.cut.of);
    if (output.is === 'field' || output.is === 'stub') return;
    if (output.is === 'group') for (const inner of output.of.values()) visit(inner);
    else if (output.is === 'first') for (const inner of output.of) visit(inner);
    else if (output.is === 'key') fields.push(...output.fields);
    else if (output.is === 'when') {
      fields.push(...conditionFields(output.where));
      visit(output.of);
    } else if (output.is === 'relation') {
      const { relation } = output;
      for (const pair of relation.kind === 'm2m' ? relation.near : relation.join) fields.push(pair.from);
    }
  };
  for (const output of template.values()) visit(output);
  for (const one of query.cases ?? []) fields.push(...conditionFields(one.when));
  return fields;
}

/** The columns of the row itself that a condition looks at. */
export function conditionFields(filter: Filter): readonly Field[] {
  switch (filter.is) {
    case 'always':
    case 'never':
    case 'each':
      return [];
    case 'all':
    case 'any':
      return filter.of.flatMap(conditionFields);
    case 'not':
      return conditionFields(filter.of);
    case 'some':
    case 'count':
      return (filter.relation.kind === 'm2m' ? filter.relation.near : filter.relation.join).map((pair) => pair.from);
    case 'words':
      return [...filter.collection.key, ...filter.fields];
    case 'among':
      return filter.collection.key;
    case 'byValue':
      return [filter.field, ...[...filter.of.values()].flatMap(conditionFields)];
    case 'named':
      return [filter.item];
    default:
      return [filter.field];
  }
}
