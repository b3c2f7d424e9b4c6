/** A root field of a query as ONE read of the core, and its answer as the text that the database made. */
import type { ReadContext, ReadResult } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { eachItem, eachMember } from '../../lib/json-members.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { RequestedRead } from '../../query/types.ts';
import { defaultLimit } from '../default-limit.ts';
import { argumentsOf, type Operation, type Selected, selectionsOf } from './selections.ts';
import { objectOf, type Text } from './texts.ts';
import type { Coerced } from './to-filter.ts';
import { countAmong, type Shape, shapeOf, textsAmong, whichRows } from './to-template.ts';
import type { RootMeaning } from './types.ts';

/** A read, how its answer becomes the field's value, and what it may cost. */
export interface PlannedRead {
  readonly request: RequestedRead;
  readonly value: (result: ReadResult) => Text;
  /** Rows, by what is limited. */
  readonly rows: number;
}

type Listing = Extract<RootMeaning, { does: 'list' | 'item' | 'connection' | 'aggregate' }>;
export type Asking = Pick<ReadContext, 'rules' | 'limits' | 'actor'>;

const nothingNamed = { all: false, named: new Map(), without: new Set<string>() };
const uncounted = { filtered: false, total: false, byStatus: false };

/** Rows with nothing in them are left out by the core; these are only counted. */
const present: RequestedTemplate = new Map([['n', { is: 'constant', json: '1' }]]);

/** The row shapes that a field asks for: usually one, as a selection names its rows under one key. */
interface Slots {
  add(shape: Shape): number;
  readonly template: RequestedTemplate;
  readonly rows: number;
}

function createSlots(): Slots {
  const shapes: Shape[] = [];
  return {
    add: (shape) => shapes.push(shape) - 1,
    get template() {
      const [only] = shapes;
      if (shapes.length === 0) return present;
      if (only && shapes.length === 1 && only.template.size > 0) return only.template;
      return new Map(shapes.map(({ template }, i): [string, RequestedOutput] => [`s${i}`, { is: 'group', of: template }]));
    },
    get rows() {
      return shapes.reduce((sum, { rows }) => sum + rows, 0);
    },
  };
}

/** The rows as a JSON list in the shape of that slot. */
function listText({ texts }: ReadResult, { template }: Slots, slot: number): Text {
  return template.get('s0')?.is === 'group' ? `[${rowTexts(texts, template, slot).join(',')}]` : texts.between('[', ']');
}

/** Each row in the shape of that slot. */
function rowTexts(texts: ReadResult['texts'], template: RequestedTemplate, slot: number): string[] {
  const rows: string[] = [];
  const grouped = template.get('s0')?.is === 'group';
  eachItem(texts.between('[', ']').toString(), (row) => {
    if (!grouped) rows.push(row);
    else
      eachMember(row, (key, value) => {
        if (key !== `s${slot}`) return undefined;
        rows.push(value);
        return true;
      });
  });
  return rows;
}

/** What is asked of the rows of a root field, apart from what they look like. */
export function askedRows(asking: Asking, { collection }: Listing, selected: Selected, args: Coerced): Omit<RequestedRead, 'counts'> {
  const { limit, offset = 0, ...which } = whichRows(selected.field, args);
  const statuses = statusesOf(args);
  const { id, lang } = args;
  const keys = id === undefined || id === null ? undefined : [String(id)];
  const shown = keys && !(asking.actor.is === 'user' && asking.actor.admin) ? undefined : statuses;
  const rows = args['limit'] === undefined || args['limit'] === null ? defaultLimit(asking) : limit;
  return {
    collection: collection.name,
    selection: nothingNamed,
    offset,
    stubs: false,
    ...which,
    ...(keys ? { keys } : rows === undefined || rows < 0 ? {} : { limit: rows }),
    ...(shown === undefined ? {} : { statuses: shown }),
    ...(typeof lang === 'string' ? { languages: lang.split(',').filter((one) => one !== '') } : {}),
  };
}

function statusesOf(args: Coerced): RequestedRead['statuses'] {
  const names = (textsAmong(args, 'status') ?? []).flatMap((one) => one.split(',')).filter((name) => name !== '');
  if (names.includes('*')) return 'any';
  return names.length === 0 ? undefined : names;
}

