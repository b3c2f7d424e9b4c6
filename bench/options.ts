/** What `npm run bench -- ...` may be told. */
import { parseArgs } from 'node:util';

export const caseNames = [
  'list',
  'key',
  'nested',
  'gql',
  'strapi-list',
  'strapi-nested',
  'payload',
  'payload-nested',
  'surfaces',
  'deep',
  'wide',
  'export',
  'boot',
  'tables',
  'large',
  'writes',
  'assets',
] as const;
export type CaseName = (typeof caseNames)[number];

export interface Options {
  readonly only: ReadonlySet<CaseName>;
  readonly seconds: number;
  readonly rounds: number;
  /** File for the figures as JSON. */
  readonly json: string | undefined;
  /** The server that leaves a CPU profile. */
  readonly profile: string | undefined;
  /** Write the figures into README.md. */
  readonly write: boolean;
  /** Start the servers and wait. */
  readonly serve: boolean;
}

function positive(text: string, flag: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${flag} must be a number above 0`);
  return number;
}

const isCase = (name: string): name is CaseName => (caseNames as readonly string[]).includes(name);

/** Reads the arguments. Throws a sentence about the first that is wrong. */
export function readOptions(given: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...given],
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'string' },
      profile: { type: 'string' },
      write: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
    },
  });
  const names = values.only?.split(',').map((name) => name.trim()) ?? caseNames;
  const only = new Set(
    names.map((name) => {
      if (!isCase(name)) throw new Error(`--only: ${name} is no case; there are ${caseNames.join(', ')}`);
      return name;
    }),
  );
  if (values.profile !== undefined && values.profile !== 'sallyport') throw new Error('--profile takes the name sallyport');
  return {
    only,
    seconds: positive(values.seconds, '--seconds'),
    rounds: Math.ceil(positive(values.rounds, '--rounds')),
    json: values.json,
    profile: values.profile,
    write: values.write,
    serve: values.serve,
  };
}
