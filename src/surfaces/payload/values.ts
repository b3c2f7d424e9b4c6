/** Values of columns in the forms that the convention gives them (payload-rest P-06, P-07). */
import type { ValueForm } from '../../dialect/forms.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import { pointForm } from '../../schema/points.ts';
import type { Collection, Field } from '../../schema/types.ts';

/** A value in the form that the convention gives its type. */
export function formOf(field: Field): ValueForm {
  const { storage, type } = field;
  if (storage === 'integer' || storage === 'decimal') return type === 'boolean' ? 'plain' : 'safe number';
  if (storage === 'datetime' || storage === 'instant') return 'instant';
  if (storage === 'time') return 'clock';
  return pointForm(field) ? 'point' : 'plain';
}

/** A column in the form that documents have it in. */
export const fieldOutput = (field: Field): RequestedOutput => ({ is: 'field', name: field.name, form: formOf(field) });

/** The text of a key as the id that documents show: numbers are numbers as far as a double holds them. */
export function idValue({ key }: Collection, text: string): string | number {
  const [only, ...more] = key;
  const number = Number(text);
  return only?.storage === 'integer' && more.length === 0 && Number.isSafeInteger(number) ? number : text.replaceAll(';', ',');
}
