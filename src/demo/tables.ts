/** The tables of the sample: an outdoor shop on SQLite, as a shop's own software might have made them. */

/** In an order in which each table's foreign keys point backwards. */
export const demoTables = [
  'languages',
  'brands',
  'categories',
  'products',
  'labels',
  'product_labels',
  'customers',
  'orders',
  'order_items',
  'reviews',
  'articles',
  'article_translations',
  'article_products',
  'shop',
] as const;

export type DemoTable = (typeof demoTables)[number];

export const demoView = 'product_sales';

export const demoStatements: readonly string[] = [
  `create table languages (
    code varchar(8) not null primary key,
    name varchar(60) not null
  )`,
  `create table brands (
    id integer primary key autoincrement,
    name varchar(100) not null unique,
    country varchar(2),
    founded integer,
    website varchar(200)
  )`,
  `create table categories (
    id integer primary key autoincrement,
    sort integer,
    name varchar(80) not null,
    slug varchar(80) not null unique,
    icon varchar(30),
    parent integer references categories (id)
  )`,
  `create table products (
    id integer primary key autoincrement,
    status varchar(20) not null default 'draft',
    sort integer,
    sku varchar(20) not null unique,
    name varchar(150) not null,
    slug varchar(160) not null unique,
    brand integer not null references brands (id),
    category integer not null references categories (id),
    price decimal(10,2) not null,
    cost decimal(10,2),
    weight_grams integer,
    stock integer not null default 0,
    online_only boolean not null default 0,
    released_on date,
    tags varchar(255),
    specs json,
    description text,
    cover integer,
    created_by integer,
    created_on datetime,
    modified_by integer,
    modified_on datetime
  )`,
  `create table labels (
    code varchar(20) not null primary key,
    name varchar(60) not null,
    color varchar(20)
  )`,
  `create table product_labels (
    product integer not null references products (id),
    label varchar(20) not null references labels (code),
    since date,
    primary key (product, label)
  )`,
  `create table customers (
    id varchar(36) not null primary key,
    first_name varchar(60) not null,
    last_name varchar(60) not null,
    email varchar(128) not null unique,
    phone varchar(30),
    newsletter boolean not null default 0,
    address json,
    joined_on date not null
  )`,
  `create table orders (
    id integer primary key autoincrement,
    number varchar(20) not null unique,
    state varchar(20) not null default 'placed',
    customer varchar(36) not null references customers (id),
    placed_on datetime not null,
    shipped_on datetime,
    shipping decimal(6,2) not null default 0,
    total decimal(12,2) not null,
    remark text
  )`,
  `create table order_items (
    id integer primary key autoincrement,
    "order" integer not null references orders (id),
    product integer not null references products (id),
    quantity integer not null,
    unit_price decimal(10,2) not null
  )`,
  `create table reviews (
    id integer primary key autoincrement,
    product integer not null references products (id),
    customer varchar(36) references customers (id),
    stars integer not null check (stars between 1 and 5),
    title varchar(120),
    body text,
    written_on datetime not null
  )`,
  `create table articles (
    id integer primary key autoincrement,
    status varchar(20) not null default 'draft',
    title varchar(200) not null,
    slug varchar(200) not null unique,
    teaser varchar(500),
    body text,
    cover integer,
    published_on datetime,
    created_by integer,
    created_on datetime,
    modified_by integer,
    modified_on datetime
  )`,
  `create virtual table articles_words using fts5(title, teaser, body, content='articles', content_rowid='id', tokenize='porter unicode61')`,
  `create trigger articles_words_insert after insert on articles begin
    insert into articles_words (rowid, title, teaser, body) values (new.id, new.title, new.teaser, new.body);
  end`,
  `create trigger articles_words_delete after delete on articles begin
    insert into articles_words (articles_words, rowid, title, teaser, body) values ('delete', old.id, old.title, old.teaser, old.body);
  end`,
  `create trigger articles_words_update after update of title, teaser, body on articles begin
    insert into articles_words (articles_words, rowid, title, teaser, body) values ('delete', old.id, old.title, old.teaser, old.body);
    insert into articles_words (rowid, title, teaser, body) values (new.id, new.title, new.teaser, new.body);
  end`,
  `create table article_translations (
    id integer primary key autoincrement,
    article integer not null references articles (id),
    language varchar(8) not null references languages (code),
    title varchar(200) not null,
    teaser varchar(500),
    body text,
    unique (article, language)
  )`,
  `create table article_products (
    id integer primary key autoincrement,
    sort integer,
    article integer not null references articles (id),
    product integer not null references products (id),
    unique (article, product)
  )`,
  `create table shop (
    id integer primary key autoincrement,
    name varchar(100) not null,
    claim varchar(200),
    email varchar(128),
    opens_at time,
    closes_at time,
    featured_product integer references products (id),
    hero integer
  )`,
  `create view product_sales as
    select p.id as product, p.name, p.category,
      cast(count(i.id) as integer) as orders,
      cast(coalesce(sum(i.quantity), 0) as integer) as sold,
      cast(round(coalesce(sum(i.quantity * i.unit_price), 0), 2) as real) as revenue
    from products as p left join order_items as i on i.product = p.id
    group by p.id, p.name, p.category`,
  'create index categories_parent on categories (parent)',
  'create index products_brand on products (brand)',
  'create index products_category on products (category)',
  'create index product_labels_label on product_labels (label)',
  'create index orders_customer on orders (customer)',
  'create index orders_placed_on on orders (placed_on)',
  'create index order_items_order on order_items ("order")',
  'create index order_items_product on order_items (product)',
  'create index reviews_product on reviews (product)',
  'create index reviews_customer on reviews (customer)',
  'create index article_translations_language on article_translations (language)',
  'create index article_products_product on article_products (product)',
  'create index shop_featured_product on shop (featured_product)',
];
