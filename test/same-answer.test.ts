/** Promise: the same request gets the same answer on every database: status and body, to the last digit. */
import t from 'tap';
import type { Who } from './fixtures/garden-people.ts';
import { exactJson } from './support/exact-json.ts';
import type { Tester } from './support/expect.ts';
import { startGarden, type World } from './support/garden.ts';
import { type TestVendor, testVendors, whyNot } from './support/vendors.ts';

const callers: readonly (Who | undefined)[] = ['admin', 'editor', 'writer', 'otherCrew', 'nobody', undefined];

const collections = [
  'families',
  'zones',
  'plants',
  'plant_texts',
  'uses',
  'plant_uses',
  'sightings',
  'tasks',
  'bad_status',
  'keepers',
  'beds',
  'bed_plants',
  'shipments',
  'shipment_lines',
  'order',
  'plant_overview',
  'directus_users',
  'nope',
];

/** Asked of every collection. No UUID holds an o: they are text to search in where a database has no type for them. */
const general = ['', '?fields=*.*', '?meta=*&limit=1', '?fields=nope', '?filter[nope]=1', '?q=o&limit=0&meta=filter_count'];

const particular = [
  'items/plants?sort=-height,id&fields=id,title,height,price&limit=4&offset=1&meta=*',
  'items/plants?fields=*.*.*&status=*&sort=id',
  'items/plants?fields=id,zone.parent.parent.name,uses.use_id.name,labels.*&lang=fr&sort=id',
  'items/plants?filter[heads][between]=1,12&filter[latin][contains]=us&fields=id&sort=id',
  'items/plants?filter[price][gt]=0.0000005&fields=id,price&sort=price',
  'items/plants?filter[uses.use_id.name][in]=food,dye&fields=id&sort=id&meta=filter_count,total_count',
  'items/plants?filter[sightings][has]=1&fields=id,sightings.note&sort=id',
  'items/plants?filter[planted][lt]=2020-01-01&fields=id,planted,watered,created_on&sort=planted',
  'items/plants?q=apple&fields=id&sort=id',
  'items/plants?q=12&fields=id&sort=id',
  'items/plants?fields=id,notes,price&sort=-sort&status=draft,published',
  'items/plants/1,2,3?fields=*,family.*',
  'items/plants/4?status=*',
  'items/plants?single=1&sort=-id',
  'items/plants?limit=2&page=2&meta=page&fields=id',
  'items/sightings?fields=*,plant.title,observer.first_name&sort=-seen_at',
  'items/measures?fields=id,big,exact,ratio,at,day,clock,raw,doc,label,code&sort=id',
  'items/measures?filter[big][gte]=9007199254740993&fields=id,big',
  'items/measures?filter[at][lte]=2024-03-31&fields=id&sort=id',
  'items/log_entries?fields=at,message&limit=5&offset=100&sort=at',
  'items/log_entries?meta=total_count,result_count&fields=level&limit=3&sort=message',
  'items/tasks?fields=*,plant.title&sort=-state',
  'items/tasks?status=*&meta=status',
  'items/keepers?fields=name,beds.label,beds.plants.title&sort=id',
  'items/shipments/north;1?fields=*,shipment_lines.*',
  'users?fields=id,first_name,status,role.name&sort=id&meta=total_count',
  'users/me',
  'permissions/me',
  'items/plants?filter[id][foo]=1',
  'items/plants?filter[nope.x]=1',
  'items/plants?sort=labels',
  'items/plants?filter[family][nlike]=rosa&fields=id&sort=id',
  'items/plants?fields=id&sort=id&filter={"_not":{"uses":{"_some":{"use_id":{"name":"food"},"weight":{"_gte":4}}}}}',
  'items/plants?fields=id&filter={"_or":[{"labels":{"_every":{"language":"fr"},"_some":{}}},{"zone":{"parent":null}}]}&meta=filter_count',
  'items/plants?fields=id&sort=-zone.parent.id,family.code&limit=5&meta=*',
  'items/sightings?fields=id,plant.zone.name&sort=plant.zone.id,-plant.heads&limit=-1',
  'items/zones?fields=id,plants.id,children.name&deep[plants][_sort]=-heads&deep[plants][_limit]=2&deep[children][_filter][id][_gt]=3',
  'items/plants?fields=id,family.name,uses.*&sort=id&deep[family][_filter][code]=ROS&deep[uses][_sort]=-weight&deep[uses][_offset]=1',
  'items/plants?aggregate[count]=*,price&aggregate[countDistinct]=family,title&aggregate[sum]=heads,height,price&aggregate[avg]=price,heads',
  'items/plants?aggregate[min]=title,planted,created_on,price&aggregate[max]=title,watered,modified_on,height&groupBy=hardy,status&status=*',
  'items/plants?aggregate[sum]=price&aggregate[count]=*&groupBy=family.name,year(planted)&sort=-sum.price&limit=4&meta=*',
  'items/plants?aggregate[avg]=height&groupBy=notes&sort=avg.height,-notes&filter[id][lt]=12',
  'items/measures?aggregate[sum]=big,exact,ratio&aggregate[avg]=big,exact,ratio&aggregate[min]=at,day,ratio,label&aggregate[max]=at,clock,exact',
  'items/measures?groupBy=label,second(at)&aggregate[max]=big',
  'items/sightings?groupBy=plant.family.name,observer.first_name,weekday(seen_at)&aggregate[sum]=tally',
  'items/log_entries?groupBy=level,hour(at)&aggregate[count]=*&aggregate[min]=message&sort=-count,level',
  'items/tasks?groupBy=title&aggregate[count]=*',
  'items/plants?aggregate[median]=heads',
  'items/plants?groupBy=price&aggregate[count]=passcode',
  'items/plants?filter[title][rlike]=%25a%25&filter[title][nrlike]=A%25&fields=id&sort=id',
];

type Running = ReadonlyMap<TestVendor, World>;

function comparable(text: string, url: string): unknown {
  try {
    return exactJson(text.replaceAll(url, ''));
  } catch {
    return text;
  }
}

async function compare(t: Tester, running: Running, path: string, who: Who | undefined): Promise<void> {
  const given = await Promise.all(
    [...running].map(async ([vendor, world]) => {
      const answer = await world.get(path, who);
      return { vendor, answer: { status: answer.status, body: comparable(answer.text, world.gateway.url) } };
    }),
  );
  const [first, ...others] = given;
  for (const other of others) t.strictSame(other.answer, first?.answer, `${who ?? 'public'}: ${path}: ${other.vendor} as ${first?.vendor}`);
}

t.setTimeout(700_000);
const present: TestVendor[] = [];
for (const vendor of testVendors) {
  const reason = await whyNot(vendor);
  if (reason === undefined) present.push(vendor);
  else t.test(`${vendor} beside the others`, { skip: reason }, async () => undefined);
}

t.test('the same answer on every database', async (t) => {
  const running = new Map<TestVendor, World>();
  for (const vendor of present) {
    const { world, stop } = await startGarden(vendor);
    t.teardown(stop);
    running.set(vendor, world);
  }
  for (const who of callers) {
    await t.test(`as ${who ?? 'public'}`, async (t) => {
      for (const name of collections) for (const query of general) await compare(t, running, `items/${name}${query}`, who);
      for (const path of particular) await compare(t, running, path, who);
    });
  }
});
