// The first event of a run: what was asked, by whom, of which targets, with pinned copies of every file it reads.

import { realpathSync, statSync } from 'node:fs';
import type { JsonObject, Value } from '../base/index.ts';
import { type Person, thisPerson } from '../gate/index.ts';
import type { RecordedSource, RecordedStep, RecordedTarget, RunEvent } from '../journal/index.ts';
import { digestOf, protectionStep, type ResolvedRun, targetsToProtect, toPlain } from '../plan/index.ts';
import { operatorName, thisProcess, upNow } from '../process/index.ts';
import type { Step } from '../runbook/index.ts';
import { realPathOf } from '../target/index.ts';
import type { RunRequest } from './request.ts';

export function startedEvent(
  request: RunRequest,
  masker: (text: string) => string,
  sources: readonly RecordedSource[] | undefined,
): Extract<RunEvent, { type: 'run-started' }> {
  const { resolved } = request;
  const self = thisProcess();
  const params = JSON.parse(JSON.stringify(toPlain(resolved.params as Value)), (_, each: unknown) =>
    typeof each === 'string' ? masker(each) : each,
  ) as JsonObject;
  return {
    type: 'run-started',
    runbook: resolved.runbook.name,
    title: resolved.runbook.title,
    file: resolved.runbook.file,
    digest: request.planned?.digest ?? digestOf(resolved, params, {}).digest,
    command: request.command.map(masker),
    workingFolder: request.workingFolder,
    ...(resolved.environment === undefined ? {} : { environment: resolved.environment }),
    params,
    targets: resolved.targets.map(recordedTarget),
    steps: recordedSteps(resolved),
    operator: operatorName(),
    ...identityOf(thisPerson(request.env)),
    host: self.host,
    ...upNow(),
    pid: self.pid,
    processStart: self.processStart,
    version: request.version,
    files: resolved.files,
    ...(sources === undefined ? {} : { sources }),
    ...(request.planned === undefined ? {} : { isPlanned: true }),
  };
}

function identityOf({ uid, sudoUid }: Person): { readonly uid: number; readonly sudoUid?: number } {
  return { uid, ...(sudoUid === undefined ? {} : { sudoUid }) };
}

/** By name only: nothing is opened, so no lock of anybody is disturbed. */
function recordedTarget(spec: ResolvedRun['targets'][number]): RecordedTarget {
  const base = { name: spec.name, driver: spec.driver };
  try {
    const realPath = realpathSync(spec.path);
    const stat = statSync(realPath, { bigint: true });
    return {
      ...base,
      realPath,
      device: String(stat.dev),
      inode: String(stat.ino),
      sizeBytes: Number(stat.size),
    };
  } catch {
    return { ...base, realPath: realPathOf(spec.path), device: '', inode: '', sizeBytes: 0 };
  }
}

/** In the order in which they come up: the engine's backups stand before the first change. */
function recordedSteps({ runbook, targets }: ResolvedRun): RecordedStep[] {
  const { preconditions, steps, always } = runbook;
  const known = new Set<string>();
  const isNew = (target: string): boolean => !known.has(target) && known.add(target).has(target);
  return [
    ...preconditions.map((step) => recordedStep(step, 'precondition')),
    ...steps.flatMap((step) => [
      ...targetsToProtect(step, steps, targets)
        .filter(isNew)
        .map((target) => protection(target, runbook.file)),
      ...withPreconditions(step, 'step'),
    ]),
    ...always.flatMap((step) => withPreconditions(step, 'always')),
  ];
}

function withPreconditions(step: Step, kind: 'step' | 'always'): RecordedStep[] {
  return [...step.preconditions.map((each) => recordedStep(each, 'precondition')), recordedStep(step, kind)];
}

function recordedStep(step: Step, kind: RecordedStep['kind']): RecordedStep {
  const [target] = step.targets;
  return {
    id: step.id,
    kind,
    title: step.title,
    ...(step.action === undefined ? {} : { action: step.action }),
    effect: step.effect,
    ...(target === undefined ? {} : { target }),
    place: `${step.place.file}:${step.place.line}`,
  };
}

function protection(target: string, file: string): RecordedStep {
  return {
    id: protectionStep(target),
    kind: 'engine',
    title: `Back up ${target} before the first change`,
    action: 'backup.create',
    effect: 'maintain',
    target,
    place: file,
  };
}
