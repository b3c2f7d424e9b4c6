/** Values in the forms that surfaces ask for (dialect/forms.ts). */
import { largestSafe, safeDigits, type ValueForm } from '../../dialect/forms.ts';
import type { PointSql } from '../../dialect/points.ts';
import { type Fragment, sql, trusted } from '../../lib/fragment.ts';
import { pointForm } from '../../schema/points.ts';
import type { Field } from '../../schema/types.ts';
import { unpadded } from './compare.ts';
import { pointJson } from './points.ts';

type Make = (field: Field, column: Fragment) => Fragment;

/** How the flavor makes JSON. */
export interface JsonMakers {
  /** A value as `jsonObject` takes it. */
  readonly plain: Make;
  /** The value's text, as `jsonObject` takes it. */
  readonly text: Make;
  /** A JSON text as a JSON value. */
  readonly parsed: (text: Fragment) => Fragment;
  readonly points: PointSql;
}

const milliseconds = (column: Fragment): Fragment => sql`lpad(floor(microsecond(${column}) / 1000), 3, '0')`;

function isSafe({ column, storage }: Field): boolean {
  if (storage === 'integer') return column.type !== 'bigint';
  return storage !== 'decimal' || (column.precision !== undefined && column.precision <= safeDigits);
}

/** The value in that form, as a JSON expression. */
export function formed(
  field: Field,
  column: Fragment,
  form: Exclude<ValueForm, 'plain'>,
  { plain, text, parsed, points }: JsonMakers,
): Fragment {
  const { storage } = field;
  switch (form) {
    case 'text':
      return text(field, column);
    case 'instant':
      if (storage !== 'datetime' && storage !== 'instant') return plain(field, column);
      return sql`nullif(concat(date_format(${column}, '%Y-%m-%dT%H:%i:%s.'), ${milliseconds(column)}, 'Z'), '0000-00-00T00:00:00.000Z')`;
    case 'clock':
      return storage === 'time' ? sql`concat(time_format(${column}, '%H:%i:%s.'), ${milliseconds(column)})` : plain(field, column);
    case 'point': {
      if (!pointForm(field)) return plain(field, column);
      const other = sql`json_extract(json_array(${plain(field, column)}), '$[0]')`;
      const point = pointJson(points.coordinates(field, column));
      return parsed(sql`nullif(coalesce(cast(${point} as char), cast(${other} as char)), 'null')`);
    }
    case 'safe number': {
      if (isSafe(field)) return plain(field, column);
      const shown = sql`cast(${unpadded(field, column)} as char)`;
      const holds =
        storage === 'integer'
          ? sql`${column} between -${trusted(largestSafe)} and ${trusted(largestSafe)}`
          : sql`length(replace(replace(${shown}, '-', ''), '.', '')) <= ${trusted(String(safeDigits))}`;
      return parsed(sql`if(${holds}, ${shown}, concat('"', ${shown}, '"'))`);
    }
  }
}
