// One side of a comparison: a runbook that compiles, with its document for places and what is written, and its steps
// in the order in which they run. Built from text; touches nothing.

import { type AnyAction, actionOf } from '../../action/index.ts';
import { isRecord } from '../../base/index.ts';
import { type Finding, hasErrors, type Place } from '../../diagnostic/index.ts';
import {
  type Document,
  type Path,
  parseDocument,
  type Source,
  validateDocument,
} from '../../document/index.ts';
import { compileRunbook, type Runbook, type Step } from '../../runbook/index.ts';

export type Written = Readonly<Record<string, unknown>>;

export interface RunbookSide {
  readonly runbook: Runbook;
  readonly document: Document;
  /** As written, with aliases resolved. */
  readonly written: Written;
  /** Preconditions, steps with their own preconditions before them, `always`. */
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly id: string;
  readonly role: 'precondition' | 'step' | 'always';
  /** Of a precondition: the step that it stands in. */
  readonly owner?: string;
  readonly compiled: Step;
  readonly written: Written;
  readonly action?: AnyAction;
  /** The place of what stands at `below` in the step, or of the nearest that exists. */
  place(...below: Path): Place;
  /** The place of `offset` characters into the text at `below`. */
  placeIn(below: Path, offset: number, length: number): Place;
}

export interface CompiledSide {
  readonly side?: RunbookSide;
  /** Errors, when there is no side. */
  readonly findings: readonly Finding[];
}

export interface SideRequest {
  readonly source: Source;
  /** Absolute; may be made up, the same on both sides. */
  readonly path: string;
  readonly projectFolder: string;
}

export function compileSide({ source, path, projectFolder }: SideRequest): CompiledSide {
  const { document, findings } = parseDocument(source);
  if (!document || hasErrors(findings)) return { findings };
  const invalid = validateDocument(document, 'runbook');
  if (hasErrors(invalid)) return { findings: invalid };
  const compiled = compileRunbook({ document, path, projectFolder });
  if (compiled.runbook === undefined) return { findings: compiled.findings };
  return { side: sideOf(compiled.runbook, document), findings: [] };
}

export function record(value: unknown): Written {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function sideOf(runbook: Runbook, document: Document): RunbookSide {
  const written = record(document.value);
  const steps: StepView[] = [];
  const visit = (
    compiled: readonly Step[],
    raw: unknown,
    path: Path,
    role: StepView['role'],
    owner?: string,
  ) => {
    for (const [index, step] of compiled.entries()) {
      const own = record(list(raw)[index]);
      const at = [...path, index];
      visit(step.preconditions, own.preconditions, [...at, 'preconditions'], 'precondition', step.id);
      const action = step.action === undefined ? undefined : actionOf(step.action);
      steps.push({
        id: step.id,
        role,
        ...(owner === undefined ? {} : { owner }),
        compiled: step,
        written: own,
        ...(action === undefined ? {} : { action }),
        place: (...below) => (below.length === 0 ? step.place : document.keyPlace([...at, ...below])),
        placeIn: (below, offset, length) => document.offsetPlace([...at, ...below], offset, length),
      });
    }
  };
  visit(runbook.preconditions, written.preconditions, ['preconditions'], 'precondition');
  visit(runbook.steps, written.steps, ['steps'], 'step');
  visit(runbook.always, written.always, ['always'], 'always');
  return { runbook, document, written, steps };
}
