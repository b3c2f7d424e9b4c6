/** Field rows of the goods: brands, categories, products, labels. */
import { type FieldSeed, fieldsOf, type Options } from '../system/seed-types.ts';

const status = (name: string, value: string, color: string, published: boolean, extra: Options = {}): Options => ({
  name,
  value,
  text_color: 'white',
  background_color: color,
  browse_subdued: !published,
  browse_badge: true,
  soft_delete: false,
  published,
  required_fields: published,
  ...extra,
});

const draft = status('Draft', 'draft', 'blue-grey', false);
const review = status('In review', 'review', 'amber', false);
const published = status('Published', 'published', 'accent', true);
const deleted = status('Deleted', 'deleted', 'red', false, { soft_delete: true, browse_badge: false });

const productStatus: Options = { status_mapping: { published, draft, deleted } };
export const articleStatus: Options = { status_mapping: { published, review, draft, deleted } };

export const goodsFields: readonly FieldSeed[] = [
  ...fieldsOf('brands', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['name', 'string', 'text-input', 'Q', { sort: 2, width: 'half' }],
    ['country', 'string', 'text-input', '', { sort: 3, width: 'half', note: 'Two letters', validation: '/^[A-Z]{2}$/' }],
    ['founded', 'integer', 'numeric', '', { sort: 4, width: 'half', label: 'Since' }],
    ['website', 'string', 'text-input', '', { sort: 5, width: 'half' }],
    ['products', 'o2m', 'one-to-many', '', { sort: 6, options: { fields: 'name,price' } }],
  ]),
  ...fieldsOf('categories', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['sort', 'sort', 'sort', 'HD HB', { sort: 2 }],
    ['name', 'string', 'text-input', 'Q', { sort: 3, width: 'half' }],
    ['slug', 'slug', 'slug', '', { sort: 4, width: 'half', options: { mirroredField: 'name' } }],
    ['icon', 'string', 'icon', '', { sort: 5, width: 'half' }],
    ['parent', 'm2o', 'many-to-one', '', { sort: 6, width: 'half', options: { template: '{{name}}' }, label: 'Belongs to' }],
    ['children', 'o2m', 'one-to-many', '', { sort: 7, options: { fields: 'name' }, label: 'Kinds' }],
    ['products', 'o2m', 'one-to-many', '', { sort: 8, options: { fields: 'name,price' } }],
  ]),
  ...fieldsOf('products', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['status', 'status', 'status', 'Q', { sort: 2, options: productStatus }],
    ['sort', 'sort', 'sort', 'HD HB', { sort: 3 }],
    ['sku', 'string', 'text-input', 'Q', { sort: 4, width: 'half', label: 'Article number', validation: '/^NW-[0-9]{5}$/' }],
    ['name', 'string', 'text-input', 'Q', { sort: 5, width: 'half' }],
    ['slug', 'slug', 'slug', '', { sort: 6, width: 'half', options: { mirroredField: 'name' } }],
    ['brand', 'm2o', 'many-to-one', 'Q', { sort: 7, width: 'half', options: { template: '{{name}}' } }],
    ['category', 'm2o', 'many-to-one', 'Q', { sort: 8, width: 'half', options: { template: '{{name}}' } }],
    ['price', 'decimal', 'numeric', 'Q', { sort: 9, width: 'half', note: 'In euros, with tax' }],
    ['cost', 'decimal', 'numeric', '', { sort: 10, width: 'half', note: 'What we pay; never shown to the public' }],
    ['weight_grams', 'integer', 'numeric', '', { sort: 11, width: 'half', label: 'Weight (g)' }],
    ['stock', 'integer', 'numeric', '', { sort: 12, width: 'half' }],
    ['online_only', 'boolean', 'switch', '', { sort: 13, width: 'half' }],
    ['released_on', 'date', 'date', '', { sort: 14, width: 'half' }],
    ['tags', 'array', 'tags', '', { sort: 15 }],
    ['specs', 'json', 'json', '', { sort: 16, label: 'Technical data' }],
    ['description', 'string', 'textarea', '', { sort: 17 }],
    ['cover', 'file', 'file', '', { sort: 18 }],
    ['labels', 'o2m', 'many-to-many', '', { sort: 19, options: { fields: 'name' } }],
    ['reviews', 'o2m', 'one-to-many', '', { sort: 20, options: { fields: 'stars,title' } }],
    ['articles', 'o2m', 'many-to-many', '', { sort: 21, options: { fields: 'title' }, label: 'Shown in' }],
    ['sales', 'o2m', 'one-to-many', 'R HD', { sort: 22, options: { fields: 'quantity' } }],
    ['created_by', 'owner', 'owner', 'R HB', { sort: 23, width: 'half' }],
    ['created_on', 'datetime_created', 'datetime-created', 'R HB', { sort: 24, width: 'half' }],
    ['modified_by', 'user_updated', 'user-updated', 'R HB', { sort: 25, width: 'half' }],
    ['modified_on', 'datetime_updated', 'datetime-updated', 'R HB', { sort: 26, width: 'half' }],
  ]),
  ...fieldsOf('labels', [
    ['code', 'string', 'primary-key', 'Q', { sort: 1 }],
    ['name', 'string', 'text-input', 'Q', { sort: 2, width: 'half' }],
    ['color', 'string', 'color', '', { sort: 3, width: 'half' }],
    ['products', 'o2m', 'many-to-many', '', { sort: 4, options: { fields: 'name' } }],
  ]),
  ...fieldsOf('product_labels', [
    ['product', 'm2o', 'many-to-one', 'Q', { sort: 1, options: { template: '{{name}}' } }],
    ['label', 'm2o', 'many-to-one', 'Q', { sort: 2, options: { template: '{{name}}' } }],
    ['since', 'date', 'date', '', { sort: 3 }],
  ]),
  ...fieldsOf('product_sales', [
    ['product', 'm2o', 'many-to-one', 'R', { sort: 1, options: { template: '{{name}}' } }],
    ['name', 'string', 'text-input', 'R', { sort: 2 }],
    ['category', 'm2o', 'many-to-one', 'R', { sort: 3, options: { template: '{{name}}' } }],
    ['orders', 'integer', 'numeric', 'R', { sort: 4 }],
    ['sold', 'integer', 'numeric', 'R', { sort: 5, label: 'Pieces sold' }],
    ['revenue', 'decimal', 'numeric', 'R', { sort: 6, note: 'In euros' }],
  ]),
];
