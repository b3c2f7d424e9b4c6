/** Content that stands in JSON: base64, a `data:` URL, or the URL of a file or a film (directus8-system §12.3). */
import { GatewayError } from '../lib/errors.ts';
import { type Embed, embedOf } from './embeds.ts';
import { webUrl } from './import-url.ts';

export type SentContent =
  | { readonly is: 'bytes'; readonly bytes: Buffer }
  | { readonly is: 'url'; readonly url: URL }
  | { readonly is: 'embed'; readonly embed: Embed };

const dataUrl = /^data:([a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+)?(?:;[a-z0-9-]+=[^;,]*)*(;base64)?,/i;

/** What the text stands for. Throws validation for what is neither. */
export function sentContent(text: string): SentContent {
  const head = dataUrl.exec(text);
  if (head) {
    if (head[2] === undefined) throw new GatewayError('validation', { message: 'data: A data URL holds base64.' });
    return { is: 'bytes', bytes: decoded(text.slice(head[0].length)) };
  }
  const url = webUrl(text);
  if (!url) return { is: 'bytes', bytes: decoded(text) };
  const embed = embedOf(url);
  return embed ? { is: 'embed', embed } : { is: 'url', url };
}

/** Strictly, as Node reads over what it does not know. */
function decoded(text: string): Buffer {
  const plain = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(plain)) {
    throw new GatewayError('validation', { message: 'data: This is neither base64, nor a data URL, nor a URL of the web.' });
  }
  return Buffer.from(plain, 'base64');
}
