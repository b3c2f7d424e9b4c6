/** The articles of the sample shop: a few themes, told for several places, in three languages. */

export interface Story {
  readonly slug: string;
  readonly texts: Readonly<Record<'en' | 'de' | 'fr', { readonly title: string; readonly teaser: string; readonly body: string }>>;
}

/** `@` stands for the place. */
export const stories: readonly Story[] = [
  {
    slug: 'packing-for',
    texts: {
      en: {
        title: 'What to pack for @',
        teaser: 'Three days, one bag, and nothing you will not use.',
        body: 'Start with the sleeping bag, because it decides the size of everything else.\n\nThen lay out what you think you need for @ and take a third of it away. What is left is what you carry.',
      },
      de: {
        title: 'Richtig packen für @',
        teaser: 'Drei Tage, ein Rucksack und nichts, was liegen bleibt.',
        body: 'Beginnen Sie mit dem Schlafsack: Er bestimmt, wie groß alles andere werden darf. Für @ gilt wie überall, dass ein Drittel zu Hause bleiben kann.',
      },
      fr: {
        title: 'Que mettre dans son sac pour @',
        teaser: 'Trois jours, un sac, et rien de superflu.',
        body: 'Commencez par le sac de couchage, car il décide de la taille du reste. Pour @ comme ailleurs, un tiers peut rester à la maison.',
      },
    },
  },
  {
    slug: 'winter-night-in',
    texts: {
      en: {
        title: 'A winter night in @',
        teaser: 'Minus fourteen degrees, no wind, and more stars than sky.',
        body: 'We pitched the tent in the last light and melted snow until the pot was full.\n\nSleeping in @ in February is a matter of dry socks and of not touching metal.',
      },
      de: {
        title: 'Eine Winternacht: @',
        teaser: 'Vierzehn Grad unter null, kein Wind und mehr Sterne als Himmel.',
        body: 'Im letzten Licht stand das Zelt, danach schmolzen wir Schnee, bis der Topf voll war. Im Februar zählen trockene Socken.',
      },
      fr: {
        title: 'Une nuit d’hiver : @',
        teaser: 'Moins quatorze degrés, pas de vent, et plus d’étoiles que de ciel.',
        body: 'La tente montée aux dernières lueurs, nous avons fait fondre la neige jusqu’à remplir la casserole.',
      },
    },
  },
  {
    slug: 'with-children-to',
    texts: {
      en: {
        title: 'With children to @',
        teaser: 'Short legs, long breaks: how a hut tour becomes an adventure.',
        body: 'Plan half the distance and twice the biscuits.\n\nThe way to @ has a stream every hour, and every stream is a reason to stop.',
      },
      de: {
        title: 'Mit Kindern unterwegs: @',
        teaser: 'Kurze Beine, lange Pausen: So wird die Hüttentour zum Abenteuer.',
        body: 'Planen Sie die halbe Strecke und doppelt so viele Kekse. Jeder Bach ist ein guter Grund zu bleiben.',
      },
      fr: {
        title: 'Avec des enfants : @',
        teaser: 'Petites jambes, longues pauses : un tour des refuges devient une aventure.',
        body: 'Prévoyez la moitié de la distance et le double de biscuits. Chaque ruisseau est une bonne raison de s’arrêter.',
      },
    },
  },
  {
    slug: 'by-train-to',
    texts: {
      en: {
        title: 'By train to @',
        teaser: 'Leave on Friday evening, wake up below the summit.',
        body: 'The night train stops where the path begins, which is more than can be said of most roads.\n\nFrom the station it is two hours on foot to the first hut of @.',
      },
      de: {
        title: 'Mit dem Zug: @',
        teaser: 'Am Freitagabend einsteigen, unter dem Gipfel aufwachen.',
        body: 'Der Nachtzug hält, wo der Weg beginnt. Zur ersten Hütte sind es vom Bahnhof zwei Stunden zu Fuß.',
      },
      fr: {
        title: 'En train : @',
        teaser: 'Partir le vendredi soir, se réveiller au pied du sommet.',
        body: 'Le train de nuit s’arrête là où le sentier commence. Le premier refuge est à deux heures de marche de la gare.',
      },
    },
  },
];

/** Ways to say where, in the three languages; the first part names the address. */
export const places: readonly (readonly [slug: string, en: string, de: string, fr: string])[] = [
  ['lofoten', 'the Lofoten', 'die Lofoten', 'les Lofoten'],
  ['dolomites', 'the Dolomites', 'die Dolomiten', 'les Dolomites'],
  ['tatras', 'the Tatras', 'die Tatra', 'les Tatras'],
  ['cairngorms', 'the Cairngorms', 'die Cairngorms', 'les Cairngorms'],
  ['pyrenees', 'the Pyrenees', 'die Pyrenäen', 'les Pyrénées'],
  ['karwendel', 'the Karwendel', 'das Karwendel', 'le Karwendel'],
  ['picos-de-europa', 'the Picos de Europa', 'die Picos de Europa', 'les Pics d’Europe'],
  ['julian-alps', 'the Julian Alps', 'die Julischen Alpen', 'les Alpes juliennes'],
  ['hardangervidda', 'the Hardangervidda', 'die Hardangervidda', 'le Hardangervidda'],
];
