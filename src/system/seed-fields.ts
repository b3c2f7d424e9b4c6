/** All field rows a fresh installation starts with, in the order in which the reference numbers them. */
import { filesFields, foldersFields } from './seed-fields-files.ts';
import { activityFields, collectionPresetsFields, revisionsFields, webhooksFields } from './seed-fields-history.ts';
import { permissionsFields, rolesFields, userSessionsFields, usersFields } from './seed-fields-identity.ts';
import { collectionsFields, fieldsFields, relationsFields } from './seed-fields-schema.ts';
import { settingsFields } from './seed-fields-settings.ts';
import type { FieldSeed } from './seed-types.ts';

/** 170 rows; the id of each is its place, counted from 1. */
export const systemFields: readonly FieldSeed[] = [
  ...fieldsFields,
  ...activityFields,
  ...collectionPresetsFields,
  ...collectionsFields,
  ...filesFields,
  ...foldersFields,
  ...rolesFields,
  ...permissionsFields,
  ...relationsFields,
  ...revisionsFields,
  ...settingsFields,
  ...usersFields,
  ...userSessionsFields,
  ...webhooksFields,
];
