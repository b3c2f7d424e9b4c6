/** Fetches content from another server: public addresses only, each redirect looked at anew, within a time. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { basename } from 'node:path';
import { GatewayError } from '../lib/errors.ts';
import { isPrivateAddress, PrivateAddressError, publicLookup } from '../lib/private-addresses.ts';

export interface ImportOptions {
  readonly seconds: number;
  readonly privateAddresses: boolean;
  readonly mostBytes: number;
}

export interface Imported {
  /** What the last URL calls it. */
  readonly name: string;
  readonly content: AsyncIterable<Buffer>;
  /** Lets go of the connection; to be called in any case. */
  end(): void;
}

const mostRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Nothing is told of what stands behind the URL: neither its status, nor whether there is anything. */
const refused = (why: string): GatewayError => new GatewayError('validation', { message: `data: The URL cannot be imported: ${why}.` });

/** Throws validation for what is no URL of the web that may be called. */
function checked(text: string, base: URL | undefined, privateAddresses: boolean): URL {
  if (!URL.canParse(text, base?.href)) throw refused('it is none');
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('it does not begin with http:// or https://');
  if (url.username !== '' || url.password !== '') throw refused('it holds a password');
  // A host that is an address is never looked up.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!privateAddresses && isIP(host) !== 0 && isPrivateAddress(host)) throw refused('its address is not a public one');
  return url;
}

function called(url: URL, { privateAddresses }: ImportOptions, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = send(url, {
      headers: { 'user-agent': 'Sallyport', accept: 'image/*, application/pdf', 'accept-encoding': 'identity' },
      agent: false,
      signal,
      ...(privateAddresses ? {} : { lookup: publicLookup }),
    });
    sent.on('error', fail);
    sent.on('response', done);
    sent.end();
  });
}

function reasonOf(error: unknown, seconds: number): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof PrivateAddressError) return refused('its address is not a public one');
  const named = error instanceof Error ? error.name : '';
  if (named === 'TimeoutError' || named === 'AbortError') return refused(`it takes longer than ${seconds} seconds (uploads.importSeconds)`);
  return refused('there is no answer');
}

/** The text as a URL of the web; undefined for what is no such thing, such as base64. */
export function webUrl(text: string): URL | undefined {
  if (!/^(?:[a-z][a-z0-9+.-]*:)?\/\//i.test(text)) return undefined;
  return checked(text.startsWith('//') ? `https:${text}` : text, undefined, true);
}

/**
 * Asks for the content; it arrives while it is read.
 *
 * @throws GatewayError `validation` for an address that is not public, for what does not answer, and for too many redirects
 */
export async function importUrl(from: URL, options: ImportOptions): Promise<Imported> {
  const signal = AbortSignal.timeout(options.seconds * 1000);
  try {
    let url = checked(from.href, undefined, options.privateAddresses);
    for (let hop = 0; hop <= mostRedirects; hop += 1) {
      const response = await called(url, options, signal);
      response.on('error', () => undefined);
      const { statusCode = 0, headers } = response;
      if (redirects.has(statusCode) && headers.location !== undefined) {
        response.destroy();
        url = checked(headers.location, url, options.privateAddresses);
        continue;
      }
      if (statusCode !== 200 || Number(headers['content-length'] ?? 0) > options.mostBytes) {
        response.destroy();
        throw refused(statusCode === 200 ? `it has more than ${options.mostBytes} bytes` : 'there is no file');
      }
      return { name: nameOf(url), content: translated(response, options), end: () => void response.destroy() };
    }
    throw refused(`it leads on more than ${mostRedirects} times`);
  } catch (error) {
    throw reasonOf(error, options.seconds);
  }
}

async function* translated(response: IncomingMessage, { seconds }: ImportOptions): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (error) {
    throw reasonOf(error, seconds);
  }
}

function nameOf({ pathname, hostname }: URL): string {
  const last = basename(pathname);
  try {
    return decodeURIComponent(last) || hostname;
  } catch {
    return last || hostname;
  }
}
