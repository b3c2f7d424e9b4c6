/** From what the form holds to a request. */
/** As it reads best in a URL: brackets, commas and the like stay. */
const encoded = (text) => encodeURIComponent(text).replace(/%(2C|5B|5D|3A|40|2A|24|2F)/gi, (code) => decodeURIComponent(code));

/** Operators that look at no value. */
export const withoutValue = new Set(['null', 'nnull', 'empty', 'nempty']);

function queryOf(form) {
  const pairs = [];
  const add = (name, value) => value !== undefined && value !== '' && pairs.push(`${name}=${encoded(value)}`);
  add('fields', form.fields?.replaceAll(/\s+/g, ''));
  for (const { field, operator, value } of form.conditions ?? []) {
    if (field === '') continue;
    add(`filter[${field}][${operator}]`, withoutValue.has(operator) ? '1' : value);
  }
  for (const name of ['q', 'sort', 'limit', 'offset', 'deep', 'meta', 'groupBy']) add(name, form[name]?.trim());
  if (form.aggregate) add(`aggregate[${form.aggregate}]`, form.measured || '*');
  if (form.explain) add('explain', '1');
  if (form.dryRun) add('dry_run', '1');
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

const methods = { create: 'POST', update: 'PATCH', delete: 'DELETE' };

function faultOf(what, text) {
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `${what} is no JSON yet: ${error.message}`;
  }
}

/** The request, or what is missing for it. */
export function requestOf(collection, operation, form) {
  const keyed = ['item', 'update', 'delete'].includes(operation);
  const id = form.id?.trim() ?? '';
  if (keyed && id === '') return { missing: 'Say which item is meant.' };
  const body = operation === 'create' || operation === 'update' ? form.body : undefined;
  const fault = faultOf('The body', body) ?? faultOf('Deep', form.deep || undefined);
  if (fault) return { missing: fault };
  const path = `${collection.path}${keyed ? `/${encoded(id)}` : ''}${queryOf(form)}`;
  return { method: methods[operation] ?? 'GET', path, ...(body === undefined ? {} : { body }) };
}
