/** POST /:slug/:id/duplicate: a new document that begins as a copy of another one, as far as the caller may read that (payload-rest P-31). */
import type { FastifyReply } from 'fastify';
import { prepareRead, runRead } from '../../engine/read.ts';
import { GatewayError } from '../../lib/errors.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, parseJsonBody } from '../../lib/json-body.ts';
import type { RequestedOutput, RequestedTemplate } from '../../query/requested-template.ts';
import type { Field } from '../../schema/types.ts';
import { answerOne, parametersOfWrite } from './answer-write.ts';
import { documentOf } from './body.ts';
import { shapeOf } from './context.ts';
import { keyOf } from './documents.ts';
import { type Facts, factsOf, type Translations } from './facts.ts';
import { documentsRead, roomy, uncounted } from './find.ts';
import { singularLabel } from './labels.ts';
import { textOf } from './parameters.ts';
import type { Serving } from './serving.ts';
import type { Shape } from './shape.ts';
import { documentTemplate } from './to-template.ts';
import { createDocument, type Writes } from './write.ts';

/** Whether a copy may hold the value: not where it is this row's alone, tells of its making, or is its state. */
function isCopied({ collection, created, updated, deleted, status, trashed, measured }: Facts, field: Field): boolean {
  const { nullable, default: preset, generated } = field.column;
  if (field.primaryKey || field.unique || generated || measured.has(field.name)) return false;
  if ((field === created || field === updated) && (nullable || preset !== null)) return false;
  return field !== deleted && field !== status?.field && !(trashed.length > 0 && field === collection.status?.field);
}

/** The names of a document that a copy of it begins with. Joins are other documents. */
function copiedNames(facts: Facts): ReadonlySet<string> {
  const own = [...facts.members].filter(([, member]) =>
    member.is === 'join' ? false : member.is === 'many' ? true : isCopied(facts, member.field),
  );
  return new Set(own.map(([name]) => name));
}

/** The columns of a translation that are copied: all that the caller may read, in every row of them. */
function textsOf({ visible }: Shape, translations: Translations | undefined): RequestedOutput | undefined {
  if (!translations) return undefined;
  const { relation, collection, language, fields } = translations;
  if (!visible.relation(relation) || !visible.collection(collection) || visible.field(language) !== 'yes') return undefined;
  const read = [language, ...fields.values()].filter((field) => !field.unique && visible.field(field) === 'yes');
  return {
    is: 'relation',
    name: relation.name,
    of: new Map(read.map(({ name }): [string, RequestedOutput] => [name, { is: 'field', name }])),
  };
}

interface Copy {
  readonly document: JsonObject;
  /** Rows of translations. */
  readonly texts: readonly JsonObject[];
}

/** Throws `item_not_found` for what the caller may not read, and `read_denied` where that is all of the collection. */
async function copyOf({ context, collection, parameters }: Writes, key: string): Promise<Copy> {
  const shape = shapeOf(context, new Map());
  if (!shape.visible.collection(collection)) throw new GatewayError('read_denied', { collection: collection.name });
  const facts = factsOf(collection, context.schema);
  const texts = textsOf(shape, facts.translations);
  const template: RequestedTemplate = new Map([
    ['document', { is: 'group', of: documentTemplate(shape, collection, 0, { mode: 'only', names: copiedNames(facts) }) }],
    ...(texts ? [['texts', texts] as const] : []),
  ]);
  const read = { ...documentsRead(collection, template, parameters), keys: [key], counts: uncounted };
  const found = await runRead(context, prepareRead(roomy(context), read));
  const row = found.texts.count === 0 ? null : parseJsonBody(String(found.texts.between('', '')));
  if (row === null || !isJsonObject(row)) throw new GatewayError('item_not_found', { id: key });
  const { document = null, texts: rows = [] } = row;
  return {
    document: isJsonObject(document) ? own(document, copiedNames(facts)) : {},
    texts: isJsonList(rows) ? rows.filter(isJsonObject) : [],
  };
}

const own = (document: JsonObject, names: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(document).filter(([name]) => names.has(name)));

/** The copy with what the request says otherwise; what it says in one language is said of that language's translation. */
function changed(writes: Writes, { document, texts }: Copy, body: JsonObject): { document: JsonObject; more: JsonObject } {
  const { context, collection, parameters } = writes;
  const { translations, members } = factsOf(collection, context.schema);
  if (!translations) return { document: { ...document, ...body }, more: {} };
  const { relation, language, fields } = translations;
  const localised = (textOf(parameters.get('locale')) ?? '') !== '';
  const isTold = (name: string): boolean => fields.has(name) && (localised || !members.has(name));
  const { languages } = shapeOf(context, parameters);
  const [spoken] = languages.flatMap((code) => texts.find((text) => text[language.name] === code) ?? []);
  const told = Object.keys(body).some(isTold) ? spoken : undefined;
  const said = told ? Object.fromEntries(Object.entries(told).filter(([name]) => isTold(name))) : {};
  const rows = texts.filter((text) => text !== told).map((text): Json => ({ create: text }));
  return { document: { ...document, ...said, ...body }, more: rows.length > 0 ? { [relation.name]: rows } : {} };
}

/** Makes the copy. Files are not copied: each has its own content. */
export async function duplicate(serving: Serving, name: string, id: string): Promise<FastifyReply> {
  if (name === 'directus_files')
    throw new GatewayError('bad_request', {
      message: 'media cannot be duplicated: a document of it has a file of its own; upload it again',
    });
  const body = await documentOf(serving.asking.request);
  return answerOne(serving, {
    name,
    document: body,
    parameters: parametersOfWrite(serving, body),
    async write(writes) {
      const { document, more } = changed(writes, await copyOf(writes, keyOf(writes, id)), body);
      return createDocument(writes, document, more);
    },
    answer: (writes, { text }) => {
      const { slug } = factsOf(writes.collection, writes.context.schema);
      return { status: 200, text: `{"doc":${text},"message":${JSON.stringify(`${singularLabel(slug)} successfully duplicated.`)}}` };
    },
  });
}
