// Bytes of a program to masked text, in whole lines, as they come. A secret is masked also when it arrives in pieces;
// no unmasked character leaves this file.

import { StringDecoder } from 'node:string_decoder';
import type { Masker } from '../base/index.ts';

/** A line longer than this is passed on in parts. */
const longLine = 64 * 1024;

export interface MaskedLines {
  push(chunk: Uint8Array): void;
  /** What is left, also without a line break. */
  end(): void;
}

export function createMaskedLines(masker: Masker, emit: (text: string) => void): MaskedLines {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  const pass = (cut: number) => {
    if (cut <= 0) return;
    emit(masker(pending.slice(0, cut)));
    pending = pending.slice(cut);
  };
  return {
    push(chunk) {
      pending += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      pass(safeCut(pending, masker));
    },
    end() {
      pending += decoder.end();
      pass(pending.length);
    },
  };
}

/** Up to where `text` can be passed on: the end of a line, and not inside a secret, come or still coming. */
function safeCut(text: string, masker: Masker): number {
  // A secret of several lines may have begun in the last of these characters.
  const whole = masker.spansLines ? text.length - masker.longest : text.length;
  const line = text.lastIndexOf('\n', whole - 1) + 1;
  if (line > 0 && whole > 0 && isBetweenSecrets(text, line, masker)) return line;
  if (text.length < longLine + masker.longest) return 0;
  for (let cut = text.length - masker.longest; cut > 0; cut -= Math.max(1, masker.longest))
    if (isBetweenSecrets(text, cut, masker)) return cut;
  return 0;
}

function isBetweenSecrets(text: string, cut: number, masker: Masker): boolean {
  // Around the cut only: a secret that crosses it lies within its longest form on either side.
  const around = text.slice(Math.max(0, cut - masker.longest), cut + masker.longest);
  const at = Math.min(cut, masker.longest);
  return masker(around) === masker(around.slice(0, at)) + masker(around.slice(at));
}
