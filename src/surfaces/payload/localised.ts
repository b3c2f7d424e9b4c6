/** Fields that are told in several languages (payload-rest §11). */
import { eachItem, eachMember } from '../../lib/json-members.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import type { Field } from '../../schema/types.ts';
import type { Facts, Translations } from './facts.ts';
import type { Shape } from './shape.ts';
import { fieldOutput } from './values.ts';

function inLanguage({ relation, language }: Translations, field: Field, code: string): RequestedOutput {
  return {
    is: 'relation',
    name: relation.name,
    as: 'value',
    of: new Map([[field.name, fieldOutput(field)]]),
    asked: { where: { is: 'compare', path: [language.name], operator: 'eq', value: code } },
  };
}

/** The values of all rows, each under the code of its language (P-142); the first row of a code counts, as it does where one is asked for. */
function inEvery({ relation, language }: Translations, field: Field): RequestedOutput {
  const of = new Map([
    ['code', fieldOutput(language)],
    ['value', fieldOutput(field)],
  ]);
  return { is: 'group', of: new Map([['rows', { is: 'relation', name: relation.name, of }]]), make: byCode };
}

function byCode(group: string): string {
  const values = new Map<string, string>();
  eachMember(group, (_, rows) => {
    eachItem(rows, (row) => {
      const told = new Map<string, string>();
      eachMember(row, (name, text) => void told.set(name, text));
      const [code = 'null', value] = [told.get('code'), told.get('value')];
      if (code !== 'null' && value !== undefined && !values.has(code)) values.set(code, value);
    });
    return undefined;
  });
  // Languages may be numbers, too.
  const members = [...values].map(([code, value]) => `${code.startsWith('"') ? code : JSON.stringify(code)}:${value}`);
  return `{${members.join(',')}}`;
}

/** The value in the language asked for, in those that stand in for it, or of the document's own column (P-140 to P-142). */
export function localisedOutput(shape: Shape, { translations, members }: Facts, field: Field): RequestedOutput | undefined {
  const { visible, languages, fallbacks, every } = shape;
  if (!translations || !visible.relation(translations.relation) || !visible.collection(translations.collection)) return undefined;
  const readable = [field, translations.language].every((one) => visible.field(one) !== 'no');
  if (!readable) return undefined;
  const told = (codes: readonly string[]) => codes.map((code) => inLanguage(translations, field, code));
  if (every) return inEvery(translations, field);
  const own = members.get(field.name);
  const parent: RequestedOutput[] = own?.is === 'value' && visible.field(own.field) !== 'no' ? [fieldOutput(own.field)] : [];
  return { is: 'first', of: told([...new Set([...languages, ...fallbacks])]).concat(parent) };
}
