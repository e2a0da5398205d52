import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTemplate, hasExpression } from '../../src/expression/index.ts';
import { bindings, compile, scope } from './support.ts';

const texts: readonly (readonly [string, unknown])[] = [
  ['plain', 'plain'],
  ['', ''],
  ['$ {{ x }} $x ${x} }}', '$ {{ x }} $x ${x} }}'],
  ['$${{ params.n }}', '${{ params.n }}'],
  ['a $${{ b ${{ params.n }}', 'a ${{ b 3'],
  ['$$${{ params.n }}', '$${{ params.n }}'],
  ['${{ {"a": {"b": 1}}.a.b }}', 1],
  ['${{ "}}" }}', '}}'],
  ['${{ \'}}\' + "\\"}}" }}', '}}"}}'],
  ['${{ r"a\\d}}" }}', 'a\\d}}'],
  ['${{ """a"}}b""" }}', 'a"}}b'],
  ['${{params.n}}', 3],
  ['${{ params.n }}${{ params.n }}', '33'],
  ['${{\n  params.n >\n  2 }}', true],
];

for (const [text, expected] of texts)
  test(`${JSON.stringify(text)} gives ${JSON.stringify(expected)}`, () =>
    assert.deepEqual(compile(text).evaluate(bindings), expected));

test('an expression that never ends points at its beginning', () => {
  for (const text of ['a ${{ params.n', 'a ${{ "}}', 'a ${{ {"a": 1}', "a ${{ '''}}' }}"]) {
    const compiled = compileTemplate(text, scope);
    assert.ok(!compiled.ok);
    assert.deepEqual(compiled.problems, [
      {
        code: 'expression/syntax',
        message: 'this `${{` is never closed',
        offset: 2,
        length: 3,
        fix: 'end the expression with `}}`, or write `$${{` for a literal `${{`',
      },
    ]);
  }
});

test('any text survives when every `${{` in it is escaped', () => {
  const part = fc.constantFrom('$', '{', '}', '${{', '}}', '"', "'", '\\', 'a', ' ', '\n');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const text = parts.join('');
      const escaped = text.replaceAll('${{', () => '$${{');
      assert.equal(hasExpression(escaped), false);
      assert.equal(compile(escaped).evaluate({}), text);
    }),
  );
});

test('no text makes compiling throw', () => {
  const part = fc.constantFrom(
    '${{',
    '}}',
    '{',
    '}',
    '"',
    "'",
    '\\',
    '(',
    ')',
    '[',
    ']',
    '.',
    '?',
    ':',
    'params',
    'l',
    'map',
    'x',
    ',',
    '1',
    '1u',
    '+',
    '-',
    '!',
    '&&',
    'has',
    '.?',
    'r"',
    'b"',
    '\u{1F600}',
    '"""',
    ' in ',
    '\0',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const inner = parts.join('');
      for (const text of [inner, `\${{ ${inner} }}`]) {
        const compiled = compileTemplate(text, scope);
        if (compiled.ok) continue;
        assert.ok(compiled.problems.length > 0);
        for (const { offset, length } of compiled.problems) {
          assert.ok(offset >= 0 && length > 0 && offset <= text.length, `${text} ${offset}+${length}`);
        }
      }
    }),
    { numRuns: 500 },
  );
});
