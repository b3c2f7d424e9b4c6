/** Names of tables in URLs (strapi-rest §1.1). */
import t from 'tap';
import { kebab } from '../../../src/surfaces/kebab.ts';
import { wantedId } from '../../../src/surfaces/strapi/names.ts';

// biome-ignore format: a list
const plurals: Readonly<Record<string, string>> = {
  artist: 'artists', artists: 'artists', 'playlist-track': 'playlist-tracks', 'order-item': 'order-items', category: 'categories', day: 'days',
  box: 'boxes', address: 'addresses', bus: 'buses', quiz: 'quizzes', status: 'statuses', news: 'news', person: 'people', people: 'people',
  'sales-person': 'sales-people', child: 'children', analysis: 'analyses', index: 'indices', matrix: 'matrices', leaf: 'leaves', knife: 'knives',
  wolf: 'wolves', hero: 'heroes', photo: 'photos', history: 'histories', company: 'companies', media: 'media', data: 'data', metadata: 'metadata',
  criteria: 'criteria', series: 'series', sheep: 'sheep', fish: 'fish', staff: 'staff', equipment: 'equipment', information: 'information',
  settings: 'settings', goods: 'goods', payment_p2022_01: 'payment-p2022-01', Artist: 'artists', MediaType: 'media-types', media_type: 'media-types',
  InvoiceLine: 'invoice-lines', PlaylistTrack: 'playlist-tracks', 'Order Details': 'order-details', inventory: 'inventories', city: 'cities',
  HTTPServer: 'http-servers', ärger: 'ärgers', '___': 'tables', plant_uses: 'plant-uses', bad_status: 'bad-statuses', bus_buses: 'bus-buses',
};

t.test('plural and singular', async (t) => {
  for (const [name, wanted] of Object.entries(plurals)) t.equal(wantedId(name, false), wanted, name);
  const singles = {
    'site-settings': 'site-setting',
    people: 'person',
    categories: 'category',
    homepage: 'homepage',
    news: 'news',
    series: 'series',
    analyses: 'analysis',
    boxes: 'box',
    address: 'address',
  };
  for (const [name, wanted] of Object.entries(singles)) t.equal(wantedId(name, true), wanted, name);
  t.equal(kebab('HTTPServer2Go'), 'http-server2-go');
  t.equal(kebab('OrderID'), 'order-id');
});
