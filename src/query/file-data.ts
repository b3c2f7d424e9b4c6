/** `data` of a row of directus_files: addresses made of other columns, which it therefore brings along (directus8-system §12.1). */
import { GatewayError } from '../lib/errors.ts';
import type { Collection } from '../schema/types.ts';
import type { BindContext } from './context.ts';
import type { Output, Selection } from './types.ts';

/** The columns that the members are made of. */
const columns = ['private_hash', 'filename_disk', 'filename_download', 'type', 'embed'] as const;

/** What is known of a file whose addresses are to be told; what the caller may not read is not there. */
export type FileFacts = Readonly<Partial<Record<(typeof columns)[number], string | null>>>;

const members = ['full_url', 'url', 'asset_url', 'thumbnails', 'embed'] as const;

/** The name of the member. */
export type FileMember = (typeof members)[number];

/** The field's name; it has no column. */
export const fileDataName = 'data';

/** Whether the collection's rows have such a member. */
export function hasFileData({ name, system }: Collection): boolean {
  return system && name === 'directus_files';
}

/**
 * The output, where the selection asks for it and it is visible.
 *
 * @throws GatewayError `unknown_field` for a member that it does not have
 */
export function fileDataOutput(collection: Collection, selection: Selection, context: BindContext): Output | undefined {
  if (!hasFileData(collection) || !(selection.all || selection.named.has(fileDataName))) return undefined;
  const wanted = membersOf(selection.named.get(fileDataName) ?? undefined, collection);
  return selection.without.has(fileDataName) ? undefined : fileMembersOutput(collection, wanted, context);
}

/** The same of members that are known; undefined where there are none, or none that are visible. */
export function fileMembersOutput(
  collection: Collection,
  wanted: readonly FileMember[],
  context: Pick<BindContext, 'visible' | 'count'>,
): Extract<Output, { is: 'group' }> | undefined {
  if (!tellsFileData(collection, context) || wanted.length === 0) return undefined;
  const of = new Map<string, Output>();
  for (const name of columns) {
    const field = collection.fields.get(name);
    if (field && context.visible.field(field) !== 'no') of.set(name, { is: 'field', field, implied: true });
  }
  if (of.size === 0) return undefined;
  context.count();
  return { is: 'group', of, file: wanted };
}

/** Whether the rows have such a member, and the caller may see it. */
export function tellsFileData(collection: Collection, { visible }: Pick<BindContext, 'visible'>): boolean {
  return hasFileData(collection) && visible.field({ name: fileDataName, collection: collection.name }) === 'yes';
}

function membersOf(selection: Selection | undefined, { name }: Collection): readonly FileMember[] {
  if (!selection) return members;
  for (const field of selection.named.keys()) {
    if (!members.some((member) => member === field))
      throw new GatewayError('unknown_field', { field: `${fileDataName}.${field}`, collection: name });
  }
  return members.filter((member) => (selection.all || selection.each || selection.named.has(member)) && !selection.without.has(member));
}
