/** The two steps of a single sign-on that reach the gateway. */
import type { Answer } from './http.ts';
import type { OwnGarden } from './own-garden.ts';

/** The way out: where the provider is, and the cookie to come back with. */
export interface Way {
  readonly answer: Answer;
  readonly url: string;
  readonly cookie: string;
}

export async function begin(garden: OwnGarden, provider: string, query = ''): Promise<Way> {
  const answer = await garden.get(`auth/sso/${provider}${query}`);
  const [cookie = ''] = String(answer.headers['set-cookie'] ?? '').split(';');
  return { answer, url: String(answer.headers['location'] ?? ''), cookie };
}

export const callbackOf = (garden: OwnGarden, provider: string): string => `${garden.gateway.url}/garden/auth/sso/${provider}/callback`;

/** The way back, from where the provider sent the browser. */
export function back(garden: OwnGarden, url: string, cookie: string): Promise<Answer> {
  return garden.raw(url.slice(garden.gateway.url.length), { headers: { cookie } });
}