type Value = (result: ReadResult) => Text;

/** Plans a root field that reads rows. */
export function planRead(operation: Operation, asking: Asking, meaning: Listing, selected: Selected): PlannedRead {
  const args = argumentsOf(operation, selected);
  if (meaning.does === 'item') return planItem(operation, meaning, selected, args);
  return meaning.does === 'connection'
    ? planConnection(operation, asking, meaning, selected, args)
    : planList(operation, asking, meaning, selected, args);
}

function planItem(operation: Operation, { collection, item }: Listing, selected: Selected, args: Coerced): PlannedRead {
  const { template, rows } = shapeOf(operation, item, selected);
  return {
    request: {
      collection: collection.name,
      selection: nothingNamed,
      template,
      keys: [String(args['id'])],
      offset: 0,
      counts: uncounted,
      stubs: false,
    },
    value: ({ texts }) => (texts.count === 0 ? 'null' : texts.between('', '')),
    rows: 1 + rows,
  };
}

const pageOf = ({ limit, keys }: Omit<RequestedRead, 'counts'>, { limits }: Asking): number => limit ?? (keys ? 1 : limits.pageRows);

function wrapperOf({ field }: Selected) {
  const type = field?.type;
  if (!type || !('getFields' in type)) throw new Error('A list is wrapped in an object');
  return type as Listing['item'];
}

function planList(operation: Operation, asking: Asking, meaning: Listing, selected: Selected, args: Coerced): PlannedRead {
  const wrapper = wrapperOf(selected);
  const slots = createSlots();
  const counts = { ...uncounted };
  const asked = askedRows(asking, meaning, selected, args);
  const filtered = asked.where !== undefined || asked.search !== undefined || asked.keys !== undefined;
  const members = selectionsOf(operation, wrapper, selected).map((one): [string, Value] => {
    if (one.name === '__typename') return [one.key, () => JSON.stringify(wrapper.name)];
    if (one.name === 'data') {
      const slot = slots.add(shapeOf(operation, meaning.item, one));
      return [one.key, (result) => listText(result, slots, slot)];
    }
    return [one.key, planMeta(operation, one, counts, filtered)];
  });
  return {
    request: { ...asked, template: slots.template, counts },
    value: (result) => objectOf(members.map(([key, value]) => [key, value(result)])),
    rows: pageOf(asked, asking) * (1 + slots.rows),
  };
}

interface CountsAsked {
  filtered: boolean;
  total: boolean;
  byStatus: boolean;
}

function planMeta(operation: Operation, selected: Selected, asked: CountsAsked, filtered: boolean): Value {
  const type = wrapperOf(selected);
  const matching = filtered ? 'filtered' : 'total';
  const members = selectionsOf(operation, type, selected).map(({ key, name }): [string, (result: ReadResult) => unknown] => {
    switch (name) {
      case 'collection':
        return [key, ({ collection }) => collection.name];
      case 'type':
        return [key, () => 'collection'];
      case 'result_count':
        return [key, ({ texts }) => texts.count];
      case 'total_count':
        asked.total = true;
        return [key, ({ counts }) => counts.total];
      case 'filter_count':
        asked[matching] = true;
        return [key, ({ counts }) => counts[matching]];
      case 'status_count':
        asked.byStatus = true;
        return [key, ({ counts }) => counts.byStatus];
      case 'total_count_estimated':
        asked.total = true;
        return [key, ({ counts }) => counts.estimated?.has('total') ?? false];
      case 'filter_count_estimated':
        asked[matching] = true;
        return [key, ({ counts }) => counts.estimated?.has(matching) ?? false];
      default:
        return [key, () => type.name];
    }
  });
  return (result) => objectOf(members.map(([key, value]) => [key, JSON.stringify(value(result) ?? null)]));
}

