/** Field rows of customers, orders and reviews, and of the magazine. */
import { type FieldSeed, fieldsOf } from '../system/seed-types.ts';
import { articleStatus } from './fields-goods.ts';

const orderStates = { placed: 'Placed', paid: 'Paid', shipped: 'Shipped', returned: 'Sent back', cancelled: 'Cancelled' };

export const tradeFields: readonly FieldSeed[] = [
  ...fieldsOf('customers', [
    ['id', 'uuid', 'primary-key', 'Q', { sort: 1 }],
    ['first_name', 'string', 'text-input', 'Q', { sort: 2, width: 'half' }],
    ['last_name', 'string', 'text-input', 'Q', { sort: 3, width: 'half' }],
    [
      'email',
      'string',
      'text-input',
      'Q',
      { sort: 4, width: 'half', validation: '$email', label: 'E-mail', note: 'Editors do not see it' },
    ],
    ['phone', 'string', 'text-input', '', { sort: 5, width: 'half' }],
    ['newsletter', 'boolean', 'switch', '', { sort: 6, width: 'half' }],
    ['joined_on', 'date', 'date', 'Q', { sort: 7, width: 'half', label: 'Customer since' }],
    ['address', 'json', 'json', '', { sort: 8 }],
    ['orders', 'o2m', 'one-to-many', 'R', { sort: 9, options: { fields: 'number,total' } }],
    ['reviews', 'o2m', 'one-to-many', 'R', { sort: 10, options: { fields: 'stars,title' } }],
  ]),
  ...fieldsOf('orders', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['number', 'string', 'text-input', 'Q R', { sort: 2, width: 'half' }],
    ['state', 'string', 'dropdown', 'Q', { sort: 3, width: 'half', options: { choices: orderStates } }],
    ['customer', 'm2o', 'many-to-one', 'Q', { sort: 4, options: { template: '{{first_name}} {{last_name}}' } }],
    ['placed_on', 'datetime', 'datetime', 'Q', { sort: 5, width: 'half' }],
    ['shipped_on', 'datetime', 'datetime', '', { sort: 6, width: 'half' }],
    ['shipping', 'decimal', 'numeric', '', { sort: 7, width: 'half', note: 'Free from 100 euros' }],
    ['total', 'decimal', 'numeric', 'Q', { sort: 8, width: 'half', note: 'Items and shipping' }],
    ['remark', 'string', 'textarea', '', { sort: 9 }],
    ['items', 'o2m', 'one-to-many', '', { sort: 10, options: { fields: 'product,quantity,unit_price' } }],
  ]),
  ...fieldsOf('order_items', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['order', 'm2o', 'many-to-one', 'Q', { sort: 2, options: { template: '{{number}}' } }],
    ['product', 'm2o', 'many-to-one', 'Q', { sort: 3, options: { template: '{{name}}' } }],
    ['quantity', 'integer', 'numeric', 'Q', { sort: 4, width: 'half' }],
    ['unit_price', 'decimal', 'numeric', 'Q', { sort: 5, width: 'half' }],
  ]),
  ...fieldsOf('reviews', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['product', 'm2o', 'many-to-one', 'Q', { sort: 2, width: 'half', options: { template: '{{name}}' } }],
    ['customer', 'm2o', 'many-to-one', '', { sort: 3, width: 'half', options: { template: '{{first_name}}' } }],
    ['stars', 'integer', 'rating', 'Q', { sort: 4, width: 'half', validation: '/^[1-5]$/' }],
    ['title', 'string', 'text-input', '', { sort: 5, width: 'half' }],
    ['body', 'string', 'textarea', '', { sort: 6 }],
    ['written_on', 'datetime', 'datetime', 'R', { sort: 7, width: 'half' }],
  ]),
  ...fieldsOf('articles', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['status', 'status', 'status', 'Q', { sort: 2, options: articleStatus }],
    ['title', 'string', 'text-input', 'Q', { sort: 3, width: 'half' }],
    ['slug', 'slug', 'slug', '', { sort: 4, width: 'half', options: { mirroredField: 'title' } }],
    ['teaser', 'string', 'textarea', '', { sort: 5 }],
    ['body', 'string', 'markdown', '', { sort: 6 }],
    ['cover', 'file', 'file', '', { sort: 7 }],
    ['published_on', 'datetime', 'datetime', '', { sort: 8, width: 'half' }],
    [
      'translations',
      'translation',
      'translation',
      '',
      {
        sort: 9,
        options: {
          languageField: 'language',
          template: '{{title}}',
          languages: [
            { code: 'de', name: 'Deutsch' },
            { code: 'fr', name: 'Français' },
          ],
        },
      },
    ],
    ['products', 'o2m', 'many-to-many', '', { sort: 10, options: { fields: 'name,price' } }],
    ['created_by', 'owner', 'owner', 'R', { sort: 11, width: 'half', label: 'Author' }],
    ['created_on', 'datetime_created', 'datetime-created', 'R HB', { sort: 12, width: 'half' }],
    ['modified_by', 'user_updated', 'user-updated', 'R HB', { sort: 13, width: 'half' }],
    ['modified_on', 'datetime_updated', 'datetime-updated', 'R HB', { sort: 14, width: 'half' }],
  ]),
  ...fieldsOf('article_translations', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['article', 'm2o', 'many-to-one', 'Q', { sort: 2, options: { template: '{{title}}' } }],
    ['language', 'lang', 'language', 'Q', { sort: 3 }],
    ['title', 'string', 'text-input', 'Q', { sort: 4 }],
    ['teaser', 'string', 'textarea', '', { sort: 5 }],
    ['body', 'string', 'markdown', '', { sort: 6 }],
  ]),
  ...fieldsOf('article_products', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['sort', 'sort', 'sort', 'HD HB', { sort: 2 }],
    ['article', 'm2o', 'many-to-one', 'Q', { sort: 3, options: { template: '{{title}}' } }],
    ['product', 'm2o', 'many-to-one', 'Q', { sort: 4, options: { template: '{{name}}' } }],
  ]),
  ...fieldsOf('languages', [
    ['code', 'string', 'primary-key', 'Q', { sort: 1 }],
    ['name', 'string', 'text-input', 'Q', { sort: 2 }],
  ]),
  ...fieldsOf('shop', [
    ['id', 'integer', 'primary-key', 'R HD HB', { sort: 1 }],
    ['name', 'string', 'text-input', 'Q', { sort: 2, width: 'half' }],
    ['claim', 'string', 'text-input', '', { sort: 3, width: 'half' }],
    ['email', 'string', 'text-input', '', { sort: 4, width: 'half', validation: '$email', label: 'E-mail' }],
    ['opens_at', 'time', 'time', '', { sort: 5, width: 'half' }],
    ['closes_at', 'time', 'time', '', { sort: 6, width: 'half' }],
    ['featured_product', 'm2o', 'many-to-one', '', { sort: 7, options: { template: '{{name}}' } }],
    ['hero', 'file', 'file', '', { sort: 8 }],
  ]),
];
