/** Fields that are told in several languages (payload-rest §11). */
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

/** The value in the language asked for, in those that stand in for it, or of the document's own column (P-140 to P-142). */
export function localisedOutput(shape: Shape, { translations, members }: Facts, field: Field): RequestedOutput | undefined {
  const { visible, languages, fallbacks, each } = shape;
  if (!translations || !visible.relation(translations.relation) || !visible.collection(translations.collection)) return undefined;
  const readable = [field, translations.language].every((one) => visible.field(one) !== 'no');
  if (!readable) return undefined;
  const told = (codes: readonly string[]) => codes.map((code) => inLanguage(translations, field, code));
  if (each) return { is: 'group', of: new Map(each.map((code) => [code, inLanguage(translations, field, code)])) };
  const own = members.get(field.name);
  const parent: RequestedOutput[] = own?.is === 'value' && visible.field(own.field) !== 'no' ? [fieldOutput(own.field)] : [];
  return { is: 'first', of: told([...new Set([...languages, ...fallbacks])]).concat(parent) };
}