function planConnection(operation: Operation, asking: Asking, meaning: Listing, selected: Selected, args: Coerced): PlannedRead {
  const type = wrapperOf(selected);
  const slots = createSlots();
  const counts = { ...uncounted };
  const { limit, ...direction } = pageAsked(asking, args);
  const follow = { each: false, ...direction };
  const members = selectionsOf(operation, type, selected).map((one): [string, Value] => {
    switch (one.name) {
      case 'nodes': {
        const slot = slots.add(shapeOf(operation, meaning.item, one));
        return [one.key, (result) => listText(result, slots, slot)];
      }
      case 'edges':
        return [one.key, planEdges(operation, meaning, one, slots, follow)];
      case 'pageInfo':
        follow.each = true;
        return [one.key, planPageInfo(operation, one, direction)];
      case 'totalCount':
        counts.filtered = true;
        return [one.key, (result) => JSON.stringify(result.counts.filtered ?? null)];
      default:
        return [one.key, () => JSON.stringify(type.name)];
    }
  });
  const { limit: _, offset: __, ...asked } = askedRows(asking, meaning, selected, args);
  return {
    request: { ...asked, template: slots.template, offset: 0, limit, counts, follow },
    value: (result) => objectOf(members.map(([key, value]) => [key, value(result)])),
    rows: limit * (1 + slots.rows),
  };
}

function planEdges(operation: Operation, { item }: Listing, selected: Selected, slots: Slots, follow: { each: boolean }): Value {
  const list = selected.field?.type;
  const edge = list && 'ofType' in list ? (list.ofType as { ofType: Listing['item'] }).ofType : item;
  const members = selectionsOf(operation, edge, selected).map((one): [string, 'cursor' | 'type' | number] => {
    if (one.name === 'cursor') {
      follow.each = true;
      return [one.key, 'cursor'];
    }
    return [one.key, one.name === 'node' ? slots.add(shapeOf(operation, item, one)) : 'type'];
  });
  return ({ texts, cursors = [] }) => {
    const nodes = new Map(
      members.flatMap(([, of]) => (typeof of === 'number' ? [[of, rowTexts(texts, slots.template, of)] as const] : [])),
    );
    const edges = Array.from({ length: texts.count }, (_, i) =>
      objectOf(
        members.map(([key, of]) => {
          if (of === 'cursor') return [key, JSON.stringify(cursors[i] ?? '')];
          return [key, typeof of === 'number' ? (nodes.get(of)?.[i] ?? 'null') : JSON.stringify(edge.name)];
        }),
      ),
    );
    return `[${edges.join(',')}]`;
  };
}

type Direction = Pick<NonNullable<RequestedRead['follow']>, 'after' | 'backward'>;

/** Pages are counted from one end: `first` with `after`, or `last` with `before`. Throws GatewayError unprocessable for a mixture. */
function pageAsked(asking: Asking, args: Coerced): Direction & { readonly limit: number } {
  const { after, before } = args;
  const [first, last] = [countAmong(args, 'first'), countAmong(args, 'last')];
  const backward = last !== undefined || typeof before === 'string';
  if (backward && (first !== undefined || typeof after === 'string'))
    throw new GatewayError('unprocessable', { message: 'A page is asked for by "first" and "after", or by "last" and "before"' });
  const cursor = backward ? before : after;
  return { limit: first ?? last ?? defaultLimit(asking), backward, ...(typeof cursor === 'string' ? { after: cursor } : {}) };
}

/** What lies beyond the end that is counted towards is known; before the other end there is at least the row of the cursor. */
function planPageInfo(operation: Operation, selected: Selected, { after, backward }: Direction): Value {
  const members = selectionsOf(operation, pageInfoOf(selected), selected);
  return ({ cursor, cursors = [] }) => {
    const beyond = cursor !== null && cursor !== undefined;
    const given = after !== undefined;
    const values: Readonly<Record<string, unknown>> = {
      hasNextPage: backward ? given : beyond,
      hasPreviousPage: backward ? beyond : given,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    };
    return objectOf(members.map(({ key, name }) => [key, JSON.stringify(values[name] ?? (name === '__typename' ? 'PageInfo' : null))]));
  };
}

function pageInfoOf({ field }: Selected): Listing['item'] {
  const type = field?.type;
  return (type && 'ofType' in type ? type.ofType : type) as Listing['item'];
}
