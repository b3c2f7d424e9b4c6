/** Mails that callers write: HTML of few elements, or plain text (directus8-system §18). */
import { GatewayError } from '../lib/errors.ts';
import { filled, type Values } from './templates.ts';

// The elements of the original, with what mail programs need of them.
const allowedTags = [...'b i a p br hr button h1 h2 h3 h4 h5 table thead tbody tfoot tr td th caption'.split(' ')];
const allowedAttributes = { a: ['href'] };
const allowedSchemes = ['http', 'https', 'mailto'];

/** What a letter may cost: it is looked at while everybody else waits, element by element, the longer the deeper they lie. */
const mostCharacters = 512 * 1024;
const deepest = 500;

export interface Letter {
  readonly text: string;
  readonly html?: string;
}

/** The body with its values; of HTML only what is allowed, and beside it the same as text. */
export async function letterOf(body: string, type: 'html' | 'plain', data: Values): Promise<Letter> {
  if (type === 'plain') return { text: filled(body, data, 'text', mostCharacters) };
  const { default: sanitize } = await import('sanitize-html');
  // Values are put in before: what they make is looked at as well.
  const whole = filled(body, data, 'html', mostCharacters);
  const html = sanitize(whole, { allowedTags, allowedAttributes, allowedSchemes, ...depthCounted() });
  const lines = sanitize(html.replace(/<(?:br|\/p|\/h\d|\/tr|hr)[^>]*>/g, '$&\n'), { allowedTags: [], allowedAttributes: {} });
  return { html, text: plainOf(lines) };
}

/** Counts the elements that lie in one another, as the parser sees them. */
function depthCounted(): { onOpenTag(): void; onCloseTag(): void } {
  let depth = 0;
  return {
    onOpenTag() {
      depth += 1;
      if (depth > deepest)
        throw new GatewayError('limit_exceeded', { message: `The elements of a mail lie at most ${deepest} deep in one another` });
    },
    onCloseTag() {
      depth -= 1;
    },
  };
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' };

function plainOf(text: string): string {
  return text.replace(/&(?:lt|gt|quot|amp);/g, (found) => entities[found] ?? found).trim();
}
