import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDocument } from '../../src/document/index.ts';

function codesOf(text: string): string[] {
  return parseDocument({ file: 'x.yaml', text }).findings.map(({ code }) => code);
}

function read(text: string): unknown {
  const { document, findings } = parseDocument({ file: 'x.yaml', text });
  assert.deepEqual(findings, []);
  assert.ok(document);
  return document.value;
}

describe('a document', () => {
  test('has the values of YAML 1.2, not of 1.1', () => {
    assert.deepEqual(read('a: yes\nb: 12:30\nc: 2026-01-01\nd: 0o14\ne: 1_000\nf: ~\ng: on\n'), {
      a: 'yes',
      b: '12:30',
      c: '2026-01-01',
      d: 12,
      e: '1_000',
      f: null,
      g: 'on',
    });
  });

  test('may say that it is YAML 1.2', () => {
    assert.deepEqual(read('%YAML 1.2\n---\na: 1\n'), { a: 1 });
  });

  test('shares aliased values, and builds them once', () => {
    const value = read('a: &a [1, 2]\nb: *a\nc: *a\n') as Record<string, unknown>;
    assert.deepEqual(value.b, [1, 2]);
    assert.equal(value.b, value.c);
  });

  test('may hold twenty aliases and not one more', () => {
    const withAliases = (count: number) => `a: &a 1\nb: [${Array(count).fill('*a').join(', ')}]\n`;
    assert.deepEqual(codesOf(withAliases(20)), []);
    assert.deepEqual(codesOf(withAliases(21)), ['document/too-many-aliases']);
  });

  test('may be 64 levels deep and not one more, in brackets as in blocks', () => {
    const inBrackets = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}\n`;
    const inBlocks = (depth: number) => `${'- '.repeat(depth)}x\n`;
    assert.deepEqual(codesOf(inBrackets(64)), []);
    assert.deepEqual(codesOf(inBrackets(65)), ['document/too-deep']);
    assert.deepEqual(codesOf(inBlocks(64)), []);
    assert.deepEqual(codesOf(inBlocks(65)), ['document/too-deep']);
  });

  test('does not choke on a megabyte of brackets', () => {
    for (const unit of ['[', '{a: ', '- ', '? ', '*a ', 'a: 012\n']) {
      const text = unit.repeat(Math.floor((1024 * 1024) / unit.length));
      const { document, findings } = parseDocument({ file: 'x.yaml', text });
      assert.equal(document, undefined);
      assert.ok(findings.length > 0, `\`${unit}\` repeated`);
    }
  });

  test('text that looks like markup is text inside quotes, blocks and words', () => {
    assert.deepEqual(read('a: "!x *y &z"\nb: |\n  !tag\n  *alias\n  %YAML 1.1\nc: not!a *tag\n'), {
      a: '!x *y &z',
      b: '!tag\n*alias\n%YAML 1.1\n',
      c: 'not!a *tag',
    });
  });

  test('reports everything that is wrong with its values, sorted by place', () => {
    const text = 'a: 012\nb: !!int 3\nc: *none\nd: 1\nd: 2\n<<: {}\n';
    assert.deepEqual(codesOf(text), [
      'document/leading-zero',
      'document/tag',
      'document/unknown-alias',
      'document/duplicate-key',
      'document/merge-key',
    ]);
  });

  test('is nothing when a comment is all there is', () => {
    for (const text of ['', '\n\n', '# only this', '---\n', '---\n...\n'])
      assert.deepEqual(codesOf(text), ['document/empty'], JSON.stringify(text));
  });

  test('an unquoted integer beyond 2^53 is refused in every notation, a quoted one is text', () => {
    for (const number of [
      '9007199254740993',
      '-9007199254740993',
      '0x20000000000001',
      '0o400000000000000001',
    ])
      assert.deepEqual(codesOf(`a: ${number}\n`), ['document/integer-too-large'], number);
    assert.deepEqual(read('a: "9007199254740993"\nb: 9007199254740991\n'), {
      a: '9007199254740993',
      b: 9007199254740991,
    });
  });
});
