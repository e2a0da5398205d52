import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { displayWidth } from '../../src/base/index.ts';
import type { Finding } from '../../src/diagnostic/index.ts';
import { renderFindings } from '../../src/render/index.ts';

function finding(text: string, marked: string, more: Partial<Finding> = {}): Finding {
  return {
    code: 'document/unknown-key',
    level: 'error',
    message: 'unknown key `x`',
    place: { file: 'a.yaml', line: 12, column: text.indexOf(marked) + 1, length: marked.length, text },
    ...more,
  };
}

/** Source line and caret line of a rendered finding. */
function lines(one: Finding, width = 80): { source: string; caret: string } {
  const all = renderFindings([one], { width, hasColor: false }).split('\n');
  return { source: all[3] ?? '', caret: all[4] ?? '' };
}

describe('a finding as text', () => {
  test('says what, where, state and fix in one form', () => {
    const shown = renderFindings(
      [
        finding('    with: { target: ordres }', 'ordres', {
          label: 'not under `targets`',
          state: 'nothing was started',
          fix: 'did you mean `orders`?',
        }),
      ],
      { width: 80, hasColor: false },
    );
    assert.equal(
      shown,
      `error[document/unknown-key]: unknown key \`x\`
  --> a.yaml:12:21
   |
12 |     with: { target: ordres }
   |                     ^^^^^^ not under \`targets\`
state: nothing was started
fix: did you mean \`orders\`?
`,
    );
  });

  test('without a place or a source line leaves them out', () => {
    const { place: _place, ...bare } = finding('a', 'a');
    assert.equal(
      renderFindings([bare], { width: 80, hasColor: false }),
      'error[document/unknown-key]: unknown key `x`\n',
    );
    const shown = renderFindings([{ ...bare, place: { file: 'a.yaml', line: 1, column: 1 } }], {
      width: 80,
      hasColor: false,
    });
    assert.equal(shown, 'error[document/unknown-key]: unknown key `x`\n --> a.yaml:1:1\n');
  });

  test('breaks a long sentence between words where somebody is looking, and nowhere else', () => {
    const { place: _place, ...bare } = finding('a', 'a', { message: 'one two three four\nfive' });
    const screen = { width: 40, hasColor: false };
    assert.equal(
      renderFindings([bare], { ...screen, isInteractive: true }),
      'error[document/unknown-key]: one two\n  three four\n  five\n',
    );
    assert.equal(renderFindings([bare], screen), 'error[document/unknown-key]: one two three four\n  five\n');
  });

  test('puts the caret under wide, combined and joined characters', () => {
    for (const before of ['日本語: ', 'e\u0301te\u0301: ', '👩‍👩‍👧: ', '한국어 ｆｕｌｌ: ', '\t\t- ']) {
      const { source, caret } = lines(finding(`${before}mark`, 'mark'));
      const at = source.indexOf('mark');
      const width = before.includes('👩') ? '12 | xx: '.length : displayWidth(source.slice(0, at));
      assert.equal(caret.indexOf('^'), width, before);
      assert.equal(caret.trimEnd().length - caret.indexOf('^'), 4);
    }
  });

  test('underlines wide characters whole', () => {
    assert.match(lines(finding('a: 日本', '日本')).caret, /\| {4}\^\^\^\^$/);
  });

  test('clips a long line around the caret to the width', () => {
    for (const column of [0, 300, 990]) {
      const text = `${'a'.repeat(column)}mark${'b'.repeat(1000 - column)}`;
      for (const width of [40, 80, 200]) {
        const { source, caret } = lines(finding(text, 'mark'), width);
        assert.ok(displayWidth(source) <= width, `${displayWidth(source)} columns of ${width}`);
        assert.equal(source.slice(caret.indexOf('^'), caret.indexOf('^') + 4), 'mark');
        assert.equal(source.includes('…'), true);
      }
    }
  });

  test('clips wide characters without cutting one in half', () => {
    const text = `${'日'.repeat(200)}mark${'本'.repeat(200)}`;
    const { source } = lines(finding(text, 'mark'), 60);
    assert.ok(displayWidth(source) <= 60);
    assert.ok(source.includes('mark'));
  });

  test('shows control characters as escapes, and the caret after them in its place', () => {
    const { source, caret } = lines(finding('a: \u001b[31mred\u202e mark', 'mark'));
    assert.equal(source.includes('\u001b'), false);
    assert.match(source, /\\x1b\[31mred\\u202e/);
    assert.equal(source.slice(caret.indexOf('^')), 'mark');
    const shown = renderFindings(
      [finding('a', 'a', { message: 'bad \u001b]0;title\u0007', fix: 'do \u001b[2J' })],
      { width: 80, hasColor: false },
    );
    assert.doesNotMatch(shown, /[\u001b\u0007]/);
  });

  test('a newline in a name cannot forge a second finding', () => {
    const shown = renderFindings([finding('a', 'a', { message: 'key `x\nfix: rm -rf /`' })], {
      width: 80,
      hasColor: false,
    });
    assert.doesNotMatch(shown, /^fix: rm/m);
  });

  test('with colour says the same', () => {
    const one = finding('a: mark', 'mark', { fix: 'x' });
    const colored = renderFindings([one], { width: 80, hasColor: true });
    assert.match(colored, /\u001b\[/);
    assert.equal(
      colored.replaceAll(/\u001b\[[0-9;]*m/g, ''),
      renderFindings([one], { width: 80, hasColor: false }),
    );
  });

  test('separates findings by an empty line', () => {
    const one = finding('a', 'a');
    assert.equal(renderFindings([one, one], { width: 80, hasColor: false }).split('\n\n').length, 2);
    assert.equal(renderFindings([], { width: 80, hasColor: false }), '');
  });
});
