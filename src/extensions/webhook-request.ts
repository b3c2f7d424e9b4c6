/** Makes one call of a webhook: signed, within a time, to public addresses only, without following redirects. */
import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { OutboxRow } from '../engine/outbox.ts';
import { isPrivateAddress, PrivateAddressError, publicLookup } from '../lib/private-addresses.ts';

/** Where a webhook's calls go. */
export interface Target {
  readonly method: 'get' | 'post';
  readonly url: string;
}

export interface CallOptions {
  /** Signs the calls. */
  readonly secret: string;
  readonly timeoutMilliseconds: number;
  readonly privateAddresses: boolean;
}

/** Bytes of an answer that are read. */
const longestAnswer = 65_536;

/** A call that cannot succeed however often it is tried. */
export class HopelessCall extends Error {}

/** What the receiver works out again: delivery, time and body, so that none of them can be another one's. */
export function signatureOf(secret: string, delivery: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${delivery}.${timestamp}.${body}`).digest('hex')}`;
}

function headersOf({ delivery, event, collection }: OutboxRow, body: string, secret: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  return {
    'user-agent': 'Sallyport',
    'x-sallyport-delivery': delivery,
    'x-sallyport-event': event,
    // A header holds no other letters.
    'x-sallyport-collection': encodeURIComponent(collection),
    'x-sallyport-timestamp': timestamp,
    'x-sallyport-signature': signatureOf(secret, delivery, timestamp, body),
  };
}

const hopelesslyPrivate = (): HopelessCall => new HopelessCall('the address is private (webhooks.privateAddresses)');

function checked({ url }: Target, privateAddresses: boolean): URL {
  if (!URL.canParse(url)) throw new HopelessCall('its URL is none');
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw new HopelessCall('its URL does not begin with http:// or https://');
  // A host that is an address is never looked up.
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  if (!privateAddresses && isIP(host) !== 0 && isPrivateAddress(host)) throw hopelesslyPrivate();
  return parsed;
}

/** What an error of the network may be told as: never with the URL, which may hold a secret. */
function reasonOf(error: Error & { code?: string }): Error {
  if (error instanceof PrivateAddressError) return hopelesslyPrivate();
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return new Error('no answer in time (webhooks.timeoutMilliseconds)');
  return new Error(`no connection (${error.code ?? error.name})`);
}

/**
 * Calls once; resolves when the receiver has answered with a status of 200 to 299.
 *
 * @throws Error with a reason that holds no secret; HopelessCall where another attempt would be in vain
 */
export async function callWebhook(call: OutboxRow, target: Target, options: CallOptions, now = new Date()): Promise<void> {
  const url = checked(target, options.privateAddresses);
  const body = target.method === 'post' ? call.payload : '';
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = headersOf(call, body, options.secret, now);
  if (target.method === 'post')
    Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) });
  const status = await new Promise<number>((done, fail) => {
    const sent = send(url, {
      method: target.method.toUpperCase(),
      headers,
      agent: false,
      signal: AbortSignal.timeout(options.timeoutMilliseconds),
      ...(options.privateAddresses ? {} : { lookup: publicLookup }),
    });
    sent.on('error', (error) => fail(reasonOf(error)));
    sent.on('response', (response) => {
      done(response.statusCode ?? 0);
      // The body is of no interest; a short one is read to its end, as the receiver expects.
      let length = 0;
      response.on('error', () => undefined);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > longestAnswer) response.destroy();
      });
    });
    sent.end(body);
  });
  if (status < 200 || status > 299) throw new Error(`the receiver answered ${status}`);
}
