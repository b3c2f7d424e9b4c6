/** A parameter of the query, as components hold it. */
import type { JsonSchema } from '../values.ts';

/** The parameter, with its description; `more` are members of it such as `nested`. */
export const inQuery = (name: string, schema: JsonSchema, description: string, more: JsonSchema = {}): JsonSchema => ({
  name,
  in: 'query',
  schema,
  description,
  ...more,
});

/** Members in brackets, at any depth. */
export const nested = { style: 'deepObject', explode: true };
