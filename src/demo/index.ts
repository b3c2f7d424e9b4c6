/** The sample project: an outdoor shop with a magazine, so that there is something to ask for before a database of one's own is connected. */
import { hashPassword } from '../auth/passwords.ts';
import type { Connection } from '../dialect/types.ts';
import { install } from '../system/install.ts';
import { bindable, fieldRow } from '../system/seed.ts';
import { goodsFields } from './fields-goods.ts';
import { tradeFields } from './fields-trade.ts';
import { shopName } from './goods.ts';
import { type CollectionSeed, demoCollections, demoRelations } from './metadata.ts';
import type { People } from './people-ids.ts';
import { drawPictures, type Picture } from './pictures.ts';
import { demoPermissions, editorRole } from './rights.ts';
import { makeMagazine } from './rows-articles.ts';
import { type DemoRow, makeGoods } from './rows-goods.ts';
import { makeSales } from './rows-sales.ts';
import { demoStatements, demoTables } from './tables.ts';

interface Account {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

export interface DemoSummary {
  /** Tables and the view. */
  readonly collections: number;
  /** Rows of all tables of the shop. */
  readonly rows: number;
  readonly images: number;
  readonly admin: Account;
  readonly editor: Account;
  /** Requests to begin with; those without a token are the public's. */
  readonly curls: readonly { readonly title: string; readonly path: string; readonly token?: string }[];
}

export interface DemoOptions {
  /** Pictures go into its folder `originals`. */
  readonly storageRoot: string;
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

const admin: Account = { email: 'admin@example.com', password: 'sallyport-demo', token: 'demo-admin-token' };
const editor: Account = { email: 'editor@example.com', password: 'sallyport-demo', token: 'demo-editor-token' };

const curls = [
  {
    title: 'The dearest products, as anybody sees them',
    path: '/demo/items/products?fields=name,price,brand.name,labels.label.name&sort=-price&limit=3',
  },
  {
    title: 'Drafts of the magazine, as an editor sees them: only the own ones',
    path: '/demo/items/articles?fields=id,title,status,created_by.first_name&status=draft',
    token: editor.token,
  },
  {
    title: 'The latest orders with what was bought, as the administrator sees them',
    path: '/demo/items/orders?fields=number,placed_on,total,customer.last_name,items.quantity,items.product.name&sort=-placed_on&limit=2&meta=filter_count',
    token: admin.token,
  },
] as const;

/** SQLite takes at most 500 rows in the form in which knex writes them. */
const rowsAtOnce = 400;

/**
 * Fills an empty SQLite database with the sample, and `storageRoot` with its pictures. All rows are the same every time.
 *
 * The rows are written in one transaction. Where the sample is already there nothing is written but the pictures.
 *
 * @throws GatewayError what `install` throws
 */
export async function createDemo(connection: Pick<Connection, 'knex'>, options: DemoOptions): Promise<DemoSummary> {
  const steps = ['Pictures', 'System tables', 'Goods', 'Orders', 'Magazine', 'Rights'];
  const step = (index: number) => options.onProgress?.(steps[index] ?? 'Done', index, steps.length);

  step(0);
  const pictures = await drawPictures(options.storageRoot);
  step(1);
  const { adminId } = await install(connection, { ...admin, projectName: shopName });
  const { knex } = connection;
  if (!(await knex.schema.hasTable('products'))) {
    const password = await hashPassword(editor.password);
    await knex.transaction(async (transaction) => {
      const insert = async (table: string, rows: readonly object[]): Promise<void> => {
        const bound = bindable(transaction, rows);
        for (let i = 0; i < bound.length; i += rowsAtOnce) await transaction(table).insert(bound.slice(i, i + rowsAtOnce));
      };
      for (const statement of demoStatements) await transaction.raw(statement);
      const people: People = { admin: Number(adminId), editor: Number(adminId) + 1, colleague: Number(adminId) + 2 };
      await insert('directus_roles', [{ id: editorRole, name: 'Editor', description: 'Writes the magazine and looks after the goods' }]);
      await insert('directus_users', userRows(people, password));
      const files = fileRows(people, pictures);
      await insert('directus_folders', [{ id: 1, name: 'Shop', parent_folder: null }]);
      await insert('directus_files', files);

      step(2);
      const ranges = new Map(pictures.flatMap(({ range }, i) => (range === undefined ? [] : [[range, i + 1] as const])));
      const goods = makeGoods(people, ranges);
      step(3);
      const sales = makeSales(goods.products);
      step(4);
      const landscapes = pictures.flatMap(({ range }, i) => (range === undefined ? [i + 1] : []));
      const magazine = makeMagazine(people, goods.products, landscapes);
      const rows: Readonly<Record<(typeof demoTables)[number], readonly DemoRow[]>> = { ...goods.rows, ...sales, ...magazine };
      for (const table of demoTables) await insert(table, rows[table]);

      step(5);
      await insert('directus_collections', demoCollections.map(collectionRow));
      await insert('directus_fields', [...goodsFields, ...tradeFields].map(fieldRow));
      await insert('directus_relations', demoRelations);
      await insert('directus_permissions', demoPermissions);
    });
  }
  let rows = 0;
  for (const table of demoTables) {
    const [counted] = await knex(table).count({ n: '*' });
    rows += Number(counted?.['n']);
  }
  step(steps.length);
  return { collections: demoCollections.length, rows, images: pictures.length, admin, editor, curls };
}

function userRows(people: People, password: string): object[] {
  const user = { status: 'active', role: editorRole, timezone: 'Europe/Berlin', locale: 'en-US', company: shopName };
  return [
    {
      ...user,
      id: people.editor,
      first_name: 'Edda',
      last_name: 'Lindqvist',
      email: editor.email,
      title: 'Editor',
      password,
      token: editor.token,
    },
    // A colleague whose drafts the editor must not see. Without a password nobody signs in as her.
    {
      ...user,
      id: people.colleague,
      first_name: 'Noor',
      last_name: 'Haddad',
      email: 'noor@example.com',
      title: 'Editor',
      password: null,
      token: null,
    },
  ];
}

function fileRows(people: People, pictures: readonly Picture[]): object[] {
  return pictures.map(({ row }, i) => ({ id: i + 1, ...row, uploaded_by: people.admin, uploaded_on: '2026-11-01 09:00:00', folder: 1 }));
}

function collectionRow(seed: CollectionSeed): object {
  return {
    collection: seed.collection,
    managed: true,
    hidden: seed.hidden ?? false,
    single: seed.single ?? false,
    icon: seed.icon,
    note: seed.note,
    translation: JSON.stringify([{ locale: 'de-DE', translation: seed.german }]),
  };
}
