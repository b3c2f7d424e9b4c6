/** Rows of languages, articles with their translations and products, and the shop's one row. */
import { shopName } from './goods.ts';
import type { People } from './people-ids.ts';
import { moment, seededRandom } from './random.ts';
import type { DemoRow, Product } from './rows-goods.ts';
import { places, stories } from './stories.ts';

export type Magazine = Readonly<
  Record<'languages' | 'articles' | 'article_translations' | 'article_products' | 'shop', readonly DemoRow[]>
>;

/**
 * Makes the magazine. Drafts belong to different people, so that who sees which can be tried; they have no translations yet.
 *
 * @param landscapes ids of the files that articles and the shop show
 */
export function makeMagazine(people: People, products: readonly Product[], landscapes: readonly number[]): Magazine {
  const random = seededRandom(8848);
  const shown = products.filter((product) => product.published);
  const articles: DemoRow[] = [];
  const translations: DemoRow[] = [];
  const links: DemoRow[] = [];
  for (const [place, en, de, fr] of places) {
    for (const story of stories) {
      const id = articles.length + 1;
      const status = id % 9 === 0 ? 'deleted' : id % 5 === 3 ? 'draft' : id % 11 === 0 ? 'review' : 'published';
      const written = id * 17;
      const author = [people.editor, people.colleague, people.admin][id % 3] ?? people.admin;
      const { title, teaser, body } = story.texts.en;
      articles.push({
        id,
        status,
        title: title.replace('@', en),
        slug: `${story.slug}-${place}`,
        teaser,
        body: body.replaceAll('@', en),
        cover: landscapes[id % landscapes.length] ?? null,
        published_on: status === 'published' ? moment(written + 3, 32_400) : null,
        created_by: author,
        created_on: moment(written, random.between(28_800, 61_200)),
        modified_by: people.editor,
        modified_on: moment(written + random.between(1, 9), random.between(28_800, 61_200)),
      });
      if (status !== 'published') continue;
      for (const [language, where] of [
        ['de', de],
        ['fr', fr],
      ] as const) {
        if (language === 'fr' && random.chance(35)) continue;
        const text = story.texts[language];
        translations.push({
          id: translations.length + 1,
          article: id,
          language,
          title: text.title.replace('@', where),
          teaser: text.teaser,
          body: text.body.replaceAll('@', where),
        });
      }
      random.some(shown, random.between(2, 5)).forEach((product, i) => {
        links.push({ id: links.length + 1, sort: i + 1, article: id, product: product.id });
      });
    }
  }
  return {
    languages: [
      { code: 'en', name: 'English' },
      { code: 'de', name: 'Deutsch' },
      { code: 'fr', name: 'Français' },
    ],
    articles,
    article_translations: translations,
    article_products: links,
    shop: [
      {
        id: 1,
        name: shopName,
        claim: 'For the way up, and the way back',
        email: 'hello@northwall.example',
        opens_at: '09:30:00',
        closes_at: '18:00:00',
        featured_product: shown[0]?.id ?? null,
        hero: landscapes[0] ?? null,
      },
    ],
  };
}
