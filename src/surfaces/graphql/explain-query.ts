/** `explain=1` with a query: how each of its root fields would be answered, for administrators (docs/graphql.md). */
import { type ASTNode, visit } from 'graphql';
import { type ExplainedRead, explainAggregate, explainRead, explainRefused } from '../../engine/explain-read.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { demandAdministrator } from '../acting.ts';
import type { CallerContext } from '../caller.ts';
import { explainedText, measures, sentText } from '../explain-answer.ts';
import type { Understood } from './documents.ts';
import { renderGraphqlError } from './errors.ts';
import { queryOf } from './request.ts';
import { narrowed, type Ready, type ReadyQuery } from './run-query.ts';
import { objectOf, type Text } from './texts.ts';

/** What the URL says of it; null where it says nothing. */
export const explainAsked = (url: string): string | null => (url.includes('explain=') ? queryOf(url).get('explain') : null);

/** Throws `forbidden` for others than administrators. */
export function demandExplainer({ actor, administrator = actor }: CallerContext): void {
  demandAdministrator(administrator, 'ask how a query is answered');
}

/** By the keys of the root fields that read rows: statement, plan and rules. No row of a table is in it. */
export async function explainQuery(
  context: CallerContext,
  operation: Understood,
  { fields }: ReadyQuery,
  filters: ReadonlyMap<string, RequestedFilter>,
  asked: string,
): Promise<Text> {
  const measured = measures(asked);
  const sent = new Set(sentTexts(operation).map(sentText));
  const told: [string, string][] = [];
  for (const field of fields) {
    if (field.is === 'text') continue;
    const { read, refusal } = await explained(context, field, filters, measured);
    told.push([field.key, explainedText({ actor: context.actor, collection: collectionIn(field), read, refusal, sent })]);
  }
  return objectOf([
    ['data', '{}'],
    ['extensions', objectOf([['explain', objectOf(told)]])],
  ]);
}

type Asking = Exclude<Ready, { is: 'text' }>;

const collectionIn = (field: Asking): string => (field.is === 'refused' ? field.collection : field.plan.request.collection);

async function explained(
  context: CallerContext,
  field: Asking,
  filters: ReadonlyMap<string, RequestedFilter>,
  measured: boolean,
): Promise<{ read: ExplainedRead; refusal?: object }> {
  if (field.is === 'refused') {
    if (!(field.error instanceof GatewayError)) throw field.error;
    return { read: explainRefused(context, field.collection), refusal: renderGraphqlError(field.error) };
  }
  if (field.is === 'groups') return { read: await explainAggregate(context, field.plan.request, measured) };
  return { read: await explainRead(context, narrowed(field.plan.request, filters), measured) };
}

/** All values of the document and of its variables. */
function sentTexts({ document, variables }: Understood): string[] {
  const texts: string[] = [];
  const literal = (node: ASTNode): void => {
    if ('value' in node && typeof node.value === 'string') texts.push(node.value, ...node.value.split(','));
  };
  visit(document, { IntValue: literal, FloatValue: literal, StringValue: literal, EnumValue: literal });
  const walk = (value: unknown): void => {
    if (value !== null && typeof value === 'object') Object.values(value).forEach(walk);
    else texts.push(String(value), ...String(value).split(','));
  };
  walk(variables);
  return texts;
}
