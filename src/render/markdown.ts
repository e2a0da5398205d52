// Text from anywhere inside GitHub-flavoured Markdown: it stays text. It cannot become markup, HTML, a link, a mention
// of a person, a reference to an issue, mathematics or an emoji, and it stays in its table cell.

import { escapeLine } from '../diagnostic/index.ts';

/** What separates two characters for every reader of Markdown and shows nothing. */
const nothing = '<!-- -->';

/**
 * As text of a paragraph or a table cell, on one line.
 *
 * A backslash keeps `@name`, `#1` and `https://` from nothing: their readers look at the text after Markdown is through
 * with it. A comment between the characters does.
 */
export function escapeMarkdown(text: string): string {
  return wellFormed(escapeLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/^(\s*)>/g, '$1&gt;')
    .replaceAll(/[\\`*_{}[\]()+\-!|~=]/g, '\\$&')
    .replaceAll(/^(\s*\d+)([.)])/g, '$1\\$2')
    .replaceAll(/[@#]/g, `$&${nothing}`)
    .replaceAll('$', '<span>$</span>')
    .replaceAll(/\b(GH)(?=\\-\d)/gi, `$1${nothing}`)
    .replaceAll(/\b(www)(?=\.)/gi, `$1${nothing}`)
    .replaceAll(/:(?=\/\/|[\w\\+-]+:)/g, `:${nothing}`)
    .replaceAll(/\b(mailto|xmpp)(?=:)/gi, `$1${nothing}`);
}

/** As code: what it is, to the letter. */
export function code(text: string): string {
  const line = wellFormed(escapeLine(text));
  if (/^[^`|\\]+$/.test(line) && line.trim() === line) return `\`${line}\``;
  // Where backticks cannot hold it, everything that Markdown reads is written by its number.
  return `<code>${line.replaceAll(/[^A-Za-z0-9 .,]/gu, (each) => `&#${each.codePointAt(0) ?? 0};`)}</code>`;
}

/** A message of a finding: names in backticks become code, the rest is text. */
export function markdownOfMessage(message: string): string {
  return message
    .split(/(`[^`\n]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : escapeMarkdown(part)))
    .join('');
}

/** A block of code, fenced so that nothing in it ends the fence. */
export function codeBlock(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${wellFormed(escapeTerminalLines(text))}\n${fence}`;
}

function escapeTerminalLines(text: string): string {
  return text.split('\n').map(escapeLine).join('\n');
}

function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
