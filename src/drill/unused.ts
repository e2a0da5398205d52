// Fixtures, backups and stubs that no runbook takes: mostly a name that was changed or mistyped.

import { nearestName } from '../base/index.ts';
import { compareFindings, type Finding, type Place } from '../diagnostic/index.ts';
import type { Environment, Project } from '../project/index.ts';
import type { Runbook, Step } from '../runbook/index.ts';

/** Warnings; `runbooks` are all that the project has. */
export function unusedDeclarations(
  { targets }: Project,
  environments: readonly Environment[],
  runbooks: readonly Runbook[],
): Finding[] {
  const catalogue = Object.keys(targets);
  const targetsOf = (runbook: Runbook) => [...runbook.targets.map(({ name }) => name), ...catalogue];
  const stepsOf = (runbook: Runbook) => allSteps(runbook).map(({ id }) => id);
  const findings = environments.flatMap(({ fixtures, backups, stubs }) => [
    ...[...fixtures, ...backups].flatMap((each) => look(each, 'target', runbooks, targetsOf)),
    ...stubs.flatMap((each) => look(each, 'step', runbooks, stepsOf)),
  ]);
  return findings.sort(compareFindings);
}

function look(
  { runbook, name, place }: { readonly runbook?: string; readonly name: string; readonly place: Place },
  kind: 'target' | 'step',
  runbooks: readonly Runbook[],
  namesOf: (runbook: Runbook) => readonly string[],
): Finding[] {
  const code = kind === 'target' ? 'drill/unused-fixture' : 'drill/unused-stub';
  const warn = (message: string, near: string | undefined): Finding[] => [
    {
      code,
      level: 'warning',
      message,
      place,
      fix: near === undefined ? 'correct the name, or remove it' : `did you mean \`${near}\`?`,
    },
  ];
  const meant = runbook === undefined ? runbooks : runbooks.filter((each) => each.name === runbook);
  if (runbook !== undefined && meant.length === 0)
    return warn(
      `there is no runbook \`${runbook}\``,
      nearestName(
        runbook,
        runbooks.map((each) => each.name),
      ),
    );
  const known = meant.flatMap(namesOf);
  if (known.includes(name)) return [];
  const where = runbook === undefined ? 'no runbook' : `runbook \`${runbook}\` has no`;
  return warn(
    runbook === undefined ? `${where} has a ${kind} \`${name}\`` : `${where} ${kind} \`${name}\``,
    nearestName(name, known),
  );
}

function allSteps({ preconditions, steps, always }: Runbook): Step[] {
  return [...preconditions, ...steps, ...always].flatMap((step) => [...step.preconditions, step]);
}
