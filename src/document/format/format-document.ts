// Formats a document: canonical order of keys, canonical layout, every comment kept. Pure.
//
// Invariant: what is answered says the same as what was given: the same values, the same comments. Where that cannot be
// had, nothing is answered but why.

import { isDeepStrictEqual } from 'node:util';
import type { Document as YamlDocument } from 'yaml';
import { type Finding, hasErrors } from '../../diagnostic/index.ts';
import { commentsOf } from '../comments.ts';
import { composeDocuments } from '../compose.ts';
import type { DocumentKind, Source } from '../document.ts';
import { parseDocument } from '../parse.ts';
import { readTokens } from '../read-tokens.ts';
import { lineStartsOf, mapSource } from '../source-map.ts';
import { returnEndComments } from './end-comments.ts';
import { giveToFirst, keepComments, takeHead } from './place-comments.ts';
import { sortKeys } from './sort-keys.ts';
import { writeBlock } from './write-block.ts';
import { commentLines } from './write-comment.ts';

export interface FormattedDocument {
  /** Absent when the text is left alone; `findings` say why. */
  readonly text?: string;
  readonly findings: readonly Finding[];
}

/** `kind` says the order of keys; without one they stay as they are. */
export function formatDocument(source: Source, kind: DocumentKind | undefined): FormattedDocument {
  const { document, findings } = parseDocument(source);
  if (document === undefined || hasErrors(findings)) return { findings };
  const before = { value: document.value, comments: commentsIn(source.text) };
  // An alias may have to stay behind its anchor: then the keys stay where they are.
  for (const order of [kind, undefined]) {
    const text = write(source, order);
    if (saysTheSame(text, source.file, before)) return { text, findings };
  }
  return {
    findings: [
      ...findings,
      {
        code: 'fmt/left-alone',
        level: 'warning',
        message: `\`${source.file}\` is left as it is: formatting it would change what it says, or lose a comment`,
        fix: 'put comments on lines of their own',
      },
    ],
  };
}

function write(source: Source, kind: DocumentKind | undefined): string {
  const document = compose(source);
  const { contents } = document;
  const head = takeHead(document);
  if (contents === null) return source.text;
  giveToFirst(contents, false);
  keepComments(contents, source.text);
  if (kind !== undefined) sortKeys(contents, kind);
  const start = document.directives?.docStart === true ? ['---'] : [];
  const lines = [
    ...head,
    ...start,
    ...commentLines(contents.commentBefore),
    ...writeBlock(contents, source.text, 0),
    ...commentLines(contents.comment),
  ];
  const end = commentLines(document.comment);
  return `${[...lines, ...(end.length > 0 ? ['', ...end] : [])].join('\n').trim()}\n`;
}

function saysTheSame(
  text: string,
  file: string,
  before: { readonly value: unknown; readonly comments: readonly string[] },
): boolean {
  const { document } = parseDocument({ file, text });
  return (
    document !== undefined &&
    isDeepStrictEqual(document.value, before.value) &&
    isDeepStrictEqual(commentsIn(text), before.comments)
  );
}

/** Sorted: they go where their keys go. */
function commentsIn(text: string): string[] {
  return commentsOf(text)
    .map((comment) => comment.text.trimEnd())
    .sort();
}

function compose(source: Source): YamlDocument.Parsed {
  const { tokens = [] } = readTokens(mapSource(source, lineStartsOf(source.text)));
  returnEndComments(tokens);
  const [document] = composeDocuments(tokens, source.text.length);
  if (document === undefined) throw new Error('a document that was parsed cannot be composed');
  return document;
}
