/** What a file's item has of its `data`, as Directus 8 lifts it out of there (directus8-system §23): addresses, and thumbnails. */
import { type GraphQLFieldConfigMap, GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLString } from 'graphql';
import { type FileMember, tellsFileData } from '../../query/file-data.ts';
import type { MakeObject, RequestedOutput } from '../../query/requested-template.ts';
import type { Collection } from '../../schema/types.ts';
import type { Parts } from './parts.ts';
import { type Operation, type Selected, selectionsOf } from './selections.ts';
import type { ItemMeaning } from './types.ts';

export const thumbnailType = new GraphQLObjectType({
  name: 'DirectusFileThumbnailItem',
  fields: {
    key: { type: GraphQLString },
    url: { type: GraphQLString },
    relative_url: { type: GraphQLString },
    dimension: { type: GraphQLString },
    width: { type: GraphQLInt },
    height: { type: GraphQLInt },
  },
});

const lifted = (member: FileMember): { extensions: { meaning: ItemMeaning } } => ({ extensions: { meaning: { is: 'file', member } } });

/** None for rows that are no files, and for who may not know where they are. */
export function fileFields(collection: Collection, { visible }: Parts): GraphQLFieldConfigMap<unknown, unknown> {
  if (!tellsFileData(collection, { visible })) return {};
  const thumbnails: ItemMeaning = { is: 'file', member: 'thumbnails', item: thumbnailType };
  return {
    full_url: { type: GraphQLString, description: 'The address of the file.', ...lifted('full_url') },
    url: { type: GraphQLString, description: 'The same without the host.', ...lifted('url') },
    thumbnails: { type: new GraphQLList(thumbnailType), extensions: { meaning: thumbnails } },
  };
}

/** The member as an output of the core; of thumbnails the fields that are selected, under their own keys. */
export function fileOutput(
  operation: Operation,
  { member, item }: Extract<ItemMeaning, { is: 'file' }>,
  selected: Selected,
): RequestedOutput {
  const shown = item && selectionsOf(operation, item, selected).map(({ key, name }) => [key, name] as const);
  const picked = (one: Readonly<Record<string, unknown>>): object =>
    Object.fromEntries((shown ?? []).map(([key, name]) => [key, name === '__typename' ? item?.name : (one[name] ?? null)]));
  const make: MakeObject = (text) => {
    const value: unknown = (JSON.parse(text) as Readonly<Record<string, unknown>>)[member] ?? null;
    return JSON.stringify(Array.isArray(value) && shown ? value.map(picked) : value);
  };
  return { is: 'file', members: [member], make };
}
