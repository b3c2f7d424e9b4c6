/** Requests that read by the Payload surface: lists, counts and documents, with filters, orders, joins and depths of their own. */
import { kebab } from '../../src/surfaces/kebab.ts';
import type { Request } from './request.ts';
import { anyColumn, anyTable, anyText, key, operand, path, stepsFrom, tableNamed, textsOf, type Vocabulary } from './vocabulary.ts';
import type { Table } from './world.ts';

const onColumns = [
  'equals',
  'not_equals',
  'greater_than',
  'less_than_equal',
  'like',
  'not_like',
  'contains',
  'in',
  'not_in',
  'all',
  'exists',
] as const;

const onTexts = ['equals', 'not_equals', 'like', 'contains', 'in', 'exists'] as const;

/** One condition, as the part of a query string behind `where` and whatever stands around it. */
function condition(words: Vocabulary, table: Table, depth: number): string {
  const { world, dice } = words;
  const steps = stepsFrom(world, table);
  if (depth > 0 && steps.length > 0 && dice.chance(0.45)) {
    const { name, to, many } = dice.pick(steps);
    const target = tableNamed(world, to);
    if (many && dice.chance(0.3)) return `[${name}][contains]${condition(words, target, depth - 1)}`;
    if (many && dice.chance(0.4)) return `[${name}][${dice.pick(['in', 'not_in', 'all', 'equals'])}]=${key(words, target)}`;
    if (dice.chance(0.2)) return `[${name}][exists]=${dice.chance(0.5)}`;
    return condition(words, target, depth - 1).replace(/^\[(?!and|or)/, `[${name}${dice.pick(['.', '.', '__'])}`);
  }
  const texts = textsOf(words, table);
  if (texts && dice.chance(0.4)) {
    const text = anyText(words, texts);
    const of = dice.pick(['', '', '.fr', '.en']);
    return `[${text}${of}][${dice.pick(onTexts)}]=${encodeURIComponent(operand(words, texts, text))}`;
  }
  const column = anyColumn(words, table);
  const operator = dice.pick(onColumns);
  const value = operator === 'exists' ? String(dice.chance(0.5)) : dice.chance(0.05) ? 'null' : operand(words, table, column);
  return `[${column}][${operator}]=${encodeURIComponent(value)}`;
}

function whereOf(words: Vocabulary, table: Table): string[] {
  const { dice } = words;
  if (dice.chance(0.25)) return [];
  if (dice.chance(0.3)) {
    const group = dice.pick(['and', 'or']);
    return [0, 1].map((i) => `where[${group}][${i}]${condition(words, table, 2)}`);
  }
  return [`where${condition(words, table, 2)}`];
}

function shapeOf(words: Vocabulary, table: Table): string[] {
  const { world, dice } = words;
  const lists = stepsFrom(world, table).filter(({ many }) => many);
  const parts = [`depth=${dice.below(4)}`];
  if (textsOf(words, table)) {
    if (dice.chance(0.7)) parts.push(`locale=${dice.pick(['all', 'all', 'fr', 'de', 'xx'])}`);
    if (dice.chance(0.3)) parts.push(`fallback-locale=${dice.pick(['none', 'de', 'fr'])}`);
  }
  if (dice.chance(0.3)) parts.push(`select[${anyColumn(words, table)}]=${dice.chance(0.7)}`);
  if (dice.chance(0.3)) parts.push(`populate[${kebab(anyTable(words).name)}][${anyColumn(words, table)}]=true`);
  if (lists.length > 0 && dice.chance(0.6)) {
    const { name, to } = dice.pick(lists);
    const target = tableNamed(world, to);
    const order = `${dice.chance(0.5) ? '-' : ''}${path(words, target, 1)}`;
    parts.push(`joins[${name}][limit]=${dice.below(3)}`, `joins[${name}][sort]=${order}`, `joins[${name}][count]=true`);
    if (dice.chance(0.5)) parts.push(`joins[${name}][where]${condition(words, target, 1)}`);
  }
  return parts;
}

function versionsRequest(words: Vocabulary, table: Table, at: string): Request {
  const { dice } = words;
  const parent = dice.chance(0.5) ? `&where[parent][${dice.pick(['equals', 'not_equals', 'in'])}]=${key(words, table)}` : '';
  return { method: 'GET', url: `${at}/versions?limit=3&sort=${dice.pick(['id', '-id', 'parent', '-createdAt'])}${parent}` };
}

/** One request of the Payload surface. */
export function payloadRequest(words: Vocabulary): Request {
  const { dice } = words;
  const table = anyTable(words);
  const at = `payload/api/${kebab(table.name)}`;
  if (dice.chance(0.04)) return { method: 'GET', url: 'payload/api/access' };
  if (dice.chance(0.06)) return { method: 'POST', url: `${at}/access/${key(words, table)}` };
  if (dice.chance(0.06)) return versionsRequest(words, table, at);
  const trash = table.status && dice.chance(0.2) ? ['trash=true'] : [];
  if (dice.chance(0.15)) return { method: 'GET', url: `${at}/${key(words, table)}?${[...shapeOf(words, table), ...trash].join('&')}` };
  const which = [...whereOf(words, table), ...trash];
  if (dice.chance(0.2)) return { method: 'GET', url: `${at}/count?${which.join('&')}` };
  const texts = textsOf(words, table);
  const text = texts && dice.chance(0.4) ? anyText(words, texts) : undefined;
  const sort =
    text !== undefined
      ? [`sort=${dice.pick(['', '-'])}${text}${dice.pick(['', '.fr'])}`]
      : dice.chance(0.6)
        ? [`sort=${dice.chance(0.5) ? '-' : ''}${path(words, table, 2)}`]
        : [];
  const page = dice.pick(['limit=3', 'limit=2&page=2', 'limit=0', 'pagination=false', 'limit=1&pagination=false']);
  return { method: 'GET', url: `${at}?${[...which, ...sort, page, ...shapeOf(words, table)].join('&')}` };
}
