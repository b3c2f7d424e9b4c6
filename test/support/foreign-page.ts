/** A page of another origin in a browser that keeps to the rules of the Fetch standard: preflights, cookies, and what the page may read. */
import type { World } from './garden.ts';
import type { Answer } from './http.ts';

export interface PageRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** With the cookies there are, as `credentials: "include"` has it. */
  readonly cookie?: string;
}

/** What the page gets: the answer, or the reason why the browser keeps it back. */
export type PageAnswer = { readonly answer: Answer } | { readonly blocked: 'preflight' | 'answer'; readonly sent?: Answer };

const simpleTypes = /^(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)/;

function mayRead({ headers }: Answer, origin: string, credentials: boolean): boolean {
  const allowed = headers['access-control-allow-origin'];
  if (credentials) return allowed === origin && headers['access-control-allow-credentials'] === 'true';
  return allowed === origin || allowed === '*';
}

const listed = (answer: Answer, header: string): string[] =>
  String(answer.headers[header] ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase());

/** Asks as a page of the origin does, by a browser that knows it to be of the same site (a sub-domain) or of another one. */
export async function fromPage(world: Pick<World, 'raw'>, origin: string, path: string, asked: PageRequest = {}): Promise<PageAnswer> {
  const { method = 'GET', headers = {}, body, cookie } = asked;
  const own = Object.entries({ ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) });
  const unsafe = own.filter(([name, value]) => !(name === 'content-type' && simpleTypes.test(value))).map(([name]) => name.toLowerCase());
  const fetched = { origin, 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'empty' };
  const credentials = cookie !== undefined;
  if (unsafe.length > 0 || !['GET', 'HEAD', 'POST'].includes(method)) {
    const preflight = await world.raw(path, {
      method: 'OPTIONS',
      headers: {
        ...fetched,
        accept: '*/*',
        'access-control-request-method': method,
        ...(unsafe.length > 0 ? { 'access-control-request-headers': unsafe.sort().join(',') } : {}),
      },
    });
    const methods = [...listed(preflight, 'access-control-allow-methods'), 'get', 'head', 'post'];
    const allowed = listed(preflight, 'access-control-allow-headers');
    const passes = preflight.status >= 200 && preflight.status < 300 && mayRead(preflight, origin, credentials);
    if (!passes || !methods.includes(method.toLowerCase()) || unsafe.some((name) => !allowed.includes(name)))
      return { blocked: 'preflight' };
  }
  const answer = await world.raw(path, {
    method,
    headers: { ...Object.fromEntries(own), ...fetched, ...(cookie === undefined || cookie === '' ? {} : { cookie }) },
    ...(body === undefined ? {} : { body }),
  });
  return mayRead(answer, origin, credentials) ? { answer } : { blocked: 'answer', sent: answer };
}
