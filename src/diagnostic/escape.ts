// Text from files, databases and programs, made harmless for a terminal.

// C0 and C1 controls, line and paragraph separators, and the bidirectional controls that reorder a line.
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Control characters become `\x1b`-like escapes; newline and tab stay. */
export function escapeTerminal(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** As `escapeTerminal`, on one line. */
export function escapeLine(text: string): string {
  return escapeTerminal(text).replaceAll('\n', '\\n').replaceAll('\t', ' ');
}
