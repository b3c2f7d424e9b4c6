/** Gathers what is wrong with the values of one item, to say it in one sentence (directus8-data §7). */
import { type FieldFault, GatewayError } from '../lib/errors.ts';
import type { Collection, Field } from '../schema/types.ts';

type FaultKind = 'structured_value' | 'unprocessable' | 'validation';

/** What the reference looks at first. */
const order: readonly FaultKind[] = ['structured_value', 'unprocessable', 'validation'];

export interface Faults {
  add(kind: FaultKind, message: string, field: Field): void;
  /** Throws the gravest kind that was added, with all its sentences. */
  raise(collection: Collection): void;
}

/** No faults yet. */
export function createFaults(): Faults {
  const found: { kind: FaultKind; message: string; field: Field }[] = [];
  return {
    add: (kind, message, field) => void found.push({ kind, message, field }),
    raise(collection) {
      if (found.length === 0) return;
      for (const kind of order) {
        const ofKind = found.filter((one) => one.kind === kind);
        const [first] = ofKind;
        if (!first) continue;
        const message = ofKind.map((one) => one.message).join(' ');
        const faults = ofKind.map((one) => faultOf(one.field.name, one.message));
        throw new GatewayError(kind, { message, field: first.field.name, collection: collection.name }, undefined, faults);
      }
    },
  };
}

/** A sentence that the name of its field stands before, as what is wrong with that field. */
function faultOf(field: string, sentence: string, blank = false): FieldFault {
  return { field, message: sentence.startsWith(`${field}: `) ? sentence.slice(field.length + 2) : sentence, blank };
}
