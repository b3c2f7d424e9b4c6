/** Members of documents that no column holds as such: ids, moments, statuses, and what kind of document it is (payload-rest P-06 to P-10). */
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { RequestedFilter } from '../../query/types.ts';
import type { Field } from '../../schema/types.ts';
import type { Facts } from './facts.ts';
import { addressOutputs } from './media-addresses.ts';
import { isCompared, type Seeing } from './names.ts';
import type { Shape } from './shape.ts';
import { slugsOf, usersSlug } from './slugs.ts';
import { fieldOutput } from './values.ts';

const constant = (value: unknown): RequestedOutput => ({ is: 'constant', json: JSON.stringify(value) });

/** The key: of one column its value, of several their texts with commas between (P-06). Undefined where it may not be read, or there is none. */
export function idOutput({ visible }: Seeing, { collection }: Pick<Facts, 'collection'>): RequestedOutput | undefined {
  const { key } = collection;
  const [only] = key;
  if (!only || key.some((field) => visible.field(field) === 'no')) return undefined;
  return key.length === 1 ? fieldOutput(only) : { is: 'key', joined: ',' };
}

const inStatus = (field: Field, values: readonly string[]): RequestedFilter => ({
  is: 'compare',
  path: [field.name],
  operator: 'in',
  value: values,
});

const either = (where: RequestedFilter, then: unknown, otherwise: unknown): RequestedOutput => ({
  is: 'first',
  of: [{ is: 'when', where, of: constant(then) }, constant(otherwise)],
});

const never = '1970-01-01T00:00:00.000Z';

function deletedOutput(seeing: Seeing, { trashed, deleted, updated, collection }: Facts): RequestedOutput | undefined {
  const field = collection.status?.field;
  if (!field || trashed.length === 0 || !isCompared(seeing, field)) return undefined;
  const sources = [deleted, updated].flatMap((one) => (one && seeing.visible.field(one) !== 'no' ? [fieldOutput(one)] : []));
  const then: RequestedOutput = { is: 'first', of: [...sources, constant(never)] };
  return { is: 'when', where: inStatus(field, trashed), of: then };
}

/** Adds those that are asked for, unless a column has the name. */
export function addDerived(seeing: Shape, facts: Facts, isShown: (name: string) => boolean, template: Map<string, RequestedOutput>): void {
  const { collection, created, updated, status, isUsers, members } = facts;
  const add = (name: string, output: RequestedOutput | undefined): void => {
    if (output && !members.has(name) && !template.has(name) && isShown(name)) template.set(name, output);
  };
  const told = (field: Field | undefined): RequestedOutput | undefined =>
    field && seeing.visible.field(field) !== 'no' ? fieldOutput(field) : undefined;
  add('createdAt', told(created));
  add('updatedAt', told(updated));
  if (status && isCompared(seeing, status.field)) {
    add('_status', either(inStatus(status.field, status.published), 'published', 'draft'));
  }
  add('deletedAt', deletedOutput(seeing, facts));
  if (seeing.files && facts.isMedia) for (const [name, output] of addressOutputs(seeing, collection, seeing.files)) add(name, output);
  const own = collection.status?.field;
  if (isUsers) {
    if (own && isCompared(seeing, own)) {
      add('_verified', either(inStatus(own, ['draft', 'invited']), false, true));
    }
    template.set('collection', constant(usersSlug));
  } else if (collection.meta?.single) {
    template.set('globalType', constant(slugsOf(seeing.schema).of(collection) ?? collection.name));
  }
}
