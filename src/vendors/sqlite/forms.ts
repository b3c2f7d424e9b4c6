/** Values in the forms that surfaces ask for (dialect/forms.ts). Columns hold whatever was stored, so all of them look at the value. */
import { largestSafe, type ValueForm } from '../../dialect/forms.ts';
import { type Fragment, sql, trusted } from '../../lib/fragment.ts';
import { pointForm } from '../../schema/points.ts';
import type { Field } from '../../schema/types.ts';
import { pointJson, sqlitePoints } from './points.ts';

type Make = (field: Field, column: Fragment) => Fragment;

export interface JsonMakers {
  /** A value as `jsonObject` takes it. */
  readonly plain: Make;
  /** The value's text, but for what is stored as something else than its column says. */
  readonly text: Make;
}

const largest = trusted(largestSafe);

/** The value in that form, as a JSON expression. */
export function formed(field: Field, column: Fragment, form: Exclude<ValueForm, 'plain'>, { plain, text }: JsonMakers): Fragment {
  const { storage } = field;
  /** What the server's own function makes of a text; what it takes for no time stays as it is. */
  const spelled = (pattern: string): Fragment =>
    sql`case when typeof(${column}) = 'text' then coalesce(strftime('${trusted(pattern)}', ${column}), ${column}) else ${plain(field, column)} end`;
  switch (form) {
    case 'text':
      return sql`case typeof(${column}) when 'null' then null when 'blob' then sallyport_base64(${column}) else cast(${text(field, column)} as text) end`;
    case 'instant':
      return storage === 'datetime' || storage === 'instant' ? spelled('%Y-%m-%dT%H:%M:%fZ') : plain(field, column);
    case 'clock':
      return storage === 'time' ? spelled('%H:%M:%f') : plain(field, column);
    case 'point':
      return pointForm(field)
        ? sql`coalesce(${pointJson(sqlitePoints.coordinates(field, column))}, ${plain(field, column)})`
        : plain(field, column);
    case 'safe number':
      // What is stored as a double is one.
      if (storage !== 'integer' && storage !== 'decimal') return plain(field, column);
      return sql`case when typeof(${column}) = 'integer' and ${column} not between -${largest} and ${largest} then cast(${column} as text) else ${plain(field, column)} end`;
  }
}
