/** What the sample shop sells, in words: brands, the tree of categories, labels, and what products are made of. */

export const shopName = 'Northwall Outfitters';

export const brands: readonly (readonly [name: string, country: string, founded: number])[] = [
  ['Tarnhöhe', 'DE', 1954],
  ['Kittiwake', 'GB', 1987],
  ['Sierra Loop', 'US', 1972],
  ['Fjellverk', 'NO', 1931],
  ['Alpenglow', 'CH', 1966],
  ['Ridgeback', 'CA', 1999],
  ['Montaña Clara', 'ES', 2004],
  ['Lac & Cime', 'FR', 1948],
  ['Yamabiko', 'JP', 1979],
  ['Hinterland', 'NZ', 2011],
  ['Polarlys', 'NO', 1963],
  ['Cairn & Co.', 'GB', 2008],
  ['Dolomit Attrezzi', 'IT', 1958],
  ['Vindö', 'SE', 1992],
  ['Saguaro Trail', 'US', 2015],
  ['Tatra Works', 'PL', 1983],
];

export interface Range {
  readonly name: string;
  readonly icon: string;
  readonly children: readonly Kind[];
}

export interface Kind {
  readonly name: string;
  /** What one of it is called. */
  readonly noun: string;
  /** Cheapest and dearest, in whole euros. */
  readonly price: readonly [number, number];
  /** Lightest and heaviest, in grams. */
  readonly weight: readonly [number, number];
  readonly materials: readonly string[];
}

const kind = (name: string, noun: string, price: [number, number], weight: [number, number], materials: string): Kind => ({
  name,
  noun,
  price,
  weight,
  materials: materials.split(', '),
});

export const ranges: readonly Range[] = [
  {
    name: 'Camping',
    icon: 'terrain',
    children: [
      kind('Tents', 'Tent', [149, 899], [900, 4200], 'ripstop nylon, polyester, silnylon'),
      kind('Sleeping bags', 'Sleeping Bag', [89, 699], [480, 1900], 'goose down, duck down, recycled polyester'),
      kind('Mats', 'Sleeping Mat', [29, 239], [350, 1100], 'closed-cell foam, recycled polyester, nylon'),
      kind('Lanterns', 'Lantern', [19, 119], [70, 640], 'aluminium, ABS, silicone'),
    ],
  },
  {
    name: 'Cooking',
    icon: 'local_fire_department',
    children: [
      kind('Stoves', 'Stove', [35, 219], [75, 620], 'titanium, steel, brass'),
      kind('Pots and pans', 'Cook Set', [25, 139], [210, 980], 'anodised aluminium, titanium, stainless steel'),
      kind('Bottles', 'Bottle', [12, 59], [120, 520], 'stainless steel, Tritan, aluminium'),
      kind('Cutlery', 'Spork', [4, 29], [9, 60], 'titanium, beech, polypropylene'),
    ],
  },
  {
    name: 'Clothing',
    icon: 'checkroom',
    children: [
      kind('Rain jackets', 'Rain Jacket', [99, 549], [180, 620], 'three-layer polyamide, recycled polyester, waxed cotton'),
      kind('Down jackets', 'Down Jacket', [139, 459], [240, 560], 'goose down, recycled down'),
      kind('Base layers', 'Base Layer', [39, 119], [110, 260], 'merino wool, polypropylene, bamboo'),
      kind('Hats and gloves', 'Beanie', [15, 69], [30, 120], 'merino wool, fleece, cotton'),
    ],
  },
  {
    name: 'Footwear',
    icon: 'hiking',
    children: [
      kind('Hiking boots', 'Hiking Boot', [129, 359], [780, 1700], 'nubuck, full-grain leather, Cordura'),
      kind('Trail runners', 'Trail Runner', [89, 189], [440, 720], 'mesh, TPU'),
      kind('Sandals', 'Sandal', [49, 129], [380, 640], 'webbing, EVA'),
    ],
  },
  {
    name: 'Packs',
    icon: 'backpack',
    children: [
      kind('Backpacks', 'Backpack', [69, 399], [580, 2300], 'Cordura, Dyneema, recycled nylon'),
      kind('Day packs', 'Day Pack', [39, 149], [260, 900], 'recycled nylon, canvas'),
      kind('Dry bags', 'Dry Bag', [14, 79], [45, 380], 'TPU-coated nylon, silnylon'),
    ],
  },
  {
    name: 'Climbing',
    icon: 'landscape',
    children: [
      kind('Ropes', 'Rope', [99, 289], [2900, 4300], 'polyamide, aramid'),
      kind('Harnesses', 'Harness', [49, 159], [250, 490], 'nylon webbing, Dyneema'),
      kind('Helmets', 'Helmet', [45, 129], [190, 360], 'EPP, ABS, polycarbonate'),
      kind('Carabiners', 'Carabiner', [8, 39], [22, 95], 'aluminium, steel'),
    ],
  },
];

/** Names that products of any kind may bear. */
export const models: readonly string[] = (
  'Kestrel Osprey Heron Curlew Merlin Plover Ptarmigan Wheatear Dotterel Raven Lapwing Siskin Aurora Borealis Zenith Solstice Meridian Equinox ' +
  'Granite Basalt Gneiss Quartz Schist Marble Juniper Larch Rowan Alder Hazel Spruce Gale Squall Drizzle Breeze Föhn Mistral Traverse Ridge ' +
  'Couloir Moraine Saddle Cirque'
).split(' ');

export const labels: readonly (readonly [code: string, name: string, color: string])[] = [
  ['new', 'New', '#1e88e5'],
  ['bestseller', 'Bestseller', '#f9a825'],
  ['sale', 'On sale', '#e53935'],
  ['vegan', 'Vegan', '#43a047'],
  ['recycled', 'Recycled material', '#2e7d32'],
  ['repairable', 'Repair service', '#6d4c41'],
  ['ultralight', 'Ultralight', '#00897b'],
  ['winter', 'For winter', '#3949ab'],
  ['family', 'For families', '#8e24aa'],
  ['limited', 'Limited run', '#37474f'],
];

export const tags: readonly string[] =
  'lightweight,waterproof,windproof,warm,durable,compact,breathable,vegan,fair,recycled,alpine,weekend,expedition,beginner,commuting,festival'.split(
    ',',
  );

export const sentences: readonly string[] = [
  'Made for long days above the tree line and short nights below it.',
  'Every seam is taped, every zip can be replaced.',
  'It packs down to the size of a loaf of bread.',
  'Our own repair shop keeps spare parts for ten years.',
  'Tested for a winter by the mountain rescue of the valley.',
  'The colours fade, the stitching does not.',
  'Light enough to forget, strong enough to rely on.',
  'A favourite of those who walk the whole coast path in one go.',
  'The pattern is cut so that hardly anything is left over.',
  'It dries overnight, even in a damp hut.',
];
