/** Requests to the Strapi surface: lists, entries, their relations, and writes that connect them. */
import { stringify } from 'qs';
import type { Request } from './request.ts';
import { anyColumn, anyText, key, operand, path, stepsFrom, tableNamed, tableOfTexts, textsOf, type Vocabulary } from './vocabulary.ts';
import { someValue, type Table } from './world.ts';

const operators = [
  '$eq',
  '$eqi',
  '$ne',
  '$nei',
  '$lt',
  '$gte',
  '$in',
  '$notIn',
  '$contains',
  '$notContainsi',
  '$startsWith',
  '$endsWithi',
  '$null',
  '$between',
] as const;

type Group = Record<string, unknown>;

function filters(words: Vocabulary, table: Table, depth: number): Group {
  const { world, dice } = words;
  const steps = stepsFrom(world, table);
  if (depth > 0 && dice.chance(0.25))
    return { [dice.pick(['$and', '$or'])]: [filters(words, table, depth - 1), filters(words, table, depth - 1)] };
  if (depth > 0 && dice.chance(0.2)) return { $not: filters(words, table, depth - 1) };
  if (depth > 0 && steps.length > 0 && dice.chance(0.5)) {
    const { name, to } = dice.pick(steps);
    const inner = dice.pick<Group>([
      filters(words, tableNamed(world, to), depth - 1),
      { $null: dice.chance(0.5) },
      { id: { $notNull: true } },
    ]);
    return { [name]: inner };
  }
  const texts = textsOf(words, table);
  const translated = texts && dice.chance(0.4) ? anyText(words, texts) : undefined;
  if (texts && translated !== undefined)
    return { [translated]: { [dice.pick(['$eq', '$ne', '$containsi', '$startsWith'])]: operand(words, texts, translated) } };
  const column = dice.chance(0.1) ? dice.pick(['id', 'createdAt', table.status ? 'publishedAt' : 'id', 'nope']) : anyColumn(words, table);
  const operator = dice.pick(operators);
  const value = (): string =>
    column === 'publishedAt' || column === 'createdAt' ? '2020-01-01' : operand(words, table, column === 'nope' ? 'id' : column);
  const list = operator === '$in' || operator === '$notIn' || operator === '$between';
  return { [column]: { [operator]: operator === '$null' ? dice.chance(0.5) : list ? [value(), value()] : value() } };
}

function populate(words: Vocabulary, table: Table, depth: number): unknown {
  const { world, dice } = words;
  if (dice.chance(0.3)) return '*';
  if (textsOf(words, table) && dice.chance(0.2)) return 'localizations';
  const steps = dice.some(stepsFrom(world, table), 0.6);
  return Object.fromEntries(
    steps.map(({ name, to, many }) => {
      const target = tableNamed(world, to);
      const options: Group = {};
      if (dice.chance(0.4)) options['fields'] = [anyColumn(words, target)];
      if (dice.chance(0.4)) options['filters'] = filters(words, target, 1);
      if (many && dice.chance(0.4)) options['sort'] = path(words, target, 1);
      if (many && dice.chance(0.3)) options['limit'] = 1 + dice.below(3);
      if (many && dice.chance(0.2)) options['count'] = true;
      if (depth > 0 && dice.chance(0.5)) options['populate'] = populate(words, target, depth - 1);
      return [name, Object.keys(options).length === 0 ? true : options];
    }),
  );
}

function shown(words: Vocabulary, table: Table): Group {
  const { dice } = words;
  return {
    ...(dice.chance(0.5)
      ? { fields: [anyColumn(words, table), ...(dice.chance(0.3) ? [table.status ? 'publishedAt' : 'createdAt'] : [])] }
      : {}),
    ...(dice.chance(0.7) ? { populate: populate(words, table, 2) } : {}),
    ...(dice.chance(0.4) ? { publicationState: dice.pick(['live', 'preview']) } : {}),
    ...(dice.chance(0.1) ? { locale: dice.pick(['en', 'fr', 'all']) } : {}),
    ...(textsOf(words, table) && dice.chance(0.6) ? { locale: dice.pick(['all', 'all', 'fr', 'de', 'EN']) } : {}),
  };
}

