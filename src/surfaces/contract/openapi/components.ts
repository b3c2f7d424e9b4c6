/** Components that do not depend on the caller: errors, envelopes, conditions, and parameters that mean the same everywhere. */
import { errorKinds } from '../../../lib/error-kinds.ts';
import { describeError, GatewayError } from '../../../lib/errors.ts';
import { type Operator, operators } from '../../../query/operators.ts';
import { anyObject, type JsonSchema, type Kind, kinds } from '../values.ts';
import { inQuery } from './query-parameter.ts';

const object = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  ...(required.length > 0 ? { required } : {}),
  properties,
});
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer' };
const truth: JsonSchema = { type: 'boolean' };
const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** Values in conditions stand in a URL as texts, whatever they are. */
const operands: Readonly<Record<Kind['condition'], JsonSchema>> = {
  Integer: { type: ['integer', 'string'] },
  Number: { type: ['number', 'string'] },
  Boolean: { type: ['boolean', 'string'] },
  Text: text,
  Any: text,
};

const asks = ({ onField, onRelation }: Operator): boolean => onField !== undefined && !['has', 'has-not', 'all'].includes(onRelation ?? '');

function operatorsOf(operand: JsonSchema, which: (operator: Operator) => boolean): JsonSchema {
  const taking = ({ list: many, geometry, opposite, onRelation }: Operator): JsonSchema => {
    if (opposite) return truth;
    if (geometry) return { type: ['object', 'string'] };
    if (onRelation === 'has' || onRelation === 'has-not') return whole;
    return many ? list(operand) : operand;
  };
  return object(
    Object.fromEntries(
      operators.filter(which).map((operator) => [`_${operator.id}`, { ...taking(operator), description: operator.meaning }]),
    ),
  );
}

function conditions(): Record<string, JsonSchema> {
  const made: Record<string, JsonSchema> = {};
  for (const condition of new Set(Object.values(kinds).map((kind) => kind.condition))) {
    const operand = operands[condition] ?? text;
    made[`${condition}Condition`] = { anyOf: [{ ...operand, type: [operand['type'], 'null'].flat() }, operatorsOf(operand, asks)] };
  }
  const ofLists = (operator: Operator): boolean => operator.onRelation !== undefined && operator.onRelation !== 'in';
  return { ...made, ListCondition: operatorsOf({ type: ['string', 'integer'] }, ofLists) };
}

const codes = [...new Set(Object.values(errorKinds).flatMap(({ directus }) => directus ?? []))].sort((a, b) => a - b);

const meta = object({
  collection: text,
  type: { enum: ['collection', 'item'] },
  result_count: { ...whole, description: 'Rows of this answer' },
  total_count: { ...whole, description: 'Rows that may be read' },
  filter_count: { ...whole, description: 'Rows that match' },
  status_count: { type: 'object', additionalProperties: whole },
  total_count_estimated: truth,
  filter_count_estimated: truth,
  status_count_estimated: truth,
  limit: whole,
  offset: whole,
  page: whole,
  page_count: whole,
  page_count_estimated: truth,
  links: { type: 'object', additionalProperties: { type: ['string', 'null'] } },
  cursor: { type: ['string', 'null'], description: 'Of what follows the page' },
  search: { ...anyObject, description: 'How a text was looked for' },
});

/** What `dry_run=1` is answered with. */
const dryRun = object(
  {
    data: object(
      {
        dry_run: { const: true },
        gone: { ...anyObject, description: 'Of a collection, a field or a foreign key: how many rows of what would go with it' },
        fields: list(object({ collection: text, field: text })),
        foreign_keys: list(object({ collection: text, fields: list(text), references: text })),
        changes: list(
          object(
            {
              action: text,
              collection: text,
              item: { type: ['string', 'null'] },
              before: { type: ['object', 'null'] },
              after: { type: ['object', 'null'] },
            },
            ['action', 'collection', 'item', 'before', 'after'],
          ),
        ),
        activity: list(anyObject),
        revisions: list(anyObject),
        answer: { anyOf: [object({ status: whole, body: {} }, ['status', 'body']), { type: 'null' }] },
      },
      ['dry_run', 'changes', 'activity', 'revisions', 'answer'],
    ),
    public: truth,
  },
  ['data'],
);

/** What `explain=1` is answered with. */
const explanation = object(
  {
    data: object(
      {
        collection: text,
        as: object({ role: whole, user: { type: ['integer', 'null'] } }),
        refusal: object({ code: whole, message: text }),
        sql: text,
        parameters: list(object({ position: whole, type: text, value: {} }, ['position', 'type'])),
        rules: list(object({ collection: text, allowed: truth, because: text }, ['collection', 'allowed'])),
        plan: {},
      },
      ['collection', 'as', 'rules'],
    ),
  },
  ['data'],
);

const message = object({ type: text, message: text, code: whole, fields: list(text) });

const numbers: JsonSchema = { type: 'object', additionalProperties: { type: ['number', 'null'] } };
const counts: JsonSchema = { type: 'object', additionalProperties: whole };

