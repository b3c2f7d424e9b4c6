/** Rows of customers, orders, their items and reviews. */
import { createHash } from 'node:crypto';
import { cities, firstNames, lastNames, opinions, streets } from './people.ts';
import { day, moment, money, type Random, seededRandom } from './random.ts';
import type { DemoRow, Product } from './rows-goods.ts';

const customerCount = 640;
const orderCount = 1500;
const reviewCount = 1100;
/** Orders run from January 2025 to the end of October 2026. */
const lastDay = 668;

export type Sales = Readonly<Record<'customers' | 'orders' | 'order_items' | 'reviews', readonly DemoRow[]>>;

/** Makes customers and what they did. Only published products are ever sold or reviewed. */
export function makeSales(products: readonly Product[]): Sales {
  const random = seededRandom(2025);
  const onSale = products.filter((product) => product.published);
  const customers = makeCustomers(random);
  const ids = customers.map((customer) => String(customer['id']));
  const orders: DemoRow[] = [];
  const items: DemoRow[] = [];
  for (let id = 1; id <= orderCount; id++) {
    // In order of time, so that a later order has a later number.
    const placed = Math.floor((id * lastDay) / orderCount);
    let total = 0;
    for (const product of random.some(onSale, random.between(1, 4))) {
      const quantity = random.pick([1, 1, 1, 1, 2, 2, 3]);
      total += quantity * product.price;
      items.push({ id: items.length + 1, order: id, product: product.id, quantity, unit_price: money(product.price) });
    }
    const state =
      placed > lastDay - 10
        ? random.pick(['placed', 'paid'])
        : random.pick(['shipped', 'shipped', 'shipped', 'shipped', 'returned', 'cancelled']);
    const shipping = total >= 10_000 ? 0 : 590;
    const sent = state === 'shipped' || state === 'returned';
    orders.push({
      id,
      number: `${day(placed).slice(0, 4)}-${String(id).padStart(5, '0')}`,
      state,
      customer: random.pick(ids),
      placed_on: moment(placed, random.between(21_600, 82_800)),
      shipped_on: sent ? moment(placed + random.between(1, 5), random.between(32_400, 61_200)) : null,
      shipping: money(shipping),
      total: money(total + shipping),
      remark: random.chance(6) ? random.pick(['Leave it with the neighbours', 'A present, please wrap it', 'Ring twice']) : null,
    });
  }
  return { customers, orders, order_items: items, reviews: makeReviews(random, onSale, ids) };
}

function makeCustomers(random: Random): DemoRow[] {
  return Array.from({ length: customerCount }, (_, i) => {
    const first = random.pick(firstNames);
    const last = random.pick(lastNames);
    const [city, country, zip] = random.pick(cities);
    const ascii = `${first}.${last}`
      .toLowerCase()
      .normalize('NFD')
      .replace(/ø/g, 'o')
      .replace(/[^a-z.]/g, '');
    return {
      id: uuid(`customer ${i}`),
      first_name: first,
      last_name: last,
      email: `${ascii}${i + 1}@mail.example`,
      phone: random.chance(60) ? `+00 ${random.between(100, 999)} ${random.between(100_000, 999_999)}` : null,
      newsletter: random.chance(45) ? 1 : 0,
      address: JSON.stringify({ street: `${random.pick(streets)} ${random.between(1, 140)}`, zip, city, country }),
      joined_on: day(random.between(-700, 600)),
    };
  });
}

function makeReviews(random: Random, products: readonly Product[], customers: readonly string[]): DemoRow[] {
  return Array.from({ length: reviewCount }, (_, i) => {
    const stars = random.pick([1, 2, 3, 3, 4, 4, 4, 5, 5, 5]);
    const opinion = opinions[stars - 1];
    return {
      id: i + 1,
      product: random.pick(products).id,
      customer: random.chance(90) ? random.pick(customers) : null,
      stars,
      title: opinion ? random.pick(opinion.titles) : null,
      body: opinion && random.chance(85) ? random.pick(opinion.texts) : null,
      written_on: moment(random.between(20, lastDay), random.between(0, 86_399)),
    };
  });
}

/** Made of the name alone, in the form of a random UUID. */
export function uuid(name: string): string {
  const hex = createHash('sha256').update(`sallyport demo ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
