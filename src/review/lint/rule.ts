// The contract of a rule: what it looks for, why that matters, and one example on each side of the line.

import type { Code, Level, Place } from '../../diagnostic/index.ts';
import type { LintContext } from './context.ts';

export type LintCode = Extract<Code, `lint/${string}`>;

/** Each holds all rules of those before it. */
export const profiles = ['basic', 'safety', 'production'] as const;
export type Profile = (typeof profiles)[number];

export interface Rule {
  readonly code: LintCode;
  readonly severity: Level;
  /** The smallest profile that has it. */
  readonly profile: Profile;
  /** Complete small files: `bad` is found, `good` is not. */
  readonly bad: Example;
  readonly good: Example;
  check(context: LintContext): Iterable<Found>;
}

export interface Example {
  /** A runbook, or an SQL file as `sqlite.migrate` applies it. */
  readonly kind: 'runbook' | 'sql';
  readonly text: string;
  /** What else lies in the project, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** CREATE statements of the database, where the rule needs to know it. */
  readonly schema?: readonly string[];
}

export interface Found {
  readonly place: Place;
  /** What happens, and in one clause why it matters. */
  readonly message: string;
  /** One edit. */
  readonly fix: string;
  /** Where this case is less, or more, than the rule usually is. */
  readonly level?: Level;
}

export function defineRule(rule: Rule): Rule {
  return rule;
}

export function isInProfile(rule: Pick<Rule, 'profile'>, profile: Profile): boolean {
  return profiles.indexOf(rule.profile) <= profiles.indexOf(profile);
}

/** A runbook around these steps, with a target `db`. */
export function runbookExample(
  steps: string,
  { targets = '  db: { driver: sqlite, path: ./app.db }', top = '', ...more }: RunbookExampleOptions = {},
): Example {
  const head = `apiVersion: belay/v1\nname: example\n${top}targets:\n${targets}\nsteps:\n`;
  return { kind: 'runbook', text: `${head}${steps.trimEnd()}\n`, ...more };
}

interface RunbookExampleOptions extends Partial<Pick<Example, 'files' | 'schema'>> {
  readonly targets?: string;
  /** Keys before `targets`, each line complete. */
  readonly top?: string;
}

export function sqlExample(text: string, more: Partial<Pick<Example, 'schema'>> = {}): Example {
  return { kind: 'sql', text: `${text.trim()}\n`, ...more };
}
