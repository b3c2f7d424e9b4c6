/** Leaks that a proof has to find: rules of the program, and what stands in their place. */

export interface Leak {
  readonly name: string;
  /** The world of the seed 1 from which on the tests look for it. */
  readonly world: number;
  /** A compiled module below src, without its ending. */
  readonly file: string;
  /** A text of it, which is there once. */
  readonly rule: string;
  readonly instead: string;
}

export const leaks: readonly Leak[] = [
  { name: 'rows-unruled', world: 0, file: 'access/read', rule: 'return allOf([within(asked, ruled), ruled]);', instead: 'return asked;' },
  {
    name: 'filter-steps-unruled',
    world: 7,
    file: 'access/filter',
    rule: 'guard), grant.rows(), target]);',
    instead: 'guard), target]);',
  },
  {
    name: 'filter-on-hidden-columns',
    world: 4,
    file: 'access/filter',
    rule: 'return allOf([filter, narrow([filter.field], collection, guard)]);',
    instead: 'return filter;',
  },
  { name: 'counter-unruled', world: 3, file: 'access/read', rule: 'total: within(total)', instead: 'total: within(always)' },
  {
    name: 'status-counter-unruled',
    world: 5,
    file: 'access/read',
    rule: "byStatus: allOf([grant.rows('any'), visible])",
    instead: 'byStatus: always',
  },
  { name: 'columns-by-status-shown', world: 1, file: 'access/read', rule: '...(cases.length > 0 ? { cases } : {})', instead: '...{}' },
  { name: 'nested-ties-unruled', world: 8, file: 'access/read', rule: 'allOf([query.where, related.target])', instead: 'query.where' },
  {
    name: 'sort-through-relations-unruled',
    world: 4,
    file: 'access/order',
    rule: 'grant.rows(), related.target, readable]',
    instead: 'related.target]',
  },
  {
    name: 'sort-through-lists-unruled',
    world: 53,
    file: 'access/order',
    rule: 'grant.rows(), related.target, visible]',
    instead: 'visible]',
  },
  {
    name: 'languages-unruled',
    world: 11,
    file: 'sql/each',
    rule: 'condition(each.own, alias, scope), condition(each.where, target, scope)',
    instead: 'undefined',
  },
  { name: 'aggregate-of-hidden-cells', world: 4, file: 'access/aggregate', rule: "return readable === 'yes' ?", instead: 'return true ?' },
  {
    name: 'aggregate-rows-unruled',
    world: 0,
    file: 'access/aggregate',
    rule: 'authoriseRows(query.where, rows, collection, guard)',
    instead: 'query.where',
  },
  { name: 'relations-by-hidden-columns', world: 4, file: 'access/relations', rule: 'isComparable(grant.field(named))', instead: 'true' },
  {
    name: 'history-of-unreadable-rows',
    world: 1,
    file: 'access/history',
    rule: 'rows: (statuses) => allOf([grant.rows(statuses), visible])',
    instead: 'rows: grant.rows',
  },
  { name: 'snapshots-uncut', world: 3, file: 'access/snapshots', rule: "grant.field(field) !== 'yes'", instead: 'false' },
  { name: 'dry-runs-uncut', world: 1, file: 'engine/dry-run', rule: 'unlimited ? text : readableMembers(text, is)', instead: 'text' },
  { name: 'feeds-of-hidden-columns', world: 20, file: 'changes/caller-changes', rule: 'visible.field(field) === how', instead: 'field' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a module.
  { name: 'remembered-for-others', world: 1, file: 'surfaces/directus/read', rule: 'return `${serial} ', instead: 'return `' },
];
