/** Articles that are created without a slug get one made of their title; whoever made one is told in the log. */

/** `Käse & Brot` becomes `kase-brot`. */
const slugOf = (text) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** @type {import('sallyport').HookExport} */
export default ({ log }) => ({
  filters: {
    'item.create.articles:before'(article) {
      if (article.slug || typeof article.title !== 'string') return article;
      const slug = slugOf(article.title);
      if (slug === '') throw Object.assign(new Error('slug: the title has no letter to make one of; give it yourself'), { status: 422 });
      return { ...article, slug };
    },
  },
  actions: {
    'item.create.articles:after'(_, { keys, caller }) {
      log.info({ keys, user: caller.user }, 'an article was created');
    },
  },
});
