import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Place } from '../../src/diagnostic/index.ts';
import { type Document, parseDocument } from '../../src/document/index.ts';

function parse(text: string): Document {
  const { document, findings } = parseDocument({ file: 'x.yaml', text });
  assert.deepEqual(findings, []);
  assert.ok(document);
  return document;
}

function underlined({ text = '', column, length = 1 }: Place): string {
  return text.slice(column - 1, column - 1 + length);
}

const scalars = `plain: text with \${{ x.plain }} in it
folded plain: one line
  and another \${{ x.cont }}
double: "tab\\t \\u00e9 \\U0001F600 \${{ x.double }}"
continued: "one \\
  two
  three \${{ x.continued }}"
single: 'it''s \${{ x.single }}'
literal: |2-
    indented
  literal \${{ x.literal }}
folded: >+
  one
  two \${{ x.folded }}

  three
nested:
  - deep: |
      a
        b \${{ x.nested }}
`;

describe('the place of an expression inside a text', () => {
  for (const [name, newline] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ] as const) {
    const document = parse(scalars.replaceAll('\n', newline));
    const value = document.value as Record<string, unknown>;
    const cases: [(string | number)[], string][] = Object.entries(value).map(([key, text]) =>
      typeof text === 'string'
        ? [[key], text]
        : [['nested', 0, 'deep'], (text as { deep: string }[])[0]?.deep ?? ''],
    );
    for (const [path, text] of cases) {
      test(`is exact in \`${path.join('.')}\`, ${name}`, () => {
        const source = /\$\{\{.*?\}\}/.exec(text)?.[0] ?? '';
        assert.notEqual(source, '');
        const place = document.offsetPlace(path, text.indexOf(source), source.length);
        assert.equal(underlined(place), source);
      });
    }
  }

  test('is exact in any double-quoted text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (prefix) => {
        const text = `${prefix.replaceAll('@', '')}@mark`;
        const document = parse(`a: ${JSON.stringify(text).replaceAll('\u007f', '\\x7f')}\n`);
        const place = document.offsetPlace(['a'], text.indexOf('@'), 5);
        assert.equal(underlined(place), '@mark');
      }),
    );
  });

  test('is exact in any literal block', () => {
    const line = fc.stringMatching(/^[a-z][a-z :#'"]{0,12}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.integer({ min: 1, max: 8 }), (lines, indent) => {
        const all = [...lines, 'see @mark'];
        const block = all.map((one) => `${' '.repeat(indent)}${one}\n`).join('');
        const document = parse(`a: |\n${block}`);
        const text = (document.value as { a: string }).a;
        assert.equal(underlined(document.offsetPlace(['a'], text.indexOf('@mark'), 5)), '@mark');
      }),
    );
  });
});

describe('the place of a value', () => {
  const document = parse('a:\n  b: [1, two]\n  c:\nd: &x { e: 1 }\nf: *x\n');

  test('is the value itself, the key where none is written, the alias where one stands', () => {
    assert.equal(underlined(document.place(['a', 'b', 1])), 'two');
    assert.equal(underlined(document.place(['a', 'c'])), 'c');
    assert.equal(underlined(document.place(['f'])), '*x');
  });

  test('through an alias is where the value is written', () => {
    assert.equal(document.place(['f', 'e']).line, 4);
  });

  test('is that of the nearest parent when there is no such value', () => {
    assert.equal(underlined(document.keyPlace(['a', 'b', 7])), 'b');
    assert.equal(underlined(document.keyPlace(['a', 'missing'])), 'a');
    assert.equal(document.place(['nowhere']).line, 1);
  });

  test('of a key is the key', () => {
    assert.equal(underlined(document.keyPlace(['a', 'b'])), 'b');
  });
});
