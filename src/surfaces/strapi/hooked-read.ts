/** Reads of collections that extensions listen to: their filter goes with what is asked, and they see attributes beside the key. */
import { prepareRead, type ReadResult, runRead } from '../../engine/read.ts';
import { joinTexts } from '../../lib/joined-texts.ts';
import { eachItem, eachMember } from '../../lib/json-members.ts';
import type { Collection } from '../../schema/types.ts';
import type { CallerContext } from '../caller.ts';
import type { SurfaceHooks } from '../hooks.ts';
import { type ReadAnswer, withinOutputs } from './answer.ts';
import { allOf } from './filters.ts';
import { type Asked, parseRead, type Wanted } from './parse.ts';
import { flatMeta } from './template.ts';

/** Reads with the filters and actions of extensions around it. */
export async function readHooked(
  context: CallerContext,
  hooks: SurfaceHooks,
  collection: Collection,
  asked: Asked,
  wanted: Wanted,
): Promise<ReadAnswer> {
  const filter = 'keys' in wanted ? undefined : await hooks.reads.filter(context, collection.name);
  const { read, page } = parseRead(context, collection, asked, wanted, 'flat');
  const where = allOf([read.where, filter]);
  const prepared = prepareRead(withinOutputs(context), { ...read, ...(where ? { where } : {}) });
  const result = await hooks.reads.rows(context, await runRead(context, prepared));
  return { asked: { page }, wanted, result: asked.format === 'v5' ? result : { ...result, texts: wrapped(result) } };
}

/** Entries of the older form, made of flat ones. */
function wrapped({ texts }: ReadResult): ReadResult['texts'] {
  const made = joinTexts();
  eachItem(String(texts.between('[', ']')), (row) => {
    let id = 'null';
    let meta = '{}';
    const attributes: string[] = [];
    eachMember(row, (key, value) => {
      const name = String(JSON.parse(`"${key}"`));
      if (name === 'id') id = value;
      else if (name === flatMeta) meta = value;
      else attributes.push(`"${key}":${value}`);
    });
    made.add(`{"id":${id},"attributes":{${attributes.join(',')}},"meta":${meta}}`);
  });
  return made;
}
