/** Small schemas and parameters of operations that are about no rows. */
import { anyObject, type JsonSchema } from '../values.ts';
import { type Described, operation, schema } from './operations.ts';

export const text: JsonSchema = { type: 'string' };
export const whole: JsonSchema = { type: 'integer' };
export const truth: JsonSchema = { type: 'boolean' };
/** A key that clients may send as a number or as text. */
export const key: JsonSchema = { type: ['string', 'integer'] };

/** An array of such values. */
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

/** An object; every member is required unless the second argument says otherwise. */
export const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema => ({
  type: 'object',
  ...(required.length > 0 ? { required } : {}),
  properties,
});
export const anything = anyObject;

/** A parameter of the path. */
export const inPath = (name: string, of: JsonSchema = text): JsonSchema => ({ name, in: 'path', required: true, schema: of });

/** A parameter of the query that belongs to one operation. */
export const inQuery = (name: string, of: JsonSchema = text, required = false): JsonSchema => ({ name, in: 'query', required, schema: of });

/** Whoever asks, credentials or not. */
export const open: readonly JsonSchema[] = [{}];
export const done = { '200': { description: 'Done', content: { 'application/json': { schema: schema('Envelope') } } } };

/** The answer 200 with a body of that content type. */
export const raw = (description: string, type: string, of: JsonSchema = text) => ({
  '200': { description, content: { [type]: { schema: of } } },
});
export const redirect = { '302': { description: 'To the page that comes next' } };

/** What makes operations of one tag. */
export const tagged =
  (tag: string) =>
  (id: string, summary: string, more: Omit<Described, 'id' | 'summary' | 'tag'> = {}): JsonSchema =>
    operation({ ...more, id, summary, tag });