/** Schemas that are the same for every caller. */
export function fixedSchemas(): Record<string, JsonSchema> {
  return {
    ...conditions(),
    Error: object(
      {
        error: object(
          {
            code: { type: ['integer', 'null'], description: `One of ${codes.join(', ')}` },
            message: { ...text, description: 'A sentence' },
          },
          ['code', 'message'],
        ),
      },
      ['error'],
    ),
    Envelope: object({
      meta: ref('Meta'),
      messages: { ...list(message), description: 'What was left out, and why' },
      public: { ...truth, description: 'Nobody is signed in' },
    }),
    Meta: meta,
    Aggregates: object({
      count: { anyOf: [whole, counts] },
      countDistinct: counts,
      sum: numbers,
      avg: numbers,
      min: anyObject,
      max: anyObject,
    }),
    FileData: object({
      full_url: { type: ['string', 'null'] },
      url: { type: ['string', 'null'] },
      asset_url: { type: ['string', 'null'] },
      thumbnails: { type: ['array', 'null'], items: anyObject },
      embed: { type: ['string', 'null'] },
    }),
    Field: { ...object({ collection: text, field: text, type: text }, ['collection', 'field', 'type']), additionalProperties: true },
    Collection: object({ collection: text, fields: { type: 'object', additionalProperties: ref('Field') } }, ['collection']),
    Permission: object({ collection: text, role: { type: ['integer', 'string', 'null'] }, status: { type: ['string', 'null'] } }),
    Trial: dryRun,
    Explanation: explanation,
    SignedIn: object({ token: text, user: { anyOf: [anyObject, { type: 'null' }] } }),
  };
}

const commas = { style: 'form', explode: false };
const header = (name: string, description: string): JsonSchema => ({ name, in: 'header', schema: text, description });
const inPath = (name: string, description: string, schema: JsonSchema = text): JsonSchema => ({
  name,
  in: 'path',
  required: true,
  schema,
  description,
});

const metaNames = [
  '*',
  'collection',
  'type',
  'result_count',
  'total_count',
  'filter_count',
  'status',
  'status_count',
  'page',
  'cursor',
  'search',
];

export const fixedParameters: Readonly<Record<string, JsonSchema>> = {
  Id: inPath('id', 'The key; of several columns with ; between. Several keys, with commas between, are answered with a list.'),
  Place: inPath('offset', 'Its place, counted from 0', whole),
  Revision: inPath('revision', 'The key of the revision'),
  Limit: inQuery('limit', whole, 'Rows at most; -1 for all that one answer may hold'),
  Offset: inQuery('offset', whole, 'Rows to skip'),
  Page: inQuery('page', whole, 'The page of limit rows, from 1'),
  Q: inQuery('q', text, 'A text to look for, letter by letter'),
  Search: inQuery('search', text, 'Words to look for'),
  Status: inQuery('status', list(text), 'Statuses to show; * for all', commas),
  Lang: inQuery('lang', list(text), 'Languages of translations', commas),
  Deep: inQuery('deep', anyObject, 'Filter, order and page of nested rows', { style: 'deepObject', explode: true }),
  Meta: inQuery('meta', list({ enum: metaNames }), 'What is told of the list', commas),
  Cursor: inQuery('cursor', text, 'The place after which the page begins'),
  Export: inQuery('export', { enum: ['json', 'csv', 'ndjson'] }, 'The list as a file'),
  Most: inQuery('limit', whole, 'How many rows there may be at most; where there are more, nothing happens'),
  Comment: inQuery('comment', text, 'Why; some permissions demand it'),
  DryRun: inQuery('dry_run', { enum: ['1'] }, 'Only try it: the answer is a Trial, and nothing is changed', { 'x-answer': ref('Trial') }),
  Explain: inQuery('explain', { enum: ['1', 'analyze'] }, 'Tell how it would be answered: the answer is an Explanation', {
    'x-answer': ref('Explanation'),
  }),
  AsRole: inQuery('as_role', text, 'Beside explain: the role that is asked about'),
  IdempotencyKey: header('Idempotency-Key', 'The same key again is answered as before, and nothing is done twice'),
  IfMatch: header('If-Match', 'The ETag that the row must still have'),
  IfNoneMatch: header('If-None-Match', 'An ETag; where it still holds the answer is 304'),
};

const refused = describeError(new GatewayError('route_not_found')).message({});

export const fixedResponses: Readonly<Record<string, JsonSchema>> = {
  Error: {
    description: 'What is wrong, with a code and a sentence',
    content: { 'application/json': { schema: ref('Error'), example: { error: { code: 1, message: refused } } } },
  },
  Nothing: { description: 'Done; there is nothing to show' },
  Unchanged: { description: 'What the ETag was given for is still so' },
};

export const fixedHeaders: Readonly<Record<string, JsonSchema>> = {
  ETag: { description: 'Tells this state of the answer from all others', schema: text },
};

/** Ways to say who one is. */
export function securitySchemes(project: string): Record<string, JsonSchema> {
  return {
    token: { type: 'http', scheme: 'bearer', description: 'A token of POST /auth/authenticate, or one that stands in the row of a user' },
    tokenInUrl: { type: 'apiKey', in: 'query', name: 'access_token', description: 'The same in the URL, where a header cannot be sent' },
    session: { type: 'apiKey', in: 'cookie', name: `directus-${project}-session`, description: 'The cookie of a sign-in with mode=cookie' },
  };
}
