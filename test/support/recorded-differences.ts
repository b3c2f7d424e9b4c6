/** The recorded answers of Directus 8 that this gateway's differ from, each with its reason; docs/directus-8.md tells them to people. */
import type { TestVendor } from './vendors.ts';

export interface RecordedDifference {
  /** User, method, path and query, as the replay prints a line. */
  readonly request: string;
  /** The number of the line, where the same request is recorded more than once. */
  readonly line?: number;
  /** Where it differs; everywhere when left out. */
  readonly vendors?: readonly TestVendor[];
  readonly why: string;
  /** Comes of what is done behind an answer, and may not be done yet when the next one is asked for. */
  readonly raced?: true;
}

export const recordedDifferences: readonly RecordedDifference[] = [
  {
    request: '- POST /d/auth/password/request',
    line: 61,
    why: 'Whether an address is known is not told, as is advised there; a project without mail answers code 503, as where mailing fails, to everybody (system §3.8).',
  },
  {
    request: 'admin GET /d/items/books?fields=id&search=clay',
    why: '`search` is a parameter of this gateway. Directus 8 ignores it.',
  },
  {
    request: 'admin GET /d/settings?limit=-1',
    why: '`app_url` is what the installer was told, else empty (tables §8); the recorded one names the machine of the recording.',
  },
  {
    request: 'editor GET /d/webhooks',
    why: 'Only who has a permission for webhooks reads them (system §21, §26): their addresses may hold secrets.',
  },
  {
    request: 'admin POST /d/items/all_types',
    line: 682,
    why: 'The text `true` stands for a boolean, which may differ (data §7), so the next fault of the same item is told: code 4.',
  },
  {
    request: 'admin POST /d/items/all_types',
    line: 715,
    vendors: ['sqlite'],
    why: 'INTEGER of SQLite holds eleven digits: what a column holds is taken, and given back with all its digits.',
  },
  {
    request: 'admin POST /d/items/made',
    line: 1032,
    why: 'A boolean default is accepted, which may differ (system §8.5): the table has the field that Directus 8 had refused before.',
  },
  {
    request: 'admin POST /d/gql',
    line: 529,
    why: 'A key that is a text is a String here, which no Int can name (system §23 has Int for all), and relations are filtered by their own columns, not by those of permissions.',
  },
  {
    request: 'admin POST /d/gql',
    line: 540,
    why: '`sort` is an argument here, which is a safe extension (system §23).',
  },
  {
    request: 'admin POST /d/gql',
    line: 546,
    why: 'Tables that Directus does not manage are served as well: a caller sees all that it may use, as over REST.',
  },
  {
    request: 'admin POST /d/gql',
    line: 548,
    why: 'All members of `or` count, as all conditions on a field may (data §15); Directus 8 keeps the last one on a field.',
  },
  {
    request: '- POST /d/auth/authenticate',
    line: 1064,
    why: 'Wrong passwords in a row suspend whoever they are tried on, also who never signed in, which may differ (system §3.2, §29).',
    raced: true,
  },
  {
    request: 'admin GET /d/activity?filter[action][neq]=zzz&sort=-id&limit=2&fields=action,action_by,item',
    line: 1066,
    why: 'The sign-in before was refused (system §3.2, §29).',
    raced: true,
  },
];
