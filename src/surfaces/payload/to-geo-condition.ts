/** `near`, `within` and `intersects` on columns of points, and the order that `near` brings along (payload-rest P-70 to P-72). */
import { isJsonList, isJsonObject, type Json } from '../../lib/json-body.ts';
import { type GeoCondition, readArea, readNear } from '../../query/geo-condition.ts';
import type { RequestedOrder } from '../../query/types.ts';
import { pointForm } from '../../schema/points.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { resolvePath, type Seeing } from './names.ts';
import type { Asked } from './parameters.ts';

/** What the operator asks of points of the field; undefined where it is none of the three, the field holds none, or the operand is wrong. */
export function geoConditionOf(field: Field, operator: string, operand: Json): GeoCondition | undefined {
  if (!pointForm(field)) return undefined;
  const condition = operator === 'near' ? readNear(operand) : readAreaOf(operator, operand);
  return typeof condition === 'string' ? undefined : condition;
}

function readAreaOf(operator: string, operand: Json): ReturnType<typeof readArea> | undefined {
  return operator === 'within' || operator === 'intersects' ? readArea(operand, operator === 'intersects') : undefined;
}

/** The nearest first, by every `near` of a `where` that can be queried, in their order; of several related documents the nearest counts. */
export function nearestFirst(seeing: Seeing, collection: Collection, where: Asked | undefined): RequestedOrder[] {
  if (where === undefined || !isJsonObject(where)) return [];
  return Object.entries(where).flatMap(([name, value]): RequestedOrder[] => {
    const group = name.toLowerCase();
    if (group === 'and' || group === 'or') {
      const list = isJsonList(value) ? value : [value];
      return list.flatMap((one) => nearestFirst(seeing, collection, one));
    }
    const near = isJsonObject(value) && Object.hasOwn(value, 'near') ? value['near'] : undefined;
    return near === undefined ? [] : distanceTo(seeing, collection, name, near);
  });
}

function distanceTo(seeing: Seeing, collection: Collection, path: string, operand: Json): RequestedOrder[] {
  const resolved = resolvePath(seeing, collection, path);
  if (resolved?.target.is !== 'field') return [];
  const { field } = resolved.target;
  const condition = geoConditionOf(field, 'near', operand);
  const names = resolved.steps.flatMap(({ relations }) => relations);
  const readable = seeing.visible.field(field);
  if (condition?.is !== 'near' || (readable !== 'yes' && (readable !== 'some' || names.length === 0))) return [];
  const lists = resolved.steps.some(({ many }) => many) ? { lists: {} } : {};
  return [{ path: [...names, field.name], descending: false, from: condition.from, ...lists }];
}
