/** Gathers what is wrong with the values of one item, to say it in one sentence (directus8-data §7). */
import { GatewayError } from '../lib/errors.ts';
import type { Collection, Field } from '../schema/types.ts';

export type FaultKind = 'structured_value' | 'unprocessable' | 'validation';

/** What the reference looks at first. */
const order: readonly FaultKind[] = ['structured_value', 'unprocessable', 'validation'];

export interface Faults {
  add(kind: FaultKind, message: string, field: Field): void;
  /** Throws the gravest kind that was added, with all its sentences. */
  raise(collection: Collection): void;
}

export function createFaults(): Faults {
  const found: { kind: FaultKind; message: string; field: Field }[] = [];
  return {
    add: (kind, message, field) => void found.push({ kind, message, field }),
    raise(collection) {
      for (const kind of order) {
        const ofKind = found.filter((one) => one.kind === kind);
        const [first] = ofKind;
        if (!first) continue;
        const message = ofKind.map((one) => one.message).join(' ');
        throw new GatewayError(kind, { message, field: first.field.name, collection: collection.name });
      }
    },
  };
}
