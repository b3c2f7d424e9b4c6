/** Tokens that somebody else has made, or that are cut. */
import { createHmac } from 'node:crypto';

/** A token as anybody can make it who knows the secret that is given, or none. */
export function forged(header: object, claims: object, secret: string | null): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${secret === null ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** The secret of the garden's project file. */
export const gardenSecret = 'the secret of garden, long enough';

export const jwtHeader = { alg: 'HS256', typ: 'JWT' } as const;

/** Claims of a token of the garden that says nothing of a session, as Directus 8 makes them. */
export function gardenClaims(id: number): { readonly exp: number } & Readonly<Record<string, unknown>> {
  const exp = Math.floor(Date.now() / 1000) + 1000;
  return { id, type: 'auth', ttl: 20, key: 'garden', project: 'garden', exp };
}

/** What is wrong with each, and the token; all of them would be that user's. */
export function badTokens(id: number): readonly (readonly [what: string, token: string])[] {
  const claims = gardenClaims(id);
  const { exp } = claims;
  const good = forged(jwtHeader, claims, gardenSecret);
  const [head = '', body = '', signature = ''] = good.split('.');
  const torn = [
    good.slice(0, -1),
    good.slice(0, -20),
    `${head}.${body}.`,
    `${head}.${body}`,
    head,
    `${head}.${body.slice(0, -4)}.${signature}`,
  ];
  return [
    ['unsigned', forged({ alg: 'none', typ: 'JWT' }, claims, null)],
    ['unsigned, in capitals', forged({ alg: 'NONE', typ: 'JWT' }, claims, null)],
    ['unsigned with a signature', forged({ alg: 'none', typ: 'JWT' }, claims, gardenSecret)],
    ['without an algorithm', forged({ typ: 'JWT' }, claims, gardenSecret)],
    ['without a type', forged({ alg: 'HS256' }, claims, gardenSecret)],
    ['signed with nothing', forged(jwtHeader, claims, '')],
    ['signed for another project', forged(jwtHeader, claims, 'the secret of other, long enough')],
    ['of another project with the same secret', forged(jwtHeader, { ...claims, project: 'other', key: 'other' }, gardenSecret)],
    ['of another key', forged(jwtHeader, { ...claims, key: 'other' }, gardenSecret)],
    ['of several projects', forged(jwtHeader, { ...claims, project: ['garden'], key: ['garden'] }, gardenSecret)],
    ['for another purpose', forged(jwtHeader, { ...claims, type: 'reset_password' }, gardenSecret)],
    ['without a user', forged(jwtHeader, { ...claims, id: undefined }, gardenSecret)],
    ['of a user that is not there', forged(jwtHeader, { ...claims, id: 999 }, gardenSecret)],
    ['of a session that is not there', forged(jwtHeader, { ...claims, sid: `1.${'x'.repeat(43)}` }, gardenSecret)],
    ['of a session that is none', forged(jwtHeader, { ...claims, sid: '' }, gardenSecret)],
    ['expired', forged(jwtHeader, { ...claims, exp: exp - 2000 }, gardenSecret)],
    ['that never expires', forged(jwtHeader, { ...claims, exp: undefined }, gardenSecret)],
    ['that expires at a text', forged(jwtHeader, { ...claims, exp: String(exp) }, gardenSecret)],
    ['not good yet', forged(jwtHeader, { ...claims, nbf: exp }, gardenSecret)],
    ['of a suspended user', forged(jwtHeader, { ...claims, id: 6 }, gardenSecret)],
    ...torn.map((token, i) => [`cut short (${i + 1})`, token] as const),
  ];
}
