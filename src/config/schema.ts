/** The shape of a project file, and the sentences in which its faults are told. */

import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';

const closed = { additionalProperties: false };

export const clients = ['pg', 'mysql2', 'better-sqlite3'] as const;

export const projectFileSchema = Type.Object(
  {
    database: Type.Object(
      {
        client: Type.Union([Type.Literal('pg'), Type.Literal('mysql2'), Type.Literal('better-sqlite3')]),
        connection: Type.Union([Type.String({ minLength: 1 }), Type.Record(Type.String(), Type.Unknown())]),
        schemas: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
        pool: Type.Optional(
          Type.Object(
            { min: Type.Optional(Type.Integer({ minimum: 0 })), max: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
            closed,
          ),
        ),
      },
      closed,
    ),
    secret: Type.String({ minLength: 16 }),
    storage: Type.Optional(Type.Object({ driver: Type.Literal('local'), root: Type.String({ minLength: 1 }) }, closed)),
    private: Type.Optional(Type.Boolean()),
  },
  closed,
);

export type ProjectFile = Static<typeof projectFileSchema>;

/** The two keys whose rule depends on each other, looked at even where other parts of the file are wrong. */
const databaseValidator = Compile(
  Type.Object({
    database: Type.Object({
      client: projectFileSchema.properties.database.properties.client,
      connection: projectFileSchema.properties.database.properties.connection,
    }),
  }),
);

/** Client and connection of a file, when these two have their right types. */
export function databaseOf(content: unknown): Pick<ProjectFile['database'], 'client' | 'connection'> | undefined {
  return databaseValidator.Check(content) ? content.database : undefined;
}

/** What is wrong, and where: `path` is a JSON pointer, empty for the whole file. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  /** The key itself has no place in the file, whatever its value. */
  readonly unknownKey?: true;
}

// The library stops at eight faults by itself; a file is reported whole.
Settings.Set({ maxErrors: 1000 });
const validator = Compile(projectFileSchema);

/** Keys known at a place of the file, for the sentence about an unknown one. */
function knownKeys(path: string): string[] {
  if (path === '') return Object.keys(projectFileSchema.properties);
  if (path === '/database') return Object.keys(projectFileSchema.properties.database.properties);
  if (path === '/database/pool') return ['min', 'max'];
  if (path === '/storage') return ['driver', 'root'];
  return [];
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'an object',
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

/** The alternatives of a union are told in one sentence instead of one complaint each. */
const unions: Readonly<Record<string, string>> = {
  '/database/client': `must be one of ${clients.map((client) => `"${client}"`).join(', ')}`,
  '/database/connection': 'must be a URL or an object',
};

function told(error: TLocalizedValidationError): Fault[] {
  const at = error.instancePath;
  switch (error.keyword) {
    case 'boolean':
      return [];
    case 'required':
      return error.params.requiredProperties.map((key) => ({ path: `${at}/${escapePointer(key)}`, message: 'is missing' }));
    case 'additionalProperties':
      return error.params.additionalProperties.map((key) => ({
        path: `${at}/${escapePointer(key)}`,
        message: `is not known; known are ${knownKeys(at).join(', ')}`,
        unknownKey: true,
      }));
    case 'type': {
      const types = [error.params.type].flat().map((type) => typeNames[type] ?? type);
      return [{ path: at, message: `must be ${types.join(' or ')}` }];
    }
    case 'const':
      return [{ path: at, message: `must be ${JSON.stringify(error.params.allowedValue)}` }];
    case 'minLength':
      return [
        { path: at, message: error.params.limit === 1 ? 'must not be empty' : `must have at least ${error.params.limit} characters` },
      ];
    case 'minItems':
      return [{ path: at, message: 'must not be empty; leave it out to serve the default' }];
    default:
      return [{ path: at, message: error.message }];
  }
}

/** The file's content when its shape is right, else every fault. Values are never repeated: they may be secrets. */
export function checkProjectFile(content: unknown): { file: ProjectFile } | { faults: Fault[] } {
  if (validator.Check(content)) return { file: content };
  const faults: Fault[] = [];
  const seenUnions = new Set<string>();
  for (const error of validator.Errors(content)) {
    const sentence = unions[error.instancePath];
    if (sentence === undefined) faults.push(...told(error));
    else if (!seenUnions.has(error.instancePath)) {
      seenUnions.add(error.instancePath);
      faults.push({ path: error.instancePath, message: sentence });
    }
  }
  return { faults };
}
