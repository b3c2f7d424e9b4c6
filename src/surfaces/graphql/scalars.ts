/** The scalars of fields. Numbers keep all their digits in both directions: out as JSON numbers, in as numbers or as text. */
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { type Json, numberText, parseJsonBody } from '../../lib/json-body.ts';

const numeral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const whole = /^-?(?:0|[1-9]\d*)$/;

/** The number as a value of ours, exact; throws for what is none. */
function exact(name: string, form: RegExp, value: unknown): Json {
  const digits = typeof value === 'bigint' ? String(value) : typeof value === 'string' ? value : numberText(value as Json);
  if (digits === undefined || !form.test(digits))
    throw new GraphQLError(`${name} cannot represent this value; it takes a number or a number's text`);
  return parseJsonBody(digits);
}

function numberScalar(name: string, form: RegExp, description: string): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    description,
    parseValue: (value) => exact(name, form, value),
    parseLiteral(node) {
      const takes = node.kind === Kind.INT || node.kind === Kind.FLOAT || node.kind === Kind.STRING;
      return exact(name, form, takes ? node.value : undefined);
    },
  });
}

function textScalar(name: string, description: string): GraphQLScalarType {
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value;
    throw new GraphQLError(`${name} cannot represent this value; it takes a text`);
  };
  return new GraphQLScalarType({
    name,
    description,
    parseValue: text,
    parseLiteral: (node) => text(node.kind === Kind.STRING ? node.value : undefined),
  });
}

/** JSON of any form as it stands in a document, numbers with their digits. */
function jsonLiteral(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return parseJsonBody(node.value);
    case Kind.LIST:
      return node.values.map((value) => jsonLiteral(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, jsonLiteral(value, variables)]));
    default:
      return valueFromASTUntyped(node, variables);
  }
}

export const bigInt = numberScalar(
  'BigInt',
  whole,
  'A whole number of any size, sent as a JSON number with all its digits; takes numbers and their texts.',
);
export const decimal = numberScalar(
  'Decimal',
  numeral,
  'A decimal number, sent as a JSON number with all its digits; takes numbers and their texts.',
);
export const float = numberScalar('Float', numeral, 'A number of double precision.');
export const dateTime = textScalar(
  'DateTime',
  'A date and a time as the field is served and filtered by over REST: YYYY-MM-DD HH:MM:SS, or ISO 8601.',
);
/** The name that Directus 8 gives it, which variables of its filters are declared with. */
export const datetime = textScalar('Datetime', 'A date and a time, in filters as Directus 8 has them.');
export const date = textScalar('Date', 'YYYY-MM-DD.');
export const time = textScalar('Time', 'HH:MM:SS.');
export const uuid = textScalar('UUID', 'A UUID.');
export const bytes = textScalar('Bytes', 'Bytes in base64.');
export const json = new GraphQLScalarType({
  name: 'JSON',
  description: 'Any JSON value, numbers with all their digits.',
  parseValue: (value) => value,
  parseLiteral: jsonLiteral,
});