const headers = ({ dice }: Vocabulary): Readonly<Record<string, string>> => (dice.chance(0.4) ? { 'strapi-response-format': 'v5' } : {});
const url = (segments: string, query: Group): string => `strapi/api/${segments}?${stringify(query)}`;

function list(words: Vocabulary): Request {
  const { dice } = words;
  const table = tableOfTexts(words);
  const texts = textsOf(words, table);
  const query = {
    ...shown(words, table),
    ...(dice.chance(0.8) ? { filters: filters(words, table, 2) } : {}),
    ...(dice.chance(0.5) ? { sort: `${path(words, table, 2)}:${dice.pick(['asc', 'desc'])}` } : {}),
    ...(dice.chance(texts ? 0.3 : 0.1) ? { _q: dice.pick(['pie', 'o', '1']) } : {}),
    ...(dice.chance(0.5) ? { pagination: { start: dice.below(2), limit: 1 + dice.below(4) } } : {}),
  };
  return { method: 'GET', url: url(encodeURIComponent(table.name), query), headers: headers(words) };
}

/** Little but the texts of entries, in one language or in all. */
function told(words: Vocabulary): Request {
  const { dice } = words;
  const table = tableOfTexts(words);
  const texts = textsOf(words, table);
  const text = texts && anyText(words, texts);
  const query = {
    fields: ['id'],
    locale: dice.pick(['all', 'all', 'fr', 'de']),
    publicationState: 'preview',
    ...(text !== undefined && dice.chance(0.4) ? { sort: `${text}:${dice.pick(['asc', 'desc'])}` } : {}),
    ...(texts && text !== undefined && dice.chance(0.4)
      ? { filters: { [text]: { $contains: operand(words, texts, text).slice(0, 2) } } }
      : {}),
    ...(dice.chance(0.3) ? { pagination: { limit: 3 } } : {}),
    ...(dice.chance(0.3) ? { populate: 'localizations' } : {}),
  };
  return { method: 'GET', url: url(encodeURIComponent(table.name), query), headers: headers(words) };
}

function entry(words: Vocabulary): Request {
  const table = tableOfTexts(words);
  const at = `${encodeURIComponent(table.name)}/${encodeURIComponent(String(key(words, table)))}`;
  return { method: 'GET', url: url(at, shown(words, table)), headers: headers(words) };
}

/** The status and the owner stay what they are, as in other writes. */
function data(words: Vocabulary, table: Table): Group {
  const { world, dice } = words;
  const item: Group = Object.fromEntries(dice.some(table.plain, 0.3).map((column) => [column.name, someValue(column, dice)]));
  for (const { name, to, many } of dice.some(stepsFrom(world, table), 0.4)) {
    const id = key(words, tableNamed(world, to), false);
    item[name] = many
      ? dice.pick([{ connect: [id] }, { disconnect: [id] }, { connect: [id], disconnect: [key(words, tableNamed(world, to), false)] }])
      : dice.pick([id, { connect: [id] }, { disconnect: [id] }]);
  }
  return item;
}

function change(words: Vocabulary): Request {
  const { dice } = words;
  const table = tableOfTexts(words);
  const at = `${encodeURIComponent(table.name)}/${encodeURIComponent(String(key(words, table, false)))}`;
  const texts = textsOf(words, table);
  const spoken = texts && dice.chance(0.6) ? texts : undefined;
  const query = {
    fields: 'id',
    ...(dice.chance(0.4) ? { populate: '*' } : {}),
    ...(spoken ? { locale: dice.pick(['fr', 'de', 'es']) } : {}),
  };
  const said = spoken ? { [anyText(words, spoken)]: 'said anew' } : {};
  return { method: 'PUT', url: url(at, query), headers: headers(words), body: { data: { ...data(words, table), ...said } } };
}

/** One request by Strapi's dialect. */
export function strapiRequest(words: Vocabulary): Request {
  const { world, dice } = words;
  if (world.tables.some(({ texts }) => texts) && dice.chance(0.4)) return told(words);
  return dice.pick([list, list, list, entry, change])(words);
}
