/** `POST …/localizations`: another language of an entry, by a body without `data` (strapi-rest S-30). */
import { GatewayError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json-body.ts';
import type { WriteRoute } from './answer-write.ts';
import { languageWritten, localisedOf } from './locale.ts';
import { translationKeys } from './translation-writes.ts';
import { saving, type Writing } from './write.ts';

/** Writes the texts of the body in the language that it names, which the entry has not got yet. */
export async function addingLanguage(writing: Writing, body: JsonObject, key: string): ReturnType<WriteRoute['prepare']> {
  const { sight, collection, asked } = writing;
  const localised = localisedOf(sight, collection);
  if (!localised) throw new GatewayError('route_not_found');
  const { locale } = body;
  const code = typeof locale === 'string' ? languageWritten(locale) : undefined;
  if (code === undefined) throw new GatewayError('validation', { message: 'locale is a required field', field: 'locale' });
  const names = new Set(localised.fields.map(({ name }) => name));
  const texts = Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
  const inLanguage: Writing = { ...writing, asked: { ...asked, query: { ...asked.query, locale: code } } };
  const { step } = saving(inLanguage, texts, key);
  return {
    asked: inLanguage.asked,
    async step(session) {
      const known = await translationKeys(session.within, sight, collection, key, localised, { code, usual: false });
      if (known.length > 0) throw new GatewayError('validation', { message: 'This locale already exists', field: 'locale' });
      return step(session);
    },
  };
}
