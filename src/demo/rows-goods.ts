/** Rows of brands, categories, products and labels. */
import { brands, type Kind, labels, models, ranges, sentences, tags } from './goods.ts';
import type { People } from './people-ids.ts';
import { day, moment, money, seededRandom } from './random.ts';

export type DemoRow = Readonly<Record<string, string | number | null>>;

/** What later tables need to know of a product. */
export interface Product {
  readonly id: number;
  readonly published: boolean;
  /** Price in cents. */
  readonly price: number;
}

export interface Goods {
  readonly rows: Readonly<Record<'brands' | 'categories' | 'products' | 'labels' | 'product_labels', readonly DemoRow[]>>;
  readonly products: readonly Product[];
}

const productsOfAKind = 16;

/**
 * Makes the goods.
 *
 * @param pictures ids of the files that products of each range show, by the range's name
 */
export function makeGoods(people: People, pictures: ReadonlyMap<string, number>): Goods {
  const random = seededRandom(1954);
  const categories: DemoRow[] = [];
  const products: DemoRow[] = [];
  const known: Product[] = [];
  const slug = (text: string) =>
    text
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
  const category = (name: string, icon: string, sort: number, parent: number | null): number => {
    categories.push({ id: categories.length + 1, sort, name, slug: slug(name), icon, parent });
    return categories.length;
  };

  const addProduct = (kind: Kind, range: string, categoryId: number, model: string): void => {
    const id = products.length + 1;
    // The first is what newcomers ask for.
    const status = id === 1 || random.chance(82) ? 'published' : random.chance(75) ? 'draft' : 'deleted';
    const price = random.between(kind.price[0], kind.price[1]) * 100 - random.pick([0, 5, 10, 50]);
    const made = random.between(0, 500);
    const name = `${model} ${random.pick(['', 'Pro ', 'Lite ', '2 ', 'Classic '])}${kind.noun}`;
    products.push({
      id,
      status,
      sort: id,
      sku: `NW-${String(10_000 + id * 7)}`,
      name,
      slug: `${slug(name)}-${id}`,
      brand: random.between(1, brands.length),
      category: categoryId,
      price: money(price),
      cost: random.chance(94) ? money(Math.round((price * random.between(38, 67)) / 100)) : null,
      weight_grams: random.between(kind.weight[0], kind.weight[1]),
      stock: status === 'published' ? random.between(0, 140) : 0,
      online_only: random.chance(12) ? 1 : 0,
      released_on: status === 'draft' ? null : day(made - 400),
      tags: random.some(tags, random.between(1, 4)).join(','),
      specs: JSON.stringify({
        material: random.pick(kind.materials),
        season: random.some(['spring', 'summer', 'autumn', 'winter'], random.between(1, 4)),
        guarantee_years: random.pick([2, 3, 5, 10]),
        packed: { length_cm: random.between(8, 60), diameter_cm: random.between(4, 30) },
      }),
      description: random.some(sentences, random.between(2, 4)).join(' '),
      cover: random.chance(70) ? (pictures.get(range) ?? null) : null,
      created_by: random.pick([people.admin, people.editor, people.colleague]),
      created_on: moment(made, random.between(28_800, 61_200)),
      modified_by: random.pick([people.editor, people.colleague]),
      modified_on: moment(made + random.between(1, 120), random.between(28_800, 61_200)),
    });
    known.push({ id, published: status === 'published', price });
  };

  ranges.forEach((range, i) => {
    const parent = category(range.name, range.icon, i + 1, null);
    range.children.forEach((kind, k) => {
      const id = category(kind.name, range.icon, k + 1, parent);
      for (const model of random.some(models, productsOfAKind)) addProduct(kind, range.name, id, model);
    });
  });

  const codes = labels.map(([code]) => code);
  return {
    products: known,
    rows: {
      brands: brands.map(([name, country, founded], i) => ({
        id: i + 1,
        name,
        country,
        founded,
        website: `https://${slug(name)}.example`,
      })),
      categories,
      products,
      labels: labels.map(([code, name, color]) => ({ code, name, color })),
      product_labels: known
        .filter((product) => product.published)
        .flatMap((product) =>
          random.some(codes, random.between(0, 4)).map((label) => ({ product: product.id, label, since: day(random.between(0, 600)) })),
        ),
    },
  };
}
