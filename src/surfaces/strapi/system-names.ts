/** What Strapi calls the columns of users and files. */
import type { Collection } from '../../schema/types.ts';

const none: ReadonlyMap<string, string> = new Map();

const ofFiles = new Map([
  ['name', 'filename_download'],
  ['alternativeText', 'description'],
  ['caption', 'title'],
  ['mime', 'type'],
  ['size', 'filesize'],
]);

const ofUsers = new Map([['username', 'email']]);

/** The column of a name of Strapi's, where that is not its own. A column of that very name goes before it. */
export function systemNames({ name, fields }: Collection): ReadonlyMap<string, string> {
  if (name === 'directus_files') return ofFiles;
  return name === 'directus_users' && !fields.has('username') ? ofUsers : none;
}
