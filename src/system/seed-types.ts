/** The short form in which rows of directus_fields are written down here, and what it stands for. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Options = Readonly<Record<string, Json>>;

/** A row of directus_fields, options still as a value. */
export interface FieldSeed {
  readonly collection: string;
  readonly field: string;
  readonly type: string;
  readonly interface: string;
  readonly options: Options | null;
  readonly locked: boolean;
  readonly validation: string | null;
  readonly required: boolean;
  readonly readonly: boolean;
  readonly hidden_detail: boolean;
  readonly hidden_browse: boolean;
  readonly sort: number | null;
  readonly width: string;
  readonly note: string | null;
  /** Labels by language. */
  readonly translation: readonly { readonly locale: string; readonly translation: string }[] | null;
}

interface Rest {
  sort?: number;
  width?: string;
  options?: Options;
  validation?: string;
  note?: string;
  /** What people read instead of the name made from the column's. */
  label?: string;
}

/** One row: flags as in directus8-tables, L locked, Q required, R readonly, HD and HB hidden in detail and browse. */
export type FieldLine = readonly [field: string, type: string, widget: string, flags: string, rest?: Rest];

/** The rows of one collection, in order. */
export function fieldsOf(collection: string, lines: readonly FieldLine[]): FieldSeed[] {
  return lines.map(([field, type, widget, flags, rest = {}]) => {
    const set = new Set(flags.split(' '));
    return {
      collection,
      field,
      type,
      interface: widget,
      options: rest.options ?? null,
      locked: set.has('L'),
      validation: rest.validation ?? null,
      required: set.has('Q'),
      readonly: set.has('R'),
      hidden_detail: set.has('HD'),
      hidden_browse: set.has('HB'),
      sort: rest.sort ?? null,
      width: rest.width ?? 'full',
      note: rest.note ?? null,
      translation: rest.label === undefined ? null : [{ locale: 'en-US', translation: rest.label }],
    };
  });
}

/** The sub-fields with which the app edits names in several languages. */
export const translationOptions: Options = {
  fields: [
    { field: 'locale', type: 'string', interface: 'language', options: { limit: true }, width: 'half' },
    { field: 'translation', type: 'string', interface: 'text-input', width: 'half' },
  ],
};
