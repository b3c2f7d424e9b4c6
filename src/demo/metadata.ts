/** What directus_collections and directus_relations say about the sample. */
import { type DemoTable, demoView } from './tables.ts';

export interface CollectionSeed {
  readonly collection: DemoTable | typeof demoView;
  readonly icon: string;
  readonly note: string;
  /** The name for German readers. */
  readonly german: string;
  readonly hidden?: true;
  readonly single?: true;
}

export const demoCollections: readonly CollectionSeed[] = [
  { collection: 'products', icon: 'shopping_bag', note: 'What the shop sells; drafts are being prepared', german: 'Produkte' },
  { collection: 'categories', icon: 'category', note: 'Two levels: ranges, and kinds within them', german: 'Kategorien' },
  { collection: 'brands', icon: 'verified', note: 'Who makes it', german: 'Marken' },
  { collection: 'labels', icon: 'label', note: 'Marks shown on a product', german: 'Etiketten' },
  {
    collection: 'product_labels',
    icon: 'link',
    note: 'Which product bears which label; its key has two columns',
    german: 'Produktetiketten',
    hidden: true,
  },
  { collection: 'customers', icon: 'people', note: 'Invented people; addresses are JSON', german: 'Kunden' },
  { collection: 'orders', icon: 'receipt', note: 'From January 2025 to October 2026', german: 'Bestellungen' },
  { collection: 'order_items', icon: 'list', note: 'Lines of an order, at the price of that day', german: 'Bestellzeilen', hidden: true },
  { collection: 'reviews', icon: 'star_rate', note: 'One to five stars', german: 'Bewertungen' },
  { collection: 'articles', icon: 'article', note: 'The magazine: draft, review, published', german: 'Artikel' },
  { collection: 'article_translations', icon: 'translate', note: 'German and French', german: 'Übersetzungen', hidden: true },
  { collection: 'article_products', icon: 'link', note: 'Products an article shows, in order', german: 'Artikelprodukte', hidden: true },
  { collection: 'languages', icon: 'language', note: 'Languages of the magazine', german: 'Sprachen', hidden: true },
  { collection: 'shop', icon: 'store', note: 'One row: the shop itself', german: 'Laden', single: true },
  { collection: demoView, icon: 'bar_chart', note: 'A view: how often each product was sold', german: 'Verkäufe' },
];

export interface RelationSeed {
  readonly collection_many: string;
  readonly field_many: string;
  readonly collection_one: string;
  readonly field_one: string | null;
  readonly junction_field: string | null;
}

const relation = (many: string, field: string, one: string, alias: string | null = null, junction: string | null = null): RelationSeed => ({
  collection_many: many,
  field_many: field,
  collection_one: one,
  field_one: alias,
  junction_field: junction,
});

export const demoRelations: readonly RelationSeed[] = [
  relation('categories', 'parent', 'categories', 'children'),
  relation('products', 'brand', 'brands', 'products'),
  relation('products', 'category', 'categories', 'products'),
  relation('products', 'cover', 'directus_files'),
  relation('product_labels', 'product', 'products', 'labels', 'label'),
  relation('product_labels', 'label', 'labels', 'products', 'product'),
  relation('orders', 'customer', 'customers', 'orders'),
  relation('order_items', 'order', 'orders', 'items'),
  relation('order_items', 'product', 'products', 'sales'),
  relation('reviews', 'product', 'products', 'reviews'),
  relation('reviews', 'customer', 'customers', 'reviews'),
  relation('articles', 'cover', 'directus_files'),
  relation('article_translations', 'article', 'articles', 'translations'),
  relation('article_translations', 'language', 'languages'),
  relation('article_products', 'article', 'articles', 'products', 'product'),
  relation('article_products', 'product', 'products', 'articles', 'article'),
  relation('shop', 'featured_product', 'products'),
  relation('shop', 'hero', 'directus_files'),
  relation(demoView, 'product', 'products'),
  relation(demoView, 'category', 'categories'),
];
