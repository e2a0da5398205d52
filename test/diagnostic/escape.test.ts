// Text from anywhere, made harmless for a terminal and for the log of a CI system.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { escapeJson, escapeLine, escapeTerminal } from '../../src/diagnostic/index.ts';

const drivesTerminal =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;
const drivesLog = /(?:^|\s)::[a-z]|##(?:\[|vso\[|teamcity\[)/i;

describe('escaping', () => {
  test('shows control characters, also those that no font shows', () => {
    assert.equal(
      escapeTerminal('\u001b[31m\u009b\u202e\u{e0041}\u200f'),
      '\\x1b[31m\\x9b\\u202e\\u{e0041}\\u200f',
    );
    assert.equal(escapeTerminal('a\n\tb'), 'a\n\tb');
    assert.equal(escapeLine('a\n\tb'), 'a\\n b');
  });

  test('takes its first character from a command of a CI system, wherever a line of it may begin', () => {
    assert.equal(escapeTerminal('::error::x'), '\\x3a:error::x');
    assert.equal(escapeTerminal('a\n  ::set-output name=x::y'), 'a\n  \\x3a:set-output name=x::y');
    assert.equal(escapeTerminal('wraps here ::warning::x'), 'wraps here \\x3a:warning::x');
    assert.equal(
      escapeTerminal('a ##[add-mask]b ##vso[x] ##teamcity[y]'),
      'a #\\x23[add-mask]b #\\x23vso[x] #\\x23teamcity[y]',
    );
  });

  test('leaves alone what only looks like one', () => {
    for (const text of ['a::b', 'std::vector', 'x::text', '## heading', ':: x', '#[a]'])
      assert.equal(escapeTerminal(text), text);
  });

  test('nothing gets through, and JSON still means the same', () => {
    const pieces = fc.constantFrom(
      '::',
      '##',
      '[',
      'vso[',
      'error',
      ' ',
      '\n',
      '\u001b',
      '\u202e',
      '#',
      ':',
      '\u{e0001}',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        assert.doesNotMatch(escapeTerminal(text), drivesTerminal);
        assert.doesNotMatch(escapeTerminal(text), drivesLog);
        const json = escapeJson(JSON.stringify({ text }));
        assert.doesNotMatch(json, drivesTerminal);
        assert.doesNotMatch(json, /##(?:\[|vso\[|teamcity\[)/);
        assert.equal(JSON.parse(json).text, text);
      }),
    );
  });
});
