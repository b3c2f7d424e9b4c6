/** Globals: tables of one row (payload-rest §3). */
import type { FastifyReply } from 'fastify';
import { prepareRead, runRead } from '../../engine/read.ts';
import { parseJsonBody } from '../../lib/json-body.ts';
import type { Collection } from '../../schema/types.ts';
import { answerOne, merged, parametersOfWrite } from './answer-write.ts';
import { documentOf } from './body.ts';
import { hiding } from './documents.ts';
import { documentsRead, findText, uncounted } from './find.ts';
import { sendText } from './respond.ts';
import type { Serving } from './serving.ts';
import { createDocument, updateDocument, type Writes } from './write.ts';

/** GET /globals/:slug; of one without a row its name alone. */
export async function showGlobal({ asking, reply, hooks }: Serving, { name }: Collection, slug: string): Promise<FastifyReply> {
  const text = await findText(asking, { is: 'first', collection: name }, hooks);
  return sendText(reply, text === '' ? JSON.stringify({ globalType: slug }) : text);
}

/** The key of the row, whoever asks; undefined where there is none yet. */
async function rowKey({ context, collection }: Writes): Promise<string | undefined> {
  const { proof: _, ...rest } = context;
  const within = { ...rest, actor: { is: 'system', reason: 'a global is its first row' } } as const;
  const template = new Map([['key', { is: 'key' } as const]]);
  const order = collection.key.map((field) => ({ path: [field.name], descending: false }));
  const read = { ...documentsRead(collection, template, new Map()), order, limit: 1, counts: uncounted };
  const { texts } = await runRead(within, prepareRead(within, read));
  const row = texts.count === 0 ? null : parseJsonBody(String(texts.between('', '')));
  return row !== null && typeof row === 'object' && 'key' in row ? String(row.key) : undefined;
}

/** POST /globals/:slug changes the row, or makes it. */
export async function updateGlobal(serving: Serving, { name }: Collection): Promise<FastifyReply> {
  const document = await documentOf(serving.asking.request);
  return answerOne(serving, {
    name,
    document,
    parameters: parametersOfWrite(serving, document),
    async write(writes) {
      const key = await rowKey(writes);
      if (key === undefined) return createDocument(writes, document);
      return updateDocument(writes, key, document).catch((error: unknown) => {
        throw hiding(writes, 'update', error);
      });
    },
    answer: (_, { text }) => ({ status: 200, text: merged(text, `{"message":"Updated successfully.","result":${text}}`) }),
  });
}
