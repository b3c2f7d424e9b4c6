/** Texts in which databases differ by themselves, and what is promised of columns that hold them. */
import type { Test } from 'tap';
import type { Asked } from './asked.ts';

/** The ids are their places. */
export const words = [
  'apple',
  'Apple',
  'äpfel',
  'Zoo',
  'ÉCOLE',
  'école',
  'ΟΔΟΣ',
  'İzmir',
  '\u212aelvin',
  '日本',
  '\uff5e',
  '😀',
  'a_b',
  'ab',
];

const bytes = words.map((word) => Buffer.from(word));
const byCodePoint = [...words.keys()].sort((a, b) => Buffer.compare(bytes[a] as Buffer, bytes[b] as Buffer)).join(' ');

const patterns: readonly (readonly [pattern: string, found: string])[] = [
  ['%École%', '4 5'],
  ['%APPLE', '0 1'],
  ['%οδοσ%', '6'],
  ['%Σ', '6'],
  ['i%', '7'],
  ['I_mir', '7'],
  ['_zmir', '7'],
  ['kelvin', '8'],
  ['_', '10 11'],
  ['a\\_b', '12'],
  ['A_B', '12'],
  ['e%', ''],
];

/** Where upper and lower case differ. */
const casedPatterns: readonly (readonly [pattern: string, found: string])[] = [
  ['%École%', ''],
  ['%ÉCO%', '4'],
  ['%pple', '0 1'],
  ['A%', '1'],
  ['%Σ', '6'],
  ['_b', '13'],
  ['a\\_b', '12'],
  ['[a]%', ''],
  ['*', ''],
];

/** The columns hold all the words. */
export async function compareAlike(t: Test, on: Asked, columns: readonly string[]): Promise<void> {
  for (const column of columns) {
    t.equal(await on.equal(column, 'apple'), '0', `${column}: apple`);
    t.equal(await on.equal(column, 'APPLE'), '', `${column}: APPLE`);
    t.equal(await on.equal(column, 'apple '), '', `${column}: a blank behind`);
    t.equal(await on.equal(column, '😀'), '11', `${column}: 😀`);
    t.equal(await on.within(column, 'ÉCOLE', 'ecole', 'zoo', 'ab', '日本'), '4 9 13', `${column}: in a list`);
    t.equal(await on.order(column), byCodePoint, `${column}: in order`);
    t.equal(await on.compare(column, '<', 'a'), '1 3', `${column}: before a`);
    t.equal(await on.compare(column, '>=', '\uff5e'), '10 11', `${column}: from U+FF5E on`);
    t.equal(await on.compare(column, '<', 'ab '), '1 3 12 13', `${column}: before ab and a blank`);
    t.equal(await on.compare(column, '<=', 'ab'), '1 3 12 13', `${column}: up to ab`);
    for (const [pattern, found] of patterns) t.equal(await on.like(column, pattern), found, `${column}: like ${pattern}`);
    for (const [pattern, found] of casedPatterns) t.equal(await on.likeCased(column, pattern), found, `${column}: like ${pattern}, cased`);
  }
}
