/** Joins: the documents that point at one, a page at a time (payload-rest P-103, P-104). */
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { RequestedNested } from '../../query/types.ts';
import type { Collection } from '../../schema/types.ts';
import { idOutput } from './derived.ts';
import { factsOf, type Member } from './facts.ts';
import { queryFault } from './faults.ts';
import { targetOf } from './names.ts';
import { countOf, type Parameters, truthOf, whereValue } from './parameters.ts';
import type { Shape } from './shape.ts';
import { filterOf } from './to-filter.ts';
import { orderOf } from './to-order.ts';

const usualLimit = 10;
const taken: ReadonlySet<string> = new Set(['limit', 'page', 'sort', 'where', 'count']);

/** The join with its documents, or with their ids; undefined where it is not to be shown, or may not be. */
export function joinOf(
  shape: Shape,
  member: Extract<Member, { is: 'join' }>,
  documents: ((target: Collection) => RequestedTemplate) | undefined,
): RequestedOutput | undefined {
  const { joins } = shape;
  if (joins === false) return undefined;
  const asked = joins.get(member.name) ?? new Map<string, never>();
  const target = targetOf(shape, member);
  if (asked === false || !target) return undefined;
  const id = idOutput(shape, factsOf(target, shape.schema));
  if (!documents && !id) return undefined;
  const odd = [...asked.keys()].filter((one) => !taken.has(one));
  if (odd.length > 0) throw queryFault(odd.map((one) => `joins.${member.name}.${one}`));
  const nested = nestedOf(shape, target, asked);
  const { name } = member.relation;
  const rows: RequestedOutput =
    documents || !id
      ? { is: 'relation', name, as: 'rows', of: documents?.(target) ?? new Map(), asked: nested }
      : { is: 'relation', name, as: 'values', of: new Map([['id', id]]), asked: nested };
  const of = new Map<string, RequestedOutput>([['docs', rows]]);
  const none = new Map<string, RequestedOutput>();
  const { limit, offset, order: _, ...which } = nested;
  of.set(
    'hasNextPage',
    limit === undefined
      ? { is: 'constant', json: 'false' }
      : { is: 'relation', name, as: 'more', of: none, asked: { ...which, limit, offset: offset ?? 0 } },
  );
  if (truthOf(asked.get('count'))) {
    of.set('totalDocs', { is: 'relation', name, as: 'count', of: none, asked: which });
  }
  return { is: 'group', of };
}

function nestedOf(shape: Shape, target: Collection, asked: Parameters): Omit<RequestedNested, 'nested'> {
  const limit = countOf(asked.get('limit')) ?? usualLimit;
  const page = Math.max(countOf(asked.get('page')) ?? 1, 1);
  const looked = whereValue(asked.get('where'));
  const where = filterOf(shape, target, looked);
  return {
    order: orderOf(shape, target, asked.get('sort'), looked),
    ...(where ? { where } : {}),
    ...(limit === 0 ? {} : { limit, offset: (page - 1) * limit }),
  };
}
