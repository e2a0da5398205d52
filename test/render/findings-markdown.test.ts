// Markdown for a pull request: the verdict first, and what files say stays text.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding } from '../../src/diagnostic/index.ts';
import { renderFindingsMarkdown } from '../../src/render/index.ts';
import { code, codeBlock, escapeMarkdown, markdownOfMessage } from '../../src/render/markdown.ts';
import { hostileTexts } from './hostile-texts.ts';

const finding: Finding = {
  code: 'runbook/unknown-target',
  level: 'error',
  message: 'step `snapshot` uses target `ordres`, which this runbook does not declare',
  fix: 'did you mean `orders`?',
  place: { file: 'runbooks/nightly.yaml', line: 23, column: 21 },
};

/** What readers of Markdown act on, when it stands where our own markup does not put it. */
const active =
  /@\w|#\d|\bGH-\d|https?:\/\/|www\.|(?<!\\)\]\(|<(?!!-- -->|span>|\/span>|code>|\/code>|br>|sub>|\/sub>|details>|summary>|\/summary>|\/details>)|\$[^<]/;

describe('findings as Markdown', () => {
  test('one is a row with place, message, fix and code under a verdict', () => {
    assert.equal(
      renderFindingsMarkdown([finding], { title: 'Validate', files: 3 }),
      `### Validate

**3 files checked: 1 error, 0 warnings**

| | where | what |
| --- | --- | --- |
| 🔴 error | \`runbooks/nightly.yaml:23:21\` | step \`snapshot\` uses target \`ordres\`, which this runbook does not declare<br>_fix:_ did you mean \`orders\`?<br><sub>\`runbook/unknown-target\`</sub> |
`,
    );
  });

  test('none is one sentence; many are folded, and counted where a comment would be full', () => {
    assert.equal(
      renderFindingsMarkdown([], { title: 'Lint', files: 1 }),
      '### Lint\n\n**1 file checked: no findings**\n',
    );
    const many = renderFindingsMarkdown(Array(250).fill(finding), { title: 'Lint', verdict: 'too many' });
    assert.match(many, /^### Lint\n\n\*\*too many\*\*\n\n<details><summary>250 findings<\/summary>\n\n\| /);
    assert.match(many, /… and 50 more findings\.\n\n<\/details>\n$/);
  });

  test('nothing that a file holds becomes markup, a link, a mention or a reference', () => {
    for (const text of hostileTexts) {
      const shown = renderFindingsMarkdown(
        [
          {
            ...finding,
            message: text,
            fix: text,
            state: text,
            place: { file: text.slice(0, 300), line: 1, column: 1 },
          },
        ],
        { title: text.slice(0, 300), verdict: text.slice(0, 300) },
      );
      assert.equal(shown.trimEnd().split('\n').length, 7, 'one line for the row, whatever it holds');
      const outsideCode = shown.replaceAll(/(?<!\\)`[^`\n]*`/g, '').replaceAll(/<code>[^<]*<\/code>/g, '');
      assert.doesNotMatch(outsideCode, active);
      assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      const row = shown.split('\n')[6] ?? '';
      assert.equal(row.replaceAll(/\\\|/g, '').split('|').length, 5, 'three cells');
    }
  });

  test('text is escaped for what reads it after Markdown, too', () => {
    assert.equal(escapeMarkdown('ask @octocat about #12'), 'ask @<!-- -->octocat about #<!-- -->12');
    assert.equal(escapeMarkdown('https://a.example'), 'https:<!-- -->//a.example');
    assert.equal(escapeMarkdown('1. a'), '1\\. a');
    assert.equal(escapeMarkdown('$x$'), '<span>$</span>x<span>$</span>');
    assert.equal(escapeMarkdown('a\nb'), 'a\\\\nb');
  });

  test('code is to the letter, also with backticks and pipes', () => {
    assert.equal(code('a b'), '`a b`');
    assert.equal(code('a|b`'), '<code>a&#124;b&#96;</code>');
    assert.equal(code(' a'), '<code> a</code>');
    assert.equal(markdownOfMessage('the name `a|b` is *bad*'), 'the name <code>a&#124;b</code> is \\*bad\\*');
    assert.equal(codeBlock('a\n```\nb', 'sql'), '````sql\na\n```\nb\n````');
  });
});
