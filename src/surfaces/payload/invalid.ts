/** Documents that cannot be written as they are, told field by field (payload-rest P-114). */
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedItem } from '../../query/mutation.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { usersSlug } from './slugs.ts';
import { idValue } from './values.ts';

/** What is being written. */
export interface Writing {
  readonly collection: Collection;
  readonly slug: string;
  /** Of a change. */
  readonly id?: string;
  /** Whether the caller may be told of a field that was not sent. */
  readonly tells?: (field: Field) => boolean;
}

export interface PathFault {
  readonly path: string;
  readonly message: string;
}

const required = 'This field is required.';
const unique = 'Value must be unique';
const registered = 'A user with the given email is already registered.';
const selection = 'This field has an invalid selection.';
const noNumber = 'Please enter a valid number.';
const otherwise = 'This field has an invalid input.';

/** The refusal that names the fields. */
export function invalid({ collection, slug, id }: Writing, faults: readonly PathFault[]): GatewayError {
  const paths = faults.map(({ path }) => path).join(', ');
  const message = `The following field${faults.length > 1 ? 's are' : ' is'} invalid: ${paths}`;
  const data = {
    ...(collection.meta?.single ? { global: slug } : { collection: slug }),
    errors: faults,
    ...(id === undefined ? {} : { id: idValue(collection, id) }),
  };
  return new GatewayError('validation', { message, data: JSON.stringify(data) });
}

const numbers: ReadonlySet<Field['storage']> = new Set<Field['storage']>(['integer', 'decimal', 'float', 'year']);

function sentenceOf({ collection }: Writing, name: string): string {
  const field = collection.fields.get(name);
  if (collection.relations.has(name)) return selection;
  return field && numbers.has(field.storage) ? noNumber : otherwise;
}

/** Of a value that another row has. What holds it is named where it was sent. */
function duplicates({ slug }: Writing, sent: RequestedItem, field: unknown): PathFault[] {
  if (slug === usersSlug && 'email' in sent && (field ?? 'email') === 'email') return [{ path: 'email', message: registered }];
  return [{ path: typeof field === 'string' ? field : 'id', message: unique }];
}

function faultsOf(error: GatewayError, writing: Writing, sent: RequestedItem): PathFault[] | undefined {
  const { field } = error.details;
  switch (error.kind) {
    case 'duplicate':
      return duplicates(writing, sent, field);
    case 'validation':
    case 'structured_value':
    case 'unprocessable': {
      if (error.details['data'] !== undefined) return undefined;
      if (error.faults.length > 0)
        return error.faults.map((one) => ({ path: one.field, message: one.blank ? required : sentenceOf(writing, one.field) }));
      return typeof field === 'string' && Object.hasOwn(sent, field) ? [{ path: field, message: sentenceOf(writing, field) }] : undefined;
    }
    case 'constraint': {
      const own = typeof field === 'string' ? writing.collection.fields.get(field) : undefined;
      // What the database misses is a value; of a hidden column nothing is said but that.
      if (own && (sent[own.name] ?? null) === null) {
        const told = Object.hasOwn(sent, own.name) || writing.tells?.(own) === true;
        return told ? [{ path: own.name, message: required }] : undefined;
      }
      const named = typeof field === 'string' && Object.hasOwn(sent, field) ? [field] : relationsAmong(writing, sent);
      return named.map((path) => ({ path, message: sentenceOf(writing, path) }));
    }
    default:
      return undefined;
  }
}

/** A foreign key that holds no row's key is one of those that were sent; the database does not say which. */
function relationsAmong({ collection }: Writing, sent: RequestedItem): string[] {
  const names = Object.keys(sent).filter((name) => sent[name] !== null && collection.relations.get(name)?.kind === 'm2o');
  return names.length > 0 ? names : Object.keys(sent).slice(0, 1);
}

/** The error as the convention tells it, where it is one about values. */
export function told(error: unknown, writing: Writing, sent: RequestedItem): unknown {
  if (!(error instanceof GatewayError)) return error;
  const faults = faultsOf(error, writing, sent);
  return faults && faults.length > 0 ? invalid(writing, faults) : error;
}

/** A document that other rows refer to stays. */
export function restrained(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.kind !== 'constraint') return error;
  return new GatewayError('bad_request', { message: 'This document cannot be deleted: other documents still refer to it.' });
}

export { selection };
