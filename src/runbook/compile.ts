// Document → runbook: names, types and order. Touches nothing; every finding of the file at once.

import { parseDuration } from '../base/index.ts';
import { compareFindings, type Finding, hasErrors } from '../diagnostic/index.ts';
import type { Document, Path } from '../document/index.ts';
import { createExpressionHost } from '../expression/index.ts';
import { checkExclusive } from './check-exclusive.ts';
import { addFinding, type CompileContext, rawList, rawRecord, rawText } from './compile-context.ts';
import { compileParams, compileSecrets } from './compile-params.ts';
import { compileOutputs, compileRetry, compileStep, type Defaults } from './compile-step.ts';
import { compileTargets } from './compile-targets.ts';
import type { Runbook, Step } from './runbook.ts';
import { explainNames, type KnownStep, type Names, stepScope } from './scope.ts';

export interface CompileRequest {
  /** Valid against the schema of runbooks. */
  readonly document: Document;
  /** Absolute. */
  readonly path: string;
  /** Absolute. */
  readonly projectFolder: string;
}

export interface CompiledRunbook {
  /** Absent when there are errors. */
  readonly runbook?: Runbook;
  /** Sorted by place. */
  readonly findings: readonly Finding[];
}

export function compileRunbook({ document, path, projectFolder }: CompileRequest): CompiledRunbook {
  const context: CompileContext = {
    document,
    findings: [],
    expressions: { host: createExpressionHost(projectFolder) },
  };
  const raw = rawRecord(document.value);
  const params = compileParams(context, raw.params);
  const secrets = compileSecrets(context, raw.secrets);
  const targets = compileTargets(context, raw.targets, params);
  const names: Names = {
    params,
    secrets,
    targets: targets.map(({ name }) => name),
    scratchTargets: targets.flatMap(({ name, isScratch }) => (isScratch ? [name] : [])),
    order: checkIds(context, raw),
  };
  const defaults = compileDefaults(raw.defaults);

  const compileAll = (key: 'preconditions' | 'steps' | 'always', before: readonly KnownStep[]) => {
    let known = before;
    const steps: Step[] = [];
    for (const [index, step] of rawList(raw[key]).entries()) {
      const role = key === 'steps' ? 'step' : key === 'always' ? 'always' : 'precondition';
      const compiled = compileStep({ context, names, defaults, role, path: [key, index], raw: step, known });
      steps.push(compiled.step);
      known = [...known, ...compiled.known];
    }
    return { steps, known };
  };
  const preconditions = compileAll('preconditions', []);
  const steps = compileAll('steps', preconditions.known);
  const always = compileAll('always', steps.known.map(maybeNotRun));
  const outputContext = {
    ...context,
    expressions: { ...context.expressions, ...explainNames(names, steps.known, undefined) },
  };
  const outputs = compileOutputs(outputContext, ['outputs'], raw.outputs, stepScope(names, steps.known), {
    names,
    stepId: '',
    path: [],
  });

  checkExclusive(context, targets, [...steps.steps, ...always.steps]);

  const findings = [...context.findings].sort(compareFindings);
  if (hasErrors(findings)) return { findings };
  const timeoutMs = parseDuration(rawText(raw.timeout) ?? '');
  const name = rawText(raw.name) ?? '';
  const runbook: Runbook = {
    name,
    title: rawText(raw.title) ?? name,
    description: rawText(raw.description) ?? '',
    labels: rawRecord(raw.labels) as Runbook['labels'],
    links: rawRecord(raw.links) as Runbook['links'],
    path,
    file: document.source.file,
    projectFolder,
    files: [{ path, text: document.source.text }],
    params,
    secrets,
    targets,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    preconditions: preconditions.steps,
    steps: steps.steps,
    always: always.steps,
    outputs,
  };
  return { runbook, findings };
}

function compileDefaults(raw: unknown): Defaults {
  const { retry, timeout, onFailure } = rawRecord(raw);
  const timeoutMs = parseDuration(rawText(timeout) ?? '');
  return {
    ...(retry === undefined ? {} : { retry: compileRetry(retry) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onFailure: onFailure === 'abort' ? 'abort' : 'rollback',
  };
}

/** `always` runs whatever happened before, so that nothing before it is sure to have run. */
function maybeNotRun(step: KnownStep): KnownStep {
  return { ...step, whyMissing: step.whyMissing ?? `\`always\` runs also when step \`${step.id}\` did not` };
}

/** Ids in the order in which steps run; one that is used twice is reported at its second place. */
function checkIds(context: CompileContext, raw: ReturnType<typeof rawRecord>): Names['order'] {
  const seen = new Map<string, number>();
  const order: { readonly id: string; readonly kind: KnownStep['kind'] }[] = [];
  const visit = (list: unknown, path: Path, kind: KnownStep['kind']): void => {
    for (const [index, item] of rawList(list).entries()) {
      const record = rawRecord(item);
      const at = [...path, index];
      visit(record.preconditions, [...at, 'preconditions'], 'preconditions');
      const id = rawText(record.id);
      if (id === undefined) continue;
      const place = context.document.place([...at, 'id']);
      const first = seen.get(id);
      if (first === undefined) seen.set(id, place.line);
      else
        addFinding(context, 'runbook/duplicate-id', place, `\`${id}\` is the id of two steps`, {
          fix: `rename one of them; the other is at line ${first}`,
        });
      order.push({ id, kind });
    }
  };
  visit(raw.preconditions, ['preconditions'], 'preconditions');
  visit(raw.steps, ['steps'], 'steps');
  visit(raw.always, ['always'], 'steps');
  return order;
}
