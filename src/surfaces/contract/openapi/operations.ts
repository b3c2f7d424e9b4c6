/** Operations of an OpenAPI document, put together of what many of them have in common. */
import type { JsonSchema } from '../values.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** A reference to what the document has in `components`, by its section and name. */
export const component = (section: 'schemas' | 'parameters' | 'responses' | 'headers', name: string): JsonSchema => ({
  $ref: `#/components/${section}/${name}`,
});

/** A reference to a parameter of `components`. */
export const parameter = (name: string): JsonSchema => component('parameters', name);

/** A reference to a schema of `components`. */
export const schema = (name: string): JsonSchema => component('schemas', name);

export interface Described {
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly parameters?: readonly JsonSchema[];
  /** Of a JSON body. */
  readonly body?: JsonSchema | undefined;
  /** Bodies in other forms, by their content type. */
  readonly bodies?: Readonly<Record<string, JsonSchema>>;
  /** The value of `data` of the answer, or another answer altogether. */
  readonly data?: JsonSchema;
  readonly answer?: Readonly<Record<string, unknown>>;
  /** May be answered with nothing, where nothing of what was written may be read. */
  readonly silent?: boolean;
  readonly security?: readonly JsonSchema[];
}

/** The content of a body or an answer of that schema. */
export const json = (of: JsonSchema): JsonSchema => ({ 'application/json': { schema: of } });

/** The answer that holds the value. */
export function enveloped(data: JsonSchema): JsonSchema {
  return { allOf: [schema('Envelope'), { type: 'object', required: ['data'], properties: { data } }] };
}

const errors = { '4XX': component('responses', 'Error'), '5XX': component('responses', 'Error') };

/** The operation as the document has it. */
export function operation({ id, summary, tag, parameters, body, bodies, data, answer, silent, security }: Described): JsonSchema {
  const ok = data ? { '200': { description: 'As asked for', content: json(enveloped(data)) } } : {};
  const content = {
    ...(body ? json(body) : {}),
    ...Object.fromEntries(Object.entries(bodies ?? {}).map(([type, of]) => [type, { schema: of }])),
  };
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...(parameters && parameters.length > 0 ? { parameters } : {}),
    ...(Object.keys(content).length > 0 ? { requestBody: { required: true, content } } : {}),
    responses: { ...ok, ...answer, ...(silent || (!data && !answer) ? { '204': component('responses', 'Nothing') } : {}), ...errors },
    ...(security ? { security } : {}),
  };
}

/** What one path of the document answers. */
export type PathItem = { readonly parameters?: readonly JsonSchema[] } & { readonly [M in Method]?: JsonSchema };

export type Paths = readonly (readonly [path: string, item: PathItem])[];

/** Methods that are left out are not in it; a path without any is none. */
export function pathItem(
  path: string,
  methods: { readonly [M in Method]?: JsonSchema | undefined | false },
  parameters?: readonly JsonSchema[],
): Paths {
  const there = Object.entries(methods).filter(([, one]) => one);
  if (there.length === 0) return [];
  return [[path, { ...(parameters ? { parameters } : {}), ...Object.fromEntries(there) }]];
}
