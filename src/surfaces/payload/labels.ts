/** What messages call documents: the words of a slug, the last one in singular or plural (payload-rest §2). */
import { plural, singular } from '../inflection.ts';

const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

function label(slug: string, last: (word: string) => string): string {
  const words = slug.split('-').filter((word) => word !== '');
  const end = words.pop() ?? slug;
  return [...words, last(end)].map(capitalised).join(' ');
}

/** `order-items` becomes `Order Item`. */
export function singularLabel(slug: string): string {
  return label(slug, singular);
}

/** `order-item` becomes `Order Items`. */
export function pluralLabel(slug: string): string {
  return label(slug, plural);
}
