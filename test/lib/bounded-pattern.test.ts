/** Patterns of PHP's over texts of clients: what they match, what is no pattern, and what would never end. */
import t from 'tap';
import { matchesPattern } from '../../src/lib/bounded-pattern.ts';

t.test('patterns with their delimiters and letters', async (t) => {
  const matches: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['/^[A-Z]/', 'abc', false],
    ['/^[A-Z]/i', 'abc', true],
    [' #^\\d+/\\d+$# ', '1/2', true],
    ['{^a{2}$}i', 'AA', true],
    ['~a.b~s', 'a\nb', true],
    ['/^b/m', 'a\nb', true],
    ['/\\Aab\\z/', 'ab', true],
    ['/\\Ab/m', 'a\nb', false],
    ['/^a$/', 'a\n', false],
    ['/^(?=.*\\d)(?=.*[a-z]).{3,}$/', 'ab1', true],
    ['/^(\\w)\\1$/', 'aa', true],
    ['/^\\p{Lu}/', 'Éa', true],
    ['/^.$/u', '😀', true],
    ['/foo\\-bar\\_/u', 'foo-bar_', true],
    ['/^[\\w.*+-]+$/', 'a.b+c', true],
    ['/a/SUD', 'a', true],
  ];
  for (const [pattern, text, expected] of matches) t.equal(matchesPattern(pattern, text), expected, `${pattern} ${text}`);
});

t.test('what is no pattern, or not one of ours', async (t) => {
  for (const pattern of ['', '/', 'abc', '^a$', '/(/', '/a/x', '/a/q', '/[[:alpha:]]/', '/a++/', '/\\h/', '\\a\\', '1a1'])
    t.equal(matchesPattern(pattern, 'a'), undefined, pattern);
});

t.test('short texts and long ones', async (t) => {
  for (const length of [10, 499, 501, 5000]) {
    t.equal(matchesPattern('/^[a-z]+$/', 'a'.repeat(length)), true, String(length));
    t.equal(matchesPattern('/^[a-z]+$/', `${'a'.repeat(length)}A`), false, String(length));
  }
});

t.test('what would never end is given up', async (t) => {
  const hopeless = ['/^(a|a)(a|a){40}$/', '/^(?:a?){40}a{40}$/', '/a*a*a*a*a*a*a*a*a*a*b$/', '/^(a+)(?:\\1)*\\1*b$/', '/^(a{1,40}){40}b$/'];
  for (const pattern of hopeless) {
    const before = performance.now();
    matchesPattern(pattern, `${'a'.repeat(400)}c`);
    t.ok(performance.now() - before < 5000, pattern);
  }
  t.equal(matchesPattern('/^(a+)+$/', `${'a'.repeat(60)}b`), undefined);
  t.equal(matchesPattern('/^(a+)+$/', 'aaa'), true, 'and the pattern still serves');
  t.equal(matchesPattern('/a/', 'a'.repeat(100_001)), undefined, 'nor is a text that is too long looked at');
});
