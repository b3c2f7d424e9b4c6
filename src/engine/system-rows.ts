/** What the system collections demand of whoever writes them, through every door. */
import type { WriteNode } from '../query/mutation.ts';
import type { Collection, Field } from '../schema/types.ts';
import { fileRules } from './system-files.ts';
import { folderRules } from './system-folders.ts';
import { presetRules, relationRules, settingRules } from './system-metadata.ts';
import { permissionRules, roleRules } from './system-roles.ts';
import { userRules } from './system-users.ts';
import { type SystemAction, type SystemRules, systemWrite } from './system-write.ts';
import type { WriteState } from './write-state.ts';

const byCollection: ReadonlyMap<string, SystemRules> = new Map([
  ['directus_users', userRules],
  ['directus_roles', roleRules],
  ['directus_permissions', permissionRules],
  ['directus_collection_presets', presetRules],
  ['directus_files', fileRules],
  ['directus_folders', folderRules],
  ['directus_relations', relationRules],
  ['directus_settings', settingRules],
]);

const rulesOf = ({ system, name }: Collection): SystemRules | undefined => (system ? byCollection.get(name) : undefined);

/** The columns that must be known of a row before it is changed or deleted. */
export function knownBefore(collection: Collection): readonly Field[] {
  return rulesOf(collection)?.knows.flatMap((name) => collection.fields.get(name) ?? []) ?? [];
}

/** Looks at a row that is about to be written; `before` is its text, with the columns of `knownBefore`. Throws what is refused. */
export function demandSystem(state: WriteState, node: WriteNode, action: SystemAction, before: string | undefined): void {
  const { collection } = node;
  if (!collection.system) return;
  state.rewritten.add(collection.name);
  rulesOf(collection)?.check(systemWrite(state, node, action, before));
}
