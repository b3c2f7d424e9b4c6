/** Schemas as TypeScript, for the dialects whose documents tell their forms by schemas alone. */
import type { Sliced } from '../../lib/slices.ts';
import { createDefinitions, type Define } from './definitions.ts';
import type { JsonSchema } from './values.ts';

const isSchema = (value: unknown): value is JsonSchema => value !== null && typeof value === 'object' && !Array.isArray(value);
const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const member = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

function joined(types: readonly string[], glue: string): string {
  const all = [...new Set(types)];
  return all.length > 1 ? `(${all.join(glue)})` : (all[0] ?? 'unknown');
}

function named(type: unknown, schema: JsonSchema): string {
  switch (type) {
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'array':
      return `${typeOf(schema['items'])}[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function membersOf(properties: JsonSchema, required: unknown): string[] {
  const needed = new Set(listed(required));
  return Object.entries(properties).map(([name, of]) => `${member(name)}${needed.has(name) ? '' : '?'}: ${typeOf(of)};`);
}

function objectType({ properties, required }: JsonSchema): string {
  if (!isSchema(properties)) return '{ [name: string]: unknown }';
  const members = membersOf(properties, required);
  return members.length > 0 ? `{ ${members.join(' ')} }` : '{}';
}

function declared(name: string, schema: JsonSchema): string {
  const { type, properties, required } = schema;
  if (type !== 'object' || !isSchema(properties)) return `export type ${name} = ${typeOf(schema)};`;
  const lines = membersOf(properties, required).map((one) => `  ${one}\n`);
  return `export interface ${name} {\n${lines.join('')}}`;
}

/** The type of what the schema describes. */
function typeOf(schema: unknown): string {
  if (!isSchema(schema)) return 'unknown';
  const { $ref, enum: values, anyOf, allOf, type } = schema;
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1);
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(values))
    return joined(
      values.map((value) => JSON.stringify(value)),
      ' | ',
    );
  if (Array.isArray(anyOf)) return joined(anyOf.map(typeOf), ' | ');
  if (Array.isArray(allOf)) return joined(allOf.map(typeOf), ' & ');
  return joined(
    [type].flat().map((one) => named(one, schema)),
    ' | ',
  );
}

/** What a collection is called in URLs, what its rows are, and what is sent of them. */
export interface TypedRows {
  readonly id: string;
  /** There is one row only. */
  readonly single?: boolean;
  readonly row?: JsonSchema | undefined;
  readonly sent?: JsonSchema | undefined;
}

export interface TypesBlueprint {
  readonly rows: (define: Define) => Iterable<TypedRows>;
  /** What follows the rows: maps of them. */
  readonly maps: (rows: readonly TypedRows[]) => string;
}

/** Types by the names in URLs: no interface, which would be no record to clients that ask for one. */
export function mapType(name: string, rows: readonly TypedRows[], of: (one: TypedRows) => JsonSchema | undefined): string {
  const members = rows.flatMap((one) => {
    const schema = of(one);
    return schema ? `  ${JSON.stringify(one.id)}: ${typeOf(schema)};` : [];
  });
  return `export type ${name} = {${members.length > 0 ? `\n${members.join('\n')}\n` : ''}};`;
}

/** The text of the module. */
export function* schemaTypes({ rows, maps }: TypesBlueprint): Sliced<string> {
  const { define, waiting } = createDefinitions();
  const all: TypedRows[] = [];
  for (const one of rows(define)) {
    yield;
    all.push(one);
  }
  const texts: string[] = [];
  // Grows meanwhile.
  for (const { name, make } of waiting) {
    yield;
    texts.push(declared(name, make()));
  }
  return `${[...texts, maps(all)].join('\n\n')}\n`;
}
