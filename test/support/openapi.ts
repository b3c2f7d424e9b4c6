/** An OpenAPI document in tests: its rules, its operations, clients made of it, and answers held against it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { root } from './entry.ts';
import { at, type Json } from './http.ts';

export interface Operation {
  readonly id: string;
  readonly path: string;
  readonly method: string;
  readonly item: Json;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

function entries(value: Json): [string, Json][] {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
}

export function operationsOf(document: Json): Operation[] {
  return entries(at(document, 'paths')).flatMap(([path, item]) =>
    entries(item).flatMap(([method, operation]) =>
      methods.includes(method) ? { id: String(at(operation, 'operationId')), path, method, item: operation } : [],
    ),
  );
}

/**
 * Rules of the recommended set that make no sense here: nobody gives away a license; `/activity/comment/{id}` is told from
 * `/activity/{id}/revisions` by its fixed word; what a new row must hold is said beside the one schema that defines its properties; what
 * `dry_run` and `explain` are answered with is named by `x-answer` of the parameter, so it is looked here whether components are used.
 */
const senseless = {
  'info-license': 'off',
  'no-ambiguous-paths': 'off',
  'no-required-schema-properties-undefined': 'off',
  'no-illogical-composition-keywords': 'off',
  'no-unused-components': 'off',
} as const;

/** What is wrong with the document. */
export async function faultsOf(text: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'], rules: senseless });
  const problems = await lintFromString({ source: text, config });
  const sections = entries(at(JSON.parse(text) as Json, 'components')).filter(([section]) => section !== 'securitySchemes');
  const unused = sections.flatMap(([section, all]) =>
    entries(all).flatMap(([name]) => (text.includes(`"#/components/${section}/${name}"`) ? [] : [`${section}/${name} is used by nothing`])),
  );
  return [...problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`), ...unused];
}

interface Validator {
  addSchema(schema: unknown, key: string): unknown;
  compile(
    schema: unknown,
  ): ((value: unknown) => boolean) & { errors?: { instancePath: string; message?: string; params: unknown }[] | null };
}

/** Rows hold what the document names and nothing else. */
function closed(document: Json): unknown {
  return JSON.parse(JSON.stringify(document), (key: string, value: unknown) =>
    /Item$/.test(key) && value !== null && typeof value === 'object' && 'properties' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
}

/** Says what of a value is not as a schema of the document's components has it. */
export function componentFaults(document: Json, name: string, value: unknown): string[] {
  const check = ajvOf(document).compile({ $ref: `document#/components/schemas/${name}` });
  return check(value) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

function ajvOf(document: Json): Validator {
  const ofRedocly = createRequire(createRequire(join(root, 'package.json')).resolve('@redocly/openapi-core'));
  const { default: Ajv } = ofRedocly('@redocly/ajv/dist/2020.js') as { default: new (options: object) => Validator };
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema(closed(document), 'document');
  return ajv;
}

/** Says what of an answer is not as the document has it. */
export function validatorOf(document: Json): (operation: Operation, status: number, value: unknown) => string[] {
  const ajv = ajvOf(document);
  const known = new Map<string, ReturnType<Validator['compile']>>();
  const escaped = (part: string): string => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'));
  return ({ path, method, item }, status, value) => {
    const response = at(item, 'responses', String(status));
    if (response === undefined) return [`the document knows no status ${status}`];
    if (at(response, 'content', 'application/json') === undefined) return [];
    const steps = ['paths', path, method, 'responses', String(status), 'content', 'application/json', 'schema'];
    const place = `document#/${steps.map(escaped).join('/')}`;
    const check = known.get(place) ?? ajv.compile({ $ref: place });
    known.set(place, check);
    return check(value)
      ? []
      : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
  };
}

interface TypeScript {
  createProgram(files: readonly string[], options: object, host?: object): object;
  createCompilerHost(options: object): {
    getSourceFile(name: string, ...more: unknown[]): unknown;
    fileExists(name: string): boolean;
    readFile(name: string): string | undefined;
    directoryExists?(name: string): boolean;
  };
  createSourceFile(name: string, text: string, target: number): unknown;
  getPreEmitDiagnostics(
    program: object,
  ): readonly { readonly messageText: unknown; readonly file?: { readonly fileName: string }; readonly start?: number }[];
  flattenDiagnosticMessageText(text: unknown, newLine: string): string;
}

const fixture = createRequire(join(root, 'test', 'fixtures', 'openapi-types', 'package.json'));

/** The types of a client, by openapi-typescript. */
export async function clientTypes(document: Json): Promise<string> {
  const made = fixture('openapi-typescript') as {
    default(document: unknown, options: object): Promise<unknown>;
    astToString(ast: unknown): string;
  };
  return made.astToString(await made.default(JSON.parse(JSON.stringify(document)), { silent: true }));
}

/** What a strict compiler has against the files, which lie beside the tests and are written nowhere. */
export function compilerFaults(files: Readonly<Record<string, string>>): string[] {
  const ts = fixture('typescript') as TypeScript;
  const folder = join(root, 'test', 'compiled');
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(folder, name), text]));
  const lib = ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'];
  // 9: ES2022; 199: NodeNext; 99: its way to resolve.
  const options = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    target: 9,
    module: 199,
    moduleResolution: 99,
    lib,
    types: [],
    allowImportingTsExtensions: true,
  };
  const host = ts.createCompilerHost(options);
  const own = { ...host };
  own.fileExists = (name) => texts.has(name) || host.fileExists(name);
  own.readFile = (name) => texts.get(name) ?? host.readFile(name);
  own.directoryExists = (name) => name === folder || (host.directoryExists?.(name) ?? true);
  own.getSourceFile = (name, ...more) => {
    const text = texts.get(name);
    return text === undefined ? host.getSourceFile(name, ...more) : ts.createSourceFile(name, text, 9);
  };
  const program = ts.createProgram([...texts.keys()], options, own);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const before = file ? (texts.get(file.fileName)?.slice(0, start) ?? '') : '';
    const line = before.split('\n').length;
    const shown = file ? (texts.get(file.fileName)?.split('\n')[line - 1] ?? '') : '';
    return `${file?.fileName.slice(folder.length + 1) ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ').slice(0, 400)}\n  ${shown.slice(0, 300)}`;
  });
}
