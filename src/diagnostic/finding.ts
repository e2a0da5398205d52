// A finding: something a stage has to say about a place in a file. Findings are data; renderers show them.

import { type Code, codes } from './codes.ts';
import type { ExitCode } from './exit-code.ts';

/** A place in a text file. Lines and columns count from 1; columns count UTF-16 code units. */
export interface Place {
  /** As shown: relative to the working folder when below it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline, at least 1. */
  readonly length?: number;
  /** The source line, for the caret. */
  readonly text?: string;
}

export type Level = 'error' | 'warning' | 'info';

export interface Finding {
  readonly code: Code;
  readonly level: Level;
  /** One lower-case sentence without full stop, user's names in backticks, expected against found. */
  readonly message: string;
  readonly place?: Place;
  /** Said under the caret. */
  readonly label?: string;
  /** What was and was not changed; for run-time failures. */
  readonly state?: string;
  /** One command or edit. */
  readonly fix?: string;
}

/** By file, line, column, then code: the order in which findings are shown. */
export function compareFindings(a: Finding, b: Finding): number {
  const [x, y] = [a.place, b.place];
  if (!x || !y) return (x ? 1 : 0) - (y ? 1 : 0) || a.code.localeCompare(b.code);
  return (
    (x.file < y.file ? -1 : x.file > y.file ? 1 : 0) ||
    x.line - y.line ||
    x.column - y.column ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.level === 'error');
}

export interface FailureOptions {
  readonly place?: Place;
  readonly state?: string;
  readonly fix?: string;
  readonly cause?: unknown;
  /** Overrides the exit code of the table, when the same fault means less or more here. */
  readonly exit?: ExitCode;
  /** Facts for `--output json` and the journal. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The one error that Belay throws: a finding that stops something.
 *
 * Callers branch on `code`, never on the message. Anything else that is thrown is a defect.
 */
export class Failure extends Error {
  readonly code: Code;
  readonly place: Place | undefined;
  readonly state: string | undefined;
  readonly fix: string | undefined;
  readonly exit: ExitCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: Code, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.place = options.place;
    this.state = options.state;
    this.fix = options.fix;
    this.exit = options.exit ?? codes[code].exit;
    this.details = options.details;
  }

  toFinding(level: Level = 'error'): Finding {
    return {
      code: this.code,
      level,
      message: this.message,
      ...(this.place ? { place: this.place } : {}),
      ...(this.state ? { state: this.state } : {}),
      ...(this.fix ? { fix: this.fix } : {}),
    };
  }
}

/** Thrown by a stage that found errors: carries all of them, sorted. */
export class FindingsFailure extends Error {
  readonly findings: readonly Finding[];
  readonly exit: ExitCode;
  constructor(findings: readonly Finding[], exit: ExitCode) {
    super(findings[0]?.message ?? 'findings');
    this.name = 'FindingsFailure';
    this.findings = [...findings].sort(compareFindings);
    this.exit = exit;
  }
}
