// Declares the stable codes of an area. The whole table is put together in `codes.ts`.

import type { ExitCode } from './exit-code.ts';

export interface CodeEntry {
  /** The exit code of a command that ends with this. */
  readonly exit: ExitCode;
  /** One lower-case sentence: what went wrong, in general. */
  readonly title: string;
  /** For `belay explain` and the error reference: why it happens and what to do, one to three sentences. */
  readonly help: string;
}

export function defineCodes<const T extends Readonly<Record<string, CodeEntry>>>(codes: T): T {
  return codes;
}
