// A test case of a runbook, as its file declares it, with the places that its findings point at. Plain values.

import type { Place } from '../../diagnostic/index.ts';
import type { FixtureBackup, FixtureDeclaration, StubDeclaration } from '../../project/index.ts';
import type { Runbook } from '../../runbook/index.ts';

export interface CaseFile {
  /** As shown. */
  readonly file: string;
  readonly runbook: Runbook;
  readonly cases: readonly TestCase[];
}

export interface TestCase {
  readonly name: string;
  readonly place: Place;
  readonly fixtures: readonly FixtureDeclaration[];
  readonly backups: readonly FixtureBackup[];
  readonly stubs: readonly StubDeclaration[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly paramPlace: (name: string) => Place;
  /** By step. */
  readonly answers: ReadonlyMap<string, Answer>;
  readonly now?: Date;
  readonly expect: Expectation;
}

export interface Answer {
  /** `yes` and `no` stand for true and false. */
  readonly given: string;
  readonly place: Place;
}

export interface Expectation {
  readonly exit: Placed<number>;
  /** What the message or the code of the failure contains. */
  readonly failure?: Placed<string>;
  readonly states: readonly (Placed<string> & { readonly step: string })[];
  readonly outputs: readonly (Placed<unknown> & { readonly name: string })[];
  readonly rows: readonly (Placed<unknown> & { readonly target: string; readonly sql: string })[];
}

export interface Placed<T> {
  readonly value: T;
  readonly place: Place;
}
