// Turns the `with` of a step into the plain input of its action: evaluated, paths made absolute, checked against
// the action's schema.

import type { AnyAction } from '../action/index.ts';
import { Duration, isRecord, Timestamp, type Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { validateInput } from '../document/index.ts';
import type { Bindings } from '../expression/index.ts';
import { resolvePath } from '../project/index.ts';
import { evaluateTree, type Step } from '../runbook/index.ts';

/** What an action gets: JSON and bytes; instants as ISO text, durations as `…ms`, paths absolute. */
export type ActionInput = Readonly<Record<string, unknown>>;

/** Fails with `expression/…` when a value cannot be computed, `run/invalid-input` when it does not fit. */
export function resolveInput(
  step: Step,
  action: AnyAction,
  bindings: Bindings,
  projectFolder: string,
): ActionInput {
  const input = toPlain(evaluateTree(step.with, bindings));
  if (!isRecord(input)) throw new Error(`the input of step ${step.id} is not an object`);
  const [problem] = validateInput(action.name, input);
  if (problem !== undefined) {
    const pointer = `/with${problem.path.map((part) => `/${part}`).join('')}`;
    throw new Failure('run/invalid-input', `step \`${step.id}\`: ${problem.message}`, {
      place: step.places[pointer] ?? step.place,
      state: 'nothing of this step was done',
      ...(problem.fix === undefined ? {} : { fix: problem.fix }),
    });
  }
  return absolutePaths(input, action.with, projectFolder) as ActionInput;
}

interface PathSchema {
  readonly format?: string;
  readonly properties?: Readonly<Record<string, PathSchema>>;
  readonly items?: PathSchema;
}

/** Relative paths written in a runbook are relative to the project. */
function absolutePaths(value: unknown, schema: PathSchema, folder: string): unknown {
  if (schema.format === 'path' && typeof value === 'string') return resolvePath(folder, value);
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema;
    return value.map((each) => absolutePaths(each, items, folder));
  }
  if (!isRecord(value) || schema.properties === undefined) return value;
  const { properties } = schema;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const inner = properties[key];
      return [key, inner === undefined ? each : absolutePaths(each, inner, folder)];
    }),
  );
}

/** Values of expressions as actions and the journal take them. */
export function toPlain(value: Value): unknown {
  if (value instanceof Timestamp || value instanceof Duration) return value.toJSON();
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toPlain);
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Value>>).map(([key, each]) => [key, toPlain(each)]),
  );
}
