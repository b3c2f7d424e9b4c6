/** Reads the pages of the documentation: their blocks of code and the rows of their tables. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './entry.ts';

/** The pages whose examples are run, in their order; the others tell of running and building. The last one brings code for every project. */
export const pages = [
  'explorer',
  'moving-from-directus-8',
  'comparison',
  'contributing',
  'assets',
  'auth',
  'configuration',
  'history',
  'people',
  'permissions',
  'query',
  'reading',
  'schema',
  'values',
  'writing',
  'files',
  'schema-editing',
  'webhooks',
  'scim',
  'sso',
  'server',
  'operations',
  'security',
  'graphql',
  'changes',
  'contract',
  'strapi',
  'extensions',
  'payload',
] as const;

/** The text of a page. */
export const page = (name: string): Promise<string> => readFile(join(root, 'docs', `${name}.md`), 'utf8');

/** A fenced block: what stands behind its back quotes, and its lines. */
export interface Block {
  readonly info: string;
  readonly body: string;
}

/** All blocks of a page, in order. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, info = '', body = '']) => ({ info, body }));
}

/** The cells of every table with that head. */
export function rowsOf(text: string, head: string): string[][] {
  const lines = text.split('\n');
  const rows: string[][] = [];
  for (const [i, line] of lines.entries()) {
    if (line !== head) continue;
    for (let at = i + 2; lines[at]?.startsWith('|'); at++) {
      const cells = (lines[at] ?? '').slice(1, -1).split('|');
      rows.push(cells.map((cell) => cell.trim()));
    }
  }
  return rows;
}

/** The first column, without its back quotes. */
export const firsts = (rows: readonly string[][]): string[] => rows.map(([first = '']) => first.replaceAll('`', ''));
