/** Values as Strapi writes them (strapi-rest §1.3). */
import type { ValueForm } from '../../dialect/forms.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { isShown, type Sight } from './sight.ts';

function formOf({ storage }: Field): ValueForm {
  switch (storage) {
    case 'datetime':
    case 'instant':
      return 'instant';
    case 'time':
      return 'clock';
    case 'integer':
    case 'decimal':
    case 'float':
      return 'safe number';
    default:
      return 'plain';
  }
}

/** The value of a column. */
export function fieldOutput(field: Field): RequestedOutput {
  return { is: 'field', name: field.name, form: field.type === 'boolean' ? 'plain' : formOf(field) };
}

export const nullOutput: RequestedOutput = { is: 'constant', json: 'null' };

/** The key in its own type, or as text; null for rows without one (S-10, S-11). `key` is the text that the core takes. */
export function keyOutput(sight: Sight, { key }: Collection, as: 'id' | 'documentId' | 'key'): RequestedOutput {
  const [only] = key;
  if (!only || !key.every((field) => isShown(sight, field))) return nullOutput;
  if (key.length > 1) return as === 'key' ? { is: 'key' } : { is: 'key', joined: ',' };
  return as === 'id' ? fieldOutput(only) : { is: 'field', name: only.name, form: 'text' };
}
