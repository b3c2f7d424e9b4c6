/** Where a column of a system table is told as Directus 8's own installation has it: ours differs in what no client can make use of. */

type Shown = Readonly<Record<string, unknown>>;

const flag: Shown = { signed: false };
/** Times without a zone are kept without one here. */
const moment: Shown = { datatype: 'TIMESTAMP' };

const reference: Readonly<Record<string, Readonly<Record<string, Shown>>>> = {
  directus_collections: { managed: flag, hidden: flag, single: flag },
  directus_fields: { locked: flag, required: flag, readonly: flag, hidden_detail: flag, hidden_browse: flag },
  // Its hashes are told apart here by an index that Directus 8 has not.
  directus_files: { private_hash: { unique: false } },
  directus_migrations: { start_time: moment, end_time: moment, breakpoint: { type: 'integer' } },
  directus_revisions: { parent_changed: flag },
};

/** Attributes of a field object that are told instead of those of the column. */
export function referenceColumn(collection: string, field: string): Shown {
  const columns = Object.hasOwn(reference, collection) ? reference[collection] : undefined;
  return (columns && Object.hasOwn(columns, field) && columns[field]) || {};
}
