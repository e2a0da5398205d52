// What a rule sees: one runbook with the SQL that it names, or one SQL file. Values only; nothing is opened by a rule.

import type { Place } from '../../diagnostic/index.ts';
import type { Document } from '../../document/index.ts';
import type { Project } from '../../project/index.ts';
import type { Runbook, Step, TemplateTree } from '../../runbook/index.ts';
import { isTemplate } from '../../runbook/index.ts';
import type { SqlReading, TableShape } from '../sql/index.ts';

export interface LintContext {
  /** Absent for an SQL file that was given by itself. */
  readonly runbook?: Runbook;
  /** In the order in which they run. */
  readonly steps: readonly StepAt[];
  readonly sql: readonly SqlText[];
  readonly project?: Project;
  /** The schema is that of a real database: what it does not have does not exist. */
  readonly hasSchema: boolean;
  /** Of the database, before the first SQL; undefined when nothing is known of it. */
  table(name: string): TableShape | undefined;
  readonly tables: readonly string[];
}

export interface StepAt {
  readonly step: Step;
  readonly role: 'precondition' | 'step' | 'always';
  /** In the document. */
  readonly path: readonly (string | number)[];
}

export interface SqlText {
  readonly role: /** Only reads: `sqlite.query`, `sqlite.export`. */
    | 'query'
    /** `sqlite.execute`. */
    | 'execute'
    /** The predicate of a `sqlite.prune`, read as its DELETE. */
    | 'prune'
    | 'migration'
    /** Takes a migration back. */
    | 'down';
  readonly reading: SqlReading;
  /** A place in the file that it stands in. */
  place(offset: number, length: number): Place;
  readonly step?: Step;
  /** Where the values of its parameters stand in `with`. */
  readonly params?: TemplateTree;
  /** Bounds on changed rows were declared. */
  readonly isChangeBounded: boolean;
  /** The runner takes `PRAGMA foreign_keys = OFF` out of the text and sets it before BEGIN. */
  readonly foreignKeysOff: boolean;
  /** `params` are bound, so that only one statement may stand here. */
  readonly isSingle: boolean;
}

/** What a rule is given beside the runbook, to find places inside texts. */
export type DocumentOf = () => Document | undefined;

/** The value of a key of `with` that is written out; undefined when it is computed or absent. */
export function constantAt(tree: TemplateTree | undefined, ...keys: readonly (string | number)[]): unknown {
  let at: TemplateTree | undefined = tree;
  for (const key of keys) {
    if (at === undefined || isTemplate(at)) return undefined;
    at = (at as Readonly<Record<string | number, TemplateTree | undefined>>)[key];
  }
  return at === undefined ? undefined : constantOf(at);
}

function constantOf(tree: TemplateTree): unknown {
  if (isTemplate(tree)) return tree.kind === 'constant' ? tree.evaluate({}) : undefined;
  if (Array.isArray(tree)) return tree.map((each: TemplateTree) => constantOf(each));
  return Object.fromEntries(
    Object.entries(tree as Readonly<Record<string, TemplateTree>>).map(([key, each]) => [
      key,
      constantOf(each),
    ]),
  );
}

export function textAt(
  tree: TemplateTree | undefined,
  ...keys: readonly (string | number)[]
): string | undefined {
  const value = constantAt(tree, ...keys);
  return typeof value === 'string' ? value : undefined;
}

/** Whether the key is written at all, computed or not. */
export function hasKey(tree: TemplateTree | undefined, key: string): boolean {
  return (
    tree !== undefined && !isTemplate(tree) && Object.hasOwn(tree, key) && constantAt(tree, key) !== null
  );
}

/** The place of a key below a step, else of the step. */
export function placeOf(step: Step, ...pointers: readonly string[]): Place {
  return pointers.map((pointer) => step.places[pointer]).find((place) => place !== undefined) ?? step.place;
}
