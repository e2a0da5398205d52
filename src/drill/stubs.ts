// Puts declared stubs into a runbook, before those that its steps have themselves. Each is checked against the action of
// its step; nothing runs.

import { actionOf } from '../action/index.ts';
import type { Value } from '../base/index.ts';
import type { Finding, Place } from '../diagnostic/index.ts';
import { constant } from '../expression/index.ts';
import { findScoped, type StubDeclaration } from '../project/index.ts';
import { checkStub, type Runbook, type Step } from '../runbook/index.ts';
import { isOutside } from './stand-in.ts';

export interface Stubbed {
  readonly runbook: Runbook;
  /** Stubs that do not fit. */
  readonly findings: readonly Finding[];
}

/** The outputs that a declared stub gives go before those of the step's own; of the others the step's own stay. */
export function withStubs(runbook: Runbook, stubs: readonly StubDeclaration[]): Stubbed {
  const findings: Finding[] = [];
  const stubbed = (written: Step): Step => {
    const step = { ...written, preconditions: written.preconditions.map(stubbed) };
    const stub = findScoped(stubs, runbook.name, [step.id]);
    if (stub === undefined) return step;
    // Who declares a stub does not want the step to run, whatever it says itself.
    const { rehearse: _, ...held } = step;
    findings.push(...problemsOf(stub, held));
    return { ...held, stub: { ...step.stub, ...templatesOf(stub) } };
  };
  return {
    runbook: {
      ...runbook,
      preconditions: runbook.preconditions.map(stubbed),
      steps: runbook.steps.map(stubbed),
      always: runbook.always.map(stubbed),
    },
    findings,
  };
}

function templatesOf({ outputs }: StubDeclaration) {
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, constant(value as Value)]));
}

function problemsOf(stub: StubDeclaration, step: Step): Finding[] {
  const action = actionOf(step.action ?? '');
  if (action === undefined || !isOutside(step))
    return [
      problem(stub.place, {
        message: `step \`${step.id}\` has no effect outside the targets: it really runs, and takes no stub`,
        fix: 'remove the stub',
      }),
    ];
  return Object.entries(stub.outputs).flatMap(([name, value]) => {
    const misfit = checkStub(action, name, constant(value as Value).type);
    return misfit === undefined ? [] : [problem(stub.placeOf(name), misfit)];
  });
}

function problem(
  place: Place,
  { message, fix }: { readonly message: string; readonly fix?: string },
): Finding {
  return { code: 'drill/bad-stub', level: 'error', message, place, ...(fix === undefined ? {} : { fix }) };
}
