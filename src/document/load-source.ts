// Loads the text of a file: bytes in, UTF-8 out. Reads nothing else and never follows what the text says.

import { formatSize } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { leadsOut, type OpenedFile, readOrdinaryFile } from './boundary.ts';
import type { Source } from './document.ts';
import { limits } from './limits.ts';

/**
 * The text of the file at `path`, named `shownAs` in findings; a leading byte order mark is skipped. A file of the project
 * `folder` must not lead out of it.
 *
 * Fails with `document/unreadable`, `document/too-large`, `document/not-utf8`, `document/outside-project`.
 */
export function loadSource(path: string, shownAs: string, folder?: string): Source {
  if (folder !== undefined && leadsOut(path, folder)) {
    throw new Failure('document/outside-project', `\`${shownAs}\` leads to a file outside the project`, {
      state: 'the file was not read',
      fix: 'put the file itself into the project, or name it by its own path',
    });
  }
  const bytes = readBytes(path, shownAs);
  try {
    // A TextDecoder drops the byte order mark by itself.
    return { file: shownAs, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    const line = 1 + countLines(bytes, firstBadByte(bytes));
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new Failure('document/not-utf8', `\`${shownAs}\` is not UTF-8${isUtf16 ? ' but UTF-16' : ''}`, {
      place: { file: shownAs, line, column: 1 },
      fix: isUtf16 ? 'save it as UTF-8' : `save it as UTF-8; the first bad byte is in line ${line}`,
      cause,
    });
  }
}

function readBytes(path: string, shownAs: string): Uint8Array {
  const opened = open(path, shownAs);
  switch (opened.kind) {
    case 'file':
      return opened.bytes;
    case 'folder':
      throw new Failure('document/unreadable', `\`${shownAs}\` is a folder, not a file`, {
        fix: `name a file in it, such as \`${shownAs}/daily.yaml\``,
      });
    case 'other':
      throw new Failure('document/unreadable', `\`${shownAs}\` is not an ordinary file`);
    case 'too-large':
      throw new Failure(
        'document/too-large',
        `\`${shownAs}\` has ${formatSize(opened.sizeBytes)}, more than the limit of 1 MiB`,
        { fix: 'put SQL and data into files of their own' },
      );
  }
}

function open(path: string, shownAs: string): OpenedFile {
  try {
    return readOrdinaryFile(path, limits.bytes);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code;
    const said =
      why === 'ENOENT'
        ? `\`${shownAs}\` does not exist`
        : why === 'EACCES'
          ? `\`${shownAs}\` cannot be read: permission denied`
          : `\`${shownAs}\` cannot be read: ${(cause as Error).message}`;
    throw new Failure('document/unreadable', said, { cause });
  }
}

/** Length of the longest prefix that decodes. */
function firstBadByte(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      // `stream` lets a character that the cut divides pass.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}

function countLines(bytes: Uint8Array, end: number): number {
  let lines = 0;
  for (let i = 0; i < end; i++) if (bytes[i] === 0x0a) lines++;
  return lines;
}
