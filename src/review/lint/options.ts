// What lint is asked, and what it answers.

import type { Finding } from '../../diagnostic/index.ts';
import type { Project } from '../../project/index.ts';
import type { Ignored } from './ignores.ts';
import type { Profile } from './rule.ts';

export interface LintOptions {
  readonly profile: Profile;
  /** For what environments demand and where catalogue targets lie. */
  readonly project?: Project;
  /** CREATE statements of the real database; without them a schema is assumed. */
  readonly schema?: readonly string[];
  /** Absolute folder that shown paths are relative to. */
  readonly shownFrom: string;
}

export interface LintResult {
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** What comments with a reason have kept out of them. */
  readonly ignored: readonly Ignored[];
}
