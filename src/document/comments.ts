// The comments of a YAML text: what stands in a value is none, whatever it looks like.

import { Lexer } from 'yaml';

export interface Comment {
  /** Of its `#`. */
  readonly offset: number;
  readonly text: string;
}

/** Lexemes that mark a place and are no part of the text. */
const marks = new Set(['\u0002', '\u0018', '\u001f']);

export function commentsOf(text: string): Comment[] {
  const comments: Comment[] = [];
  let offset = 0;
  let previous = '';
  for (const lexeme of new Lexer().lex(text)) {
    // The lexeme after a start-of-scalar mark is text, whatever it begins with.
    if (previous !== '\u001f' && lexeme.startsWith('#')) comments.push({ offset, text: lexeme });
    previous = lexeme;
    if (!marks.has(lexeme)) offset += lexeme.length;
  }
  return comments;
}
