import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clip, displayWidth, wrap } from '../../src/base/index.ts';
import { renderTable } from '../../src/render/index.ts';

describe('table', () => {
  test('columns line up, and a wide character takes two columns', () => {
    const text = renderTable(
      [{ title: 'name' }, { title: 'rows', align: 'right' }],
      [
        ['日本', '7'],
        ['plain', '1,203'],
      ],
      { width: 80, hasColor: false },
    );
    assert.equal(text, 'name    rows\n日本       7\nplain  1,203\n');
  });

  test('only columns that may shrink give way, paths from their beginning', () => {
    const text = renderTable(
      [{ title: 'id' }, { title: 'title', shrink: 'end' }, { title: 'file', shrink: 'start' }],
      [['bak-1', 'a title that is much too long', '/very/long/path/to/some/file.yaml']],
      { width: 40, hasColor: false },
    );
    const [, line = ''] = text.split('\n');
    assert.ok(displayWidth(line) <= 40, line);
    assert.match(line, /^bak-1 {2}a title.*… {2}….*file\.yaml$/);
  });

  test('text from outside cannot move the cursor or start a line', () => {
    const text = renderTable([{ title: 'x' }], [['a\u001b[2Jb\nc']], { width: 80, hasColor: false });
    assert.equal(text, 'x\na\\x1b[2Jb\\nc\n');
  });

  test('an unlimited width clips nothing', () => {
    const long = 'x'.repeat(500);
    const text = renderTable([{ title: 'x', shrink: 'end' }], [[long]], {
      width: Number.POSITIVE_INFINITY,
      hasColor: false,
    });
    assert.ok(text.includes(long));
  });
});

describe('width', () => {
  test('colour codes and combining marks take no room', () => {
    assert.equal(displayWidth('\u001b[31mred\u001b[39m'), 3);
    assert.equal(displayWidth('e\u0301'), 1);
  });

  test('clip never splits a wide character', () => {
    assert.equal(clip('日本語', 4), '日…');
    assert.equal(clip('abcd', 4), 'abcd');
  });

  test('wrap keeps words whole', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('averylongword x', 5), ['averylongword', 'x']);
  });
});
