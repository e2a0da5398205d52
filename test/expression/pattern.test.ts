import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkPattern } from '../../src/expression/pattern.ts';

const refused = [
  '^(a+)+$',
  '(a|a)*b',
  '(.*a){12}',
  '(a*)*',
  '(a+)*',
  '([a-z]+)*$',
  '(a|ab)+c',
  '(a?)*',
  '(a{2,3})+',
  '((a+))+',
  '(?:a+b?)+',
  '(x+x+)+y',
  'a*a*a*a*a*b',
  '.*.*.*.*x',
  '(a)\\1',
  '(?<n>a)\\k<n>',
  '(?=a)b',
  '(?!a)b',
  '(?<=a)b',
  '(?<n>a)',
  '(a?){30}a{30}',
  '(a|b|c|d){10}',
  '(a',
  'a{1,5000}b?',
  '[',
  `${'a'.repeat(501)}`,
  `${'('.repeat(12)}a${')'.repeat(12)}`,
  '(a+){2}(b+){3}',
];
const allowed = [
  '^[a-z]+$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  'foo|bar',
  '^(foo|bar)$',
  '^(?:ab)+$',
  '^[a-z]+(\\.[a-z]+)?$',
  '\\.db$',
  '^/var/[^/]+/x\\.db$',
  '[]a]',
  '^v\\d+\\.\\d+$',
  '(a|b)?c',
  'a{3}',
  '^.*error',
  '[a-z]{1,20}',
  '\\(x\\)',
  '[(]+',
  'a|b*',
];

for (const pattern of refused)
  test(`refuses ${pattern.slice(0, 40)}`, () => assert.equal(checkPattern(pattern).isSafe, false));
for (const pattern of allowed)
  test(`allows ${pattern}`, () => assert.deepEqual(checkPattern(pattern).isSafe, true));

test('a repeat around anything that can vary is refused', () => {
  const atom = fc.constantFrom('a', '.', '\\w', '[a-z]', '(?:ab)', '\\d');
  const repeat = fc.constantFrom('*', '+', '{2,}', '*?', '+?', '{0,9}', '?');
  const unbounded = fc.constantFrom('*', '+', '{2,}', '*?', '{1,}?');
  const group = fc.constantFrom('(', '(?:');
  fc.assert(
    fc.property(
      group,
      atom,
      repeat,
      fc.array(atom, { maxLength: 3 }),
      unbounded,
      (open, inner, times, rest, outer) => {
        assert.equal(checkPattern(`^${open}${inner}${times}${rest.join('')})${outer}$`).isSafe, false);
      },
    ),
  );
});

test('what is allowed has a bound that holds: counted steps of a naive matcher stay below it', () => {
  const atom = fc.constantFrom('a', 'b', '.', '(?:a|b)', '(?:ab)');
  const repeat = fc.constantFrom('', '*', '+', '?', '{2}', '{0,3}');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(atom, repeat), { minLength: 1, maxLength: 5 }),
      fc.nat(12),
      (parts, length) => {
        const pattern = `^${parts.map(([one, times]) => one + times).join('')}$`;
        const verdict = checkPattern(pattern);
        if (!verdict.isSafe) return;
        const paths = countPaths(parts, 'a'.repeat(length));
        const bound = verdict.factor * (length + 1) ** verdict.degree;
        assert.ok(paths <= bound * 2 ** parts.length, `${pattern}: ${paths} paths, bound ${bound}`);
      },
    ),
  );
});

/** Ways through the parts from the start of a text: what a backtracking matcher may have to try. */
function countPaths(parts: readonly (readonly [string, string])[], text: string): number {
  const visit = (index: number, at: number): number => {
    const part = parts[index];
    if (!part) return 1;
    const [one, times] = part;
    const [least, most] =
      times === '*'
        ? [0, Infinity]
        : times === '+'
          ? [1, Infinity]
          : times === '?'
            ? [0, 1]
            : times === '{2}'
              ? [2, 2]
              : times === '{0,3}'
                ? [0, 3]
                : [1, 1];
    const width = one === '(?:ab)' ? 2 : 1;
    const matches = one !== 'b' && one !== '(?:ab)';
    let paths = 0;
    for (let count = 0; count <= most && at + count * width <= text.length; count++) {
      if (count >= least) paths += visit(index + 1, at + count * width);
      if (!matches) break;
    }
    return Math.max(paths, 1);
  };
  return visit(0, 0);
}
