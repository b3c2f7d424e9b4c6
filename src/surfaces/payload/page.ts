/** The page object around documents (payload-rest P-91, P-93). */
import type { JoinedTexts } from '../../lib/joined-texts.ts';
import type { Page } from './parameters.ts';

/** The text of the page; `total` is the number of all documents that match, undefined where paging is off. */
export function pageText(texts: JoinedTexts, { paged, limit, page }: Page, total = texts.count): string | Buffer {
  const pages = paged ? Math.max(Math.ceil(total / limit), 1) : 1;
  const before = paged && page > 1;
  const after = paged && page < pages;
  const paging = {
    hasNextPage: after,
    hasPrevPage: before,
    limit,
    nextPage: after ? page + 1 : null,
    page,
    pagingCounter: paged ? (page - 1) * limit + 1 : 1,
    prevPage: before ? page - 1 : null,
    totalDocs: total,
    totalPages: pages,
  };
  return texts.between('{"docs":[', `],${JSON.stringify(paging).slice(1)}`);
}
