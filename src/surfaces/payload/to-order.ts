/** `sort` as the order of a read (payload-rest §5). */
import { refuse } from '../../query/limits.ts';
import type { RequestedFilter, RequestedOrder } from '../../query/types.ts';
import type { Collection, Field } from '../../schema/types.ts';
import { factsOf } from './facts.ts';
import { queryFault } from './faults.ts';
import { isCompared, isKept, type Resolved, resolvePath, type Seeing } from './names.ts';
import { type Asked, namesOf } from './parameters.ts';
import { nearestFirst } from './to-geo-condition.ts';

/** The newest first, by the moment of creation where there is one (P-82). */
function usual(seeing: Seeing, collection: Collection): RequestedOrder[] {
  const { created } = factsOf(collection, seeing.schema);
  return created && seeing.visible.field(created) === 'yes' ? [{ path: [created.name], descending: true }] : [];
}

/** The fields that the last name of a path is sorted by. */
function fieldsOf({ target, facts }: Resolved): readonly Field[] {
  switch (target.is) {
    case 'field':
    case 'localised':
      return [target.field];
    case 'key':
      return target.key;
    case 'status':
      return facts.status ? [facts.status.field] : [];
    case 'deleted':
      return facts.deleted ? [facts.deleted] : [];
    default:
      return [];
  }
}

/** The text of a localised field stands in the row of the language that is asked for (P-143). */
function inLanguage(
  { languages }: Seeing,
  { facts: { translations }, target }: Resolved,
): { name: string; where: RequestedFilter } | undefined {
  if (target.is !== 'localised' || !translations) return undefined;
  const value = target.language === undefined ? languages : [target.language];
  return { name: translations.relation.name, where: { is: 'compare', path: [translations.language.name], operator: 'in', value } };
}

/** What a name may be sorted by: nothing for one that there is not, undefined for a field that the caller may not read (P-81). */
function termOf(seeing: Seeing, collection: Collection, name: string): RequestedOrder[] | undefined {
  const descending = name.startsWith('-');
  const asked = descending ? name.slice(1) : name;
  const resolved = resolvePath(seeing, collection, asked);
  if (!resolved) return isKept(seeing, collection, asked) ? undefined : [];
  const { steps, facts } = resolved;
  const language = inLanguage(seeing, resolved);
  const seen = !language || (facts.translations && isCompared(seeing, facts.translations.language));
  const path = [...steps.flatMap(({ relations }) => relations), ...(language ? [language.name] : [])];
  // Of several rows the smallest value counts, or the largest (P-83).
  const lists = language ? { where: language.where } : steps.some(({ many }) => many) ? {} : undefined;
  const fields = fieldsOf(resolved);
  const readable = fields.every((field) => {
    const told = seeing.visible.field(field);
    return told === 'yes' || (told === 'some' && path.length > 0);
  });
  if (!seen || !readable) return undefined;
  return fields.map((field) => ({ path: [...path, field.name], descending, ...(lists ? { lists } : {}) }));
}

/** The order that the names ask for, else the nearest first where that is looked for, or the newest; rows that are equal by it follow their keys, the highest first (P-82). Throws the fault that names the fields which may not be read. */
export function orderOf(
  seeing: Seeing,
  collection: Collection,
  sort: Asked | undefined,
  where: Asked | undefined,
): readonly RequestedOrder[] {
  const names = namesOf(sort);
  if (names.length > seeing.limits.sort) refuse('sort terms (sort)', seeing.limits.sort);
  const terms = names.map((name) => ({ name, term: termOf(seeing, collection, name) }));
  const kept = terms.filter(({ term }) => term === undefined).map(({ name }) => name.replace(/^-/, ''));
  if (kept.length > 0) throw queryFault([...new Set(kept)]);
  const asked = terms.flatMap(({ term }) => term ?? []);
  const near = asked.length > 0 ? [] : nearestFirst(seeing, collection, where);
  const order = asked.length > 0 ? asked : near.length > 0 ? near : usual(seeing, collection);
  const told = collection.key.filter((field) => seeing.visible.field(field) === 'yes');
  return [...order, ...told.map((field) => ({ path: [field.name], descending: true }))];
}
