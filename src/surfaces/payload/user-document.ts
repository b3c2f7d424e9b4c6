/** The document of who signs in, which that user gets whatever permissions say (payload-rest P-150, P-207). */
import type { FastifyRequest } from 'fastify';
import { prepareRead, type ReadContext, runRead } from '../../engine/read.ts';
import type { RequestedOutput } from '../../query/requested-template.ts';
import { fileDataFor } from '../file-data.ts';
import { signInColumns } from '../sign-in-columns.ts';
import { shapeOf } from './context.ts';
import { documentsRead, uncounted } from './find.ts';
import type { Selection } from './shape.ts';
import { documentTemplate } from './to-template.ts';

const shown: Selection = { mode: 'only', names: new Set(['id', 'role', ...signInColumns, 'createdAt', 'updatedAt', '_verified']) };

/** The document as JSON text, with further members; `null` where there is no such user. */
export async function userText(request: FastifyRequest, id: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { connection, limits, sealer, schemas, rules } = request.project;
  const context: ReadContext = {
    actor: { is: 'system', reason: 'a user signs in' },
    schema: schemas.current,
    rules: rules.current,
    connection,
    limits,
    sealer,
    fileData: fileDataFor(request),
  };
  const users = context.schema.collections.get('directus_users');
  if (!users) return 'null';
  const none = new Map<string, never>();
  const template = new Map<string, RequestedOutput>([
    ...documentTemplate(shapeOf(context, none), users, 0, shown),
    ...Object.entries(more).map(([name, value]): [string, RequestedOutput] => [name, { is: 'constant', json: JSON.stringify(value) }]),
  ]);
  const { texts } = await runRead(
    context,
    prepareRead(context, { ...documentsRead(users, template, none), keys: [id], counts: uncounted }),
  );
  return texts.count === 0 ? 'null' : String(texts.between('', ''));
}
