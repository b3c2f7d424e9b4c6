/** Proves the change feed: of what a caller may not read nothing is delivered, neither as events nor by subscriptions. */
import { graphqlName } from '../../src/schema/names.ts';
import type { TestVendor } from '../support/vendors.ts';
import { answerOf } from './answers.ts';
import { Difference, parting } from './compare.ts';
import { type Dice, diceOf } from './dice.ts';
import { changerOf } from './feed-changes.ts';
import { type Heard, hearFeed, hearSubscription, unsealed } from './feed-clients.ts';
import { adminToken } from './people.ts';
import { hiddenSomewhere } from './readable.ts';
import { openPair, type Side, type Supply } from './sides.ts';
import { columnsOf, type Table, type World, worldOf } from './world.ts';

/** Changes of a world. */
const perWorld = 16;

interface Ears {
  readonly all: readonly Heard[];
  readonly admin: Heard;
}

const isRead = ({ rights }: World, name: string): boolean => rights.some(({ collection, read }) => collection === name && read !== 'none');

/** What is never hidden of a table, and the rows behind its links with their keys. */
function columnsShown(world: World, table: Table): string {
  const hidden = hiddenSomewhere(world, table);
  const links = new Map(table.links.map((link) => [link.column, link.to]));
  const parts = columnsOf(table).flatMap((name) => {
    const to = links.get(name);
    if (hidden.has(name) || name === 'owner') return [];
    if (to === undefined) return [graphqlName(name)];
    return isRead(world, to) && !world.tables.find((one) => one.name === to)?.tie ? [`${graphqlName(name)} { id }`] : [];
  });
  return parts.join(' ');
}

async function listen(world: World, { server }: Side, dice: Dice): Promise<Ears> {
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const { token } = world.caller;
  const admin = await hearFeed(url, '?collections=directus_folders', adminToken);
  const open = world.tables.filter(({ name }) => isRead(world, name));
  const table = dice.pick(open.length > 0 ? open : world.tables);
  const events = dice.pick(['', '', '?events=delete', '?events=create,update', `?collections=${table.name}`]);
  const feed = await hearFeed(url, events, token);
  const data = columnsShown(world, table);
  const document = `subscription { ${table.name}_mutated { event key activity position ${data === '' ? '' : `data { ${data} }`} } }`;
  const subscription = await hearSubscription(url, document, token);
  return { all: [feed, subscription], admin };
}

/** Deliveries of one world, which are the same on both sides. Throws `Difference`. */
export async function sameDeliveries(supply: Supply, vendor: TestVendor, name: string): Promise<void> {
  const made = worldOf(name);
  // Every change is made on both sides: none is refused for what stands in a row.
  const tables = made.tables.map(({ patterns: _, lenient: __, rows, ...table }): Table => {
    const whole = table.status ? rows.map((row) => ({ ...row, state: row['state'] ?? 'odd' })) : rows;
    return { ...table, rows: whole };
  });
  const world: World = { ...made, tables, limits: {} };
  const pair = await openPair(supply, vendor, world);
  const dice = diceOf(`${name} feeds`);
  const ears: Ears[] = [];
  try {
    const sides = [pair.here, pair.there] as const;
    for (const side of sides) ears.push(await listen(world, side, diceOf(`${name} ears`)));
    const changer = changerOf(world, pair.other, dice);
    for (let n = 1; n <= perWorld; n++) {
      const sent = changer.next();
      for (const [i, side] of sides.entries()) {
        const request = sent[i] ?? { method: 'POST' as const, url: 'folders', body: { name: `other ${n}` } };
        const { status, shown } = await answerOf(side.server, request, adminToken);
        if (status >= 400) throw new Error(`${JSON.stringify(request)}: ${shown}`);
        await answerOf(side.server, { method: 'POST', url: 'folders', body: { name: `marker ${n}` } }, adminToken);
      }
      // Who is told of the marker was told of what came before, as was everybody else.
      for (const { admin } of ears) await admin.until(`"marker ${n}"`, 1);
    }
  } finally {
    await pair.close();
  }
  const [here, there] = await Promise.all(ears.map(({ all }) => Promise.all(all.map(async ({ over, text }) => over.then(text)))));
  for (const [i, what] of ['the feed', 'a subscription'].entries()) {
    const [one, two] = [unsealed(here?.[i] ?? ''), unsealed(there?.[i] ?? '')];
    if (one !== two) throw new Difference(`what ${what} delivered\n${parting(one, two)}`);
  }
}
