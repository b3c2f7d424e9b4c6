/** Filters of SCIM (RFC 7644 §3.4.2.2) as conditions of the engine. */
import SCIMMY from 'scimmy';
import { GatewayError } from '../../lib/errors.ts';
import type { RequestedFilter } from '../../query/types.ts';
import { compares } from './rows.ts';

/** Longer ones, and ones of more parts, are refused: the parser multiplies alternatives out. */
const most = { characters: 2000, joins: 16 };

type Attribute = (operator: string, value: unknown) => RequestedFilter;

const operators: Readonly<Record<string, string>> = { eq: 'eq', ne: 'neq', gt: 'gt', ge: 'gte', lt: 'lt', le: 'lte', co: 'contains' };

function refuse(message: string): never {
  throw new GatewayError('validation', { message, scimType: 'invalidFilter' });
}

const literal = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function column(name: string): Attribute {
  return (operator, value) => {
    if (operator === 'pr') return { is: 'all', of: [compares(name, 'nnull', 1), compares(name, 'neq', '')] };
    if (value === null) return operator === 'eq' ? compares(name, 'null', 1) : compares(name, 'nnull', 1);
    if (typeof value !== 'string' && typeof value !== 'number') return refuse(`filter: "${operator}" takes a text here`);
    if (operator === 'sw') return compares(name, 'rlike', `${literal(String(value))}%`);
    if (operator === 'ew') return compares(name, 'rlike', `%${literal(String(value))}`);
    const id = operators[operator];
    return id === undefined ? refuse(`filter: the operator "${operator}" is unknown`) : compares(name, id, String(value));
  };
}

/** `id` in answers is the external id and `externalId` the number (directus8-system §17): a filter takes either for either. */
const identity: Attribute = (operator, value) => {
  const text = String(value);
  const either: RequestedFilter[] = [compares('external_id', 'eq', text)];
  if (/^[1-9]\d{0,8}$/.test(text)) either.push(compares('id', 'eq', text));
  if (operator === 'eq') return { is: 'any', of: either };
  if (operator === 'ne') return { is: 'not', of: { is: 'any', of: either } };
  return refuse('filter: an id is compared by "eq" and "ne" only');
};

const active: Attribute = (operator, value) => {
  const wanted = typeof value === 'string' ? value.toLowerCase() : String(value);
  if (!['eq', 'ne'].includes(operator) || !['true', 'false'].includes(wanted)) return refuse('filter: active is true or false');
  return compares('status', (operator === 'eq') === (wanted === 'true') ? 'eq' : 'neq', 'active');
};

/** Attributes by their names in small letters; those of users and of groups. */
const attributes: Readonly<Record<'directus_users' | 'directus_roles', Readonly<Record<string, Attribute>>>> = {
  directus_users: {
    id: identity,
    externalid: identity,
    username: column('email'),
    emails: column('email'),
    'emails.value': column('email'),
    'name.givenname': column('first_name'),
    'name.familyname': column('last_name'),
    locale: column('locale'),
    timezone: column('timezone'),
    active,
  },
  directus_roles: { id: identity, externalid: identity, displayname: column('name') },
};

/** One comparison, `["eq", value]` or `["not", "eq", value]`. */
function comparison(known: Readonly<Record<string, Attribute>>, name: string, parts: readonly unknown[]): RequestedFilter {
  const attribute = Object.hasOwn(known, name.toLowerCase()) ? known[name.toLowerCase()] : undefined;
  if (!attribute) return refuse(`filter: the attribute "${name}" is unknown; known are ${Object.keys(known).join(', ')}`);
  const negated = String(parts[0]).toLowerCase() === 'not';
  const [operator, value] = negated ? parts.slice(1) : parts;
  const word = String(operator).toLowerCase();
  if (value === undefined && word !== 'pr') return refuse(`filter: "${name} ${word}" needs a value`);
  const made = attribute(word, value);
  return negated ? { is: 'not', of: made } : made;
}

/** What the parser made of one attribute: a comparison, several of them, or attributes below it. */
function conditions(known: Readonly<Record<string, Attribute>>, name: string, made: unknown): RequestedFilter[] {
  if (Array.isArray(made)) {
    return made.every(Array.isArray) ? made.map((parts) => comparison(known, name, parts)) : [comparison(known, name, made)];
  }
  if (made === null || typeof made !== 'object') return refuse('filter: this is no filter');
  return Object.entries(made).flatMap(([inner, rest]) => conditions(known, `${name}.${inner}`, rest));
}

/**
 * The filter as a condition.
 *
 * @throws GatewayError `validation` for what is no filter, or names what there is not
 */
export function parseFilter(text: string, collection: 'directus_users' | 'directus_roles'): RequestedFilter {
  if (text.length > most.characters || (text.match(/\b(?:and|or)\b/gi)?.length ?? 0) > most.joins) {
    return refuse(`filter: at most ${most.characters} characters and ${most.joins} "and" and "or"`);
  }
  const found = parsed(text.replace(/urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/gi, ''));
  const of = found.map((group): RequestedFilter => {
    const all = Object.entries(group).flatMap(([name, made]) => conditions(attributes[collection], name, made));
    return { is: 'all', of: all };
  });
  if (of.length === 0) return refuse('filter: this is no filter');
  return { is: 'any', of };
}

/** Directus 8 takes three words, whose value need not stand in quotes (directus8-system §17). */
const threeWords = /^\s*([\w.]+)\s+(\w+)\s+([^\s"()[\]]+)\s*$/;
const ofJson = /^(?:true|false|null|-?\d+(?:\.\d+)?)$/i;

function parsed(text: string): readonly object[] {
  const [, name, operator, value] = threeWords.exec(text) ?? [];
  if (name !== undefined && value !== undefined && !ofJson.test(value)) return [{ [name]: [operator, value] }];
  try {
    return [...new SCIMMY.Types.Filter(text)] as object[];
  } catch {
    return refuse('filter: this is no filter; write attribute, operator and value, such as userName eq "jo@example.org"');
  }
}
