// Text from files, databases and programs, made harmless for a terminal and for the log of a CI system, which reads
// commands from what is printed.

// C0 and C1 controls, line and paragraph separators, the bidirectional controls that reorder a line, and tag characters,
// which no font shows.
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

// `##[…]`, `##vso[…]` and `##teamcity[…]` count anywhere in a line.
const anywhere = /##(?=\[|vso\[|teamcity\[)/g;

// `::error …::` counts at the beginning of a line, and any space may become one when text is wrapped.
const atStart = /(?<=^|\s)::(?=[a-z])/gi;

/** Control characters become `\x1b`-like escapes, and so does the first character of a workflow command; newline and tab stay. */
export function escapeTerminal(text: string): string {
  return text.replace(unsafe, escaped).replace(anywhere, '#\\x23').replace(atStart, '\\x3a:');
}

/** As `escapeTerminal`, on one line. */
export function escapeLine(text: string): string {
  return escapeTerminal(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');
}

/** The text of a JSON value, harmless in the same way; it still means the same. */
export function escapeJson(json: string): string {
  return json
    .replace(unsafe, (character) => {
      const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
      return units.map((unit) => `\\u${unit}`).join('');
    })
    .replace(anywhere, '#\\u0023');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}
