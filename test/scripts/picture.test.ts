// The pictures of the documentation: colours and text of a capture come through, nothing else of it does.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { drawSvg } from '../../scripts/picture/draw-svg.ts';
import { palette, parseAnsi } from '../../scripts/picture/parse-ansi.ts';

const esc = '\x1b';

describe('a terminal capture', () => {
  test('keeps text, column and style, over the end of a line too', () => {
    const [first, second] = parseAnsi(`a ${esc}[32m✔${esc}[39m ${esc}[1;2mb\nc${esc}[0md\n\n`);
    assert.deepEqual(
      first?.map(({ text, column, style }) => [text, column, style.color, style.isBold, style.isDim]),
      [
        ['a ', 0, undefined, false, false],
        ['✔', 2, palette[2], false, false],
        [' ', 3, undefined, false, false],
        ['b', 4, undefined, true, true],
      ],
    );
    assert.deepEqual(
      second?.map(({ text, style }) => [text, style.isBold]),
      [
        ['c', true],
        ['d', false],
      ],
    );
  });

  test('reads the colours of 256 and of 24 bits', () => {
    const [spans] = parseAnsi(`${esc}[38;5;9mx${esc}[38;2;1;2;255my${esc}[91mz`);
    assert.deepEqual(
      spans?.map(({ style }) => style.color),
      [palette[9], '#0102ff', palette[9]],
    );
  });

  test('drops every other control character', () => {
    const text = parseAnsi(`${esc}[2J${esc}[1;1Ha\x07b\x00\r\n`)
      .flat()
      .map((span) => span.text)
      .join('');
    assert.equal(text, 'ab');
  });

  test('becomes SVG that text cannot break out of', () => {
    const svg = drawSvg('<script>&"</script>', 'a < b');
    assert.doesNotMatch(svg, /<script>/);
    assert.match(svg, /&lt;script&gt;&amp;&quot;&lt;\/script&gt;/);
    assert.match(svg, /<title>a &lt; b<\/title>/);
  });
});
