/** The files of the explorer, as they stand in the package: read once. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathInPackage } from '../../lib/package.ts';
import { operators } from '../../query/operators.ts';

const folder = pathInPackage('explorer');

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface Asset {
  readonly type: string;
  readonly content: string;
}

let files: Promise<ReadonlyMap<string, string>> | undefined;

async function read(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
}

async function textOf(name: string): Promise<string | undefined> {
  files ??= read();
  return (await files).get(name);
}

/** Filters know these operators, by the first of their names. */
const operatorsText = JSON.stringify(operators.map(({ directus: [name = ''], meaning }) => ({ name, meaning })));

/** A script, a style or what the scripts ask for; undefined for a name that is none of them. */
export async function assetOf(name: string): Promise<Asset | undefined> {
  if (name === 'operators.json') return { type: 'application/json; charset=utf-8', content: operatorsText };
  const type = types[extname(name)];
  const content = type === undefined ? undefined : await textOf(name);
  return type === undefined || content === undefined ? undefined : { type, content };
}

const escaped: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const html = (text: string): string => text.replace(/[&<>"']/g, (character) => escaped[character] ?? '');

function projectLine(key: string): string {
  const at = `/${encodeURIComponent(key)}`;
  const links = `<a href="${at}/docs">API explorer</a><a href="${at}/gql">GraphQL</a>`;
  return `<li><a class="name" href="${at}/docs">${html(key)}</a><span class="links">${links}</span></li>`;
}

/** A page with what is to be in it: names stand in it as text. */
export async function pageOf(
  name: 'explorer' | 'projects',
  given: { readonly project?: string; readonly projects?: readonly string[] },
): Promise<string> {
  const { project = '', projects = [] } = given;
  const list = projects.length === 0 ? '<li class="none">No project is listed here.</li>' : projects.map(projectLine).join('\n');
  const parts: Readonly<Record<string, string>> = { project: html(project), base: `/${encodeURIComponent(project)}`, projects: list };
  return ((await textOf(`${name}.html`)) ?? '').replace(/\{\{(\w+)\}\}/g, (_, part: string) => parts[part] ?? '');
}
