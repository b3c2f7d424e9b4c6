/** What the sample's public and its editors may do: each kind of rule is used at least once, so that it can be tried. */

import { defaultPermissions, type PermissionSeed } from '../access/default-permissions.ts';
import type { Level } from '../access/types.ts';

export interface PermissionRow extends Omit<PermissionSeed, 'comment' | 'explain'> {
  readonly comment: string;
  readonly explain: string;
  readonly read_field_blacklist: string | null;
  readonly write_field_blacklist: string | null;
  readonly status_blacklist: string | null;
}

interface Rule {
  status?: string;
  create?: Level;
  read?: Level;
  update?: Level;
  delete?: Level;
  comment?: string;
  hidden?: string;
  fixed?: string;
  statusesNot?: string;
}

const publicRole = 2;
export const editorRole = 3;

const rule = (role: number, collection: string, granted: Rule): PermissionRow => ({
  collection,
  role,
  status: granted.status ?? null,
  create: granted.create ?? 'none',
  read: granted.read ?? 'none',
  update: granted.update ?? 'none',
  delete: granted.delete ?? 'none',
  comment: granted.comment ?? 'none',
  explain: 'none',
  read_field_blacklist: granted.hidden ?? null,
  write_field_blacklist: granted.fixed ?? null,
  status_blacklist: granted.statusesNot ?? null,
});

const readable = { read: 'full' } as const;
const everything = { create: 'full', read: 'full', update: 'full', delete: 'full', comment: 'update' } as const;
const internal = 'created_by,modified_by,modified_on';

/** Published things and what belongs to them; no cost, no customers, no orders. */
const ofThePublic: readonly PermissionRow[] = [
  rule(publicRole, 'products', { ...readable, status: 'published', hidden: `cost,stock,${internal}` }),
  rule(publicRole, 'products', { status: 'draft' }),
  rule(publicRole, 'products', { status: 'deleted' }),
  rule(publicRole, 'articles', { ...readable, status: 'published', hidden: internal }),
  rule(publicRole, 'articles', { status: 'review' }),
  rule(publicRole, 'articles', { status: 'draft' }),
  rule(publicRole, 'articles', { status: 'deleted' }),
  rule(publicRole, 'reviews', { ...readable, hidden: 'customer' }),
  rule(publicRole, 'directus_files', { ...readable, hidden: 'uploaded_by' }),
  ...['brands', 'categories', 'labels', 'product_labels', 'article_translations', 'article_products', 'languages', 'shop'].map(
    (collection) => rule(publicRole, collection, readable),
  ),
];

/** Editors write the magazine and look after products; of drafts they see their own, of customers no addresses, of orders nothing. */
const ofEditors: readonly PermissionRow[] = [
  rule(editorRole, 'articles', { status: 'published', read: 'full', update: 'full', comment: 'update', statusesNot: 'deleted' }),
  rule(editorRole, 'articles', { status: 'review', read: 'full', update: 'role', comment: 'update', statusesNot: 'deleted' }),
  rule(editorRole, 'articles', {
    status: 'draft',
    create: 'full',
    read: 'mine',
    update: 'mine',
    delete: 'mine',
    comment: 'update',
    statusesNot: 'published',
  }),
  rule(editorRole, 'articles', { status: 'deleted' }),
  rule(editorRole, 'articles', { status: '$create', create: 'full', statusesNot: 'published,deleted' }),
  rule(editorRole, 'products', { status: 'published', read: 'full', update: 'full', comment: 'update', fixed: 'price,cost,sku' }),
  rule(editorRole, 'products', {
    status: 'draft',
    create: 'full',
    read: 'full',
    update: 'full',
    delete: 'mine',
    comment: 'update',
    fixed: 'cost',
  }),
  rule(editorRole, 'products', { status: 'deleted' }),
  rule(editorRole, 'customers', { ...readable, hidden: 'email,phone,address' }),
  rule(editorRole, 'reviews', { read: 'full', update: 'full', delete: 'full', comment: 'create', fixed: 'stars' }),
  rule(editorRole, 'product_sales', { ...readable, hidden: 'revenue' }),
  rule(editorRole, 'shop', { read: 'full', update: 'full' }),
  rule(editorRole, 'languages', readable),
  rule(editorRole, 'orders', {}),
  rule(editorRole, 'order_items', {}),
  ...['brands', 'categories', 'labels', 'product_labels', 'article_translations', 'article_products'].map((collection) =>
    rule(editorRole, collection, everything),
  ),
];

const ofTheApp: readonly PermissionRow[] = defaultPermissions(editorRole).map((row) => ({
  ...row,
  read_field_blacklist: null,
  write_field_blacklist: null,
  status_blacklist: null,
}));

/** All rows, in the order in which they are numbered. */
export const demoPermissions: readonly PermissionRow[] = [...ofThePublic, ...ofEditors, ...ofTheApp];
