// Document → findings, against the schema of its kind. For a runbook the `with` of every step is validated by the
// schema of its action, so that errors are exact and only one file of validators is loaded.

import { Duration, isRecord, nearestName, Timestamp } from '../base/index.ts';
import { compareFindings, type Finding, type Place } from '../diagnostic/index.ts';
import type { Document, DocumentKind, Path } from './document.ts';
import { explainErrors, type SchemaProblem } from './explain-error.ts';
import { type SchemaSet, schemasOf, validatorOf } from './validators.ts';

export type { SchemaProblem } from './explain-error.ts';

/** All faults against the schema, sorted by place. */
export function validateDocument(document: Document, kind: DocumentKind): Finding[] {
  const problems = check(kind, kind, document.value, [], document.value);
  if (kind === 'runbook') {
    for (const { path, step } of stepsOf(document.value))
      problems.push(...checkWith(path, step, document.value));
  }
  return problems
    .map(
      ({ code, path, isAtKey, message, fix }): Finding => ({
        code,
        level: 'error',
        message,
        place: placeOf(document, path, isAtKey),
        ...(fix === undefined ? {} : { fix }),
      }),
    )
    .sort(compareFindings);
}

/** Faults of the resolved `with` of an action; paths are inside `with`. A key whose value is null counts as absent. */
export function validateInput(actionName: string, value: unknown): SchemaProblem[] {
  const plain = toPlain(value);
  return check('inputs', actionName, plain, [], plain);
}

function check(set: SchemaSet, name: string, value: unknown, base: Path, root: unknown): SchemaProblem[] {
  const validator = validatorOf(set, name);
  if (!validator || validator(value)) return [];
  return explainErrors(validator.errors ?? [], { schema: schemasOf(set)[name] ?? {}, value: root, base });
}

function checkWith(path: Path, step: Readonly<Record<string, unknown>>, root: unknown): SchemaProblem[] {
  const action = step.action;
  if (typeof action !== 'string') return [];
  if (!validatorOf('with', action)) {
    const near = nearestName(action, Object.keys(schemasOf('with')));
    return [
      {
        code: 'runbook/unknown-action',
        path: [...path, 'action'],
        isAtKey: false,
        message: `there is no action \`${action}\``,
        fix: near ? `did you mean \`${near}\`?` : 'belay actions',
      },
    ];
  }
  const inputs = step.with ?? {};
  // What is no mapping at all has been said by the schema of the step.
  if (!isRecord(inputs)) return [];
  const problems = check('with', action, inputs, [...path, 'with'], root);
  if (isRecord(step.with)) return problems;
  return problems.map((problem) => ({
    ...problem,
    path: [...path, 'action'],
    isAtKey: false,
    message: `action \`${action}\` needs the key \`${problem.path.at(-1)}\` in \`with\``,
    fix: `add \`with: { ${problem.fix?.replace(/^add `|`$/g, '') ?? '…'} }\``,
  }));
}

/** Where a problem stands. What is written under `secrets` may be one: the line is not shown. */
function placeOf(document: Document, path: Path, isAtKey: boolean): Place {
  const place = isAtKey ? document.keyPlace(path) : document.place(path);
  if (path[0] !== 'secrets') return place;
  const { text: _text, ...rest } = place;
  return rest;
}

interface FoundStep {
  readonly path: Path;
  readonly step: Readonly<Record<string, unknown>>;
}

/** Everything that may have an `action`: steps, checks, and the undo of a step. */
function stepsOf(value: unknown, at: Path = []): FoundStep[] {
  if (!isRecord(value)) return [];
  const found: FoundStep[] = [];
  for (const key of ['preconditions', 'steps', 'always']) {
    const list = value[key];
    if (!Array.isArray(list)) continue;
    for (const [index, step] of list.entries()) {
      if (!isRecord(step)) continue;
      const path = [...at, key, index];
      found.push({ path, step }, ...stepsOf({ preconditions: step.preconditions }, path));
      if (isRecord(step.rollback)) found.push({ path: [...path, 'rollback'], step: step.rollback });
    }
  }
  return found;
}

/** As JSON sees it: durations `5000ms`, instants ISO 8601, bytes as text; absent keys left out. */
function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return '';
  if (value instanceof Timestamp || value instanceof Duration) return value.toJSON();
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, toPlain(item)]),
  );
}
