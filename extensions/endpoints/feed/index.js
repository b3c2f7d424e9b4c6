/** GET /:project/custom/feed: the newest articles that the caller may read, as an Atom feed. */

const escaped = (text) => String(text ?? '').replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Dates leave Sallyport as `2026-01-31 12:00:00`, in UTC. */
const moment = (text) => (text ? `${text.replace(' ', 'T')}Z` : new Date(0).toISOString());

const entry = ({ id, title, teaser, published_on: published }) => `  <entry>
    <id>urn:article:${id}</id>
    <title>${escaped(title)}</title>
    <summary>${escaped(teaser)}</summary>
    <updated>${moment(published)}</updated>
  </entry>`;

/** @type {import('sallyport').EndpointExport} */
export default {
  '/': {
    method: 'GET',
    async handler({ query }, { project, services, respond }) {
      const limit = Math.min(Number(query.limit ?? 20) || 20, 100);
      const fields = ['id', 'title', 'teaser', 'published_on'];
      const articles = await services
        .items('articles')
        .list({ fields, filter: { status: { _eq: 'published' } }, sort: '-published_on,-id', limit });
      const body = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>urn:project:${escaped(project)}</id>
  <title>Articles</title>
  <updated>${moment(articles[0]?.published_on)}</updated>
${articles.map(entry).join('\n')}
</feed>
`;
      return respond({ status: 200, headers: { 'content-type': 'application/atom+xml; charset=utf-8' }, body });
    },
  },
};
