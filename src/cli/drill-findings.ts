// What a drill found, as findings with the place of the step: for exit codes and for reports.

import type { Finding } from '../diagnostic/index.ts';
import type { DrillReport } from '../drill/index.ts';

export function drillFindings({ undisturbed, steps, faults, file, runbook }: DrillReport): Finding[] {
  const placeOf = (id: string | undefined) => {
    const step = steps.find((each) => each.id === id);
    return { file: step?.file ?? file, line: step?.line ?? 1, column: 1 };
  };
  const first: Finding[] =
    undisturbed.problem === undefined
      ? []
      : [
          {
            code: 'drill/undisturbed-failure',
            level: 'error',
            message: `\`${runbook}\` fails without any fault (exit ${undisturbed.exitCode}): ${undisturbed.problem}`,
            place: placeOf(undisturbed.failedStep),
          },
        ];
  const holes = faults
    .filter(({ verdict }) => verdict === 'hole')
    .map(
      ({ step, fault, reason }): Finding => ({
        code: 'drill/hole',
        level: 'error',
        message: `\`${step}\`, fault \`${fault}\`: ${reason ?? 'the targets are neither before nor after'}`,
        place: placeOf(step),
      }),
    );
  return [...first, ...holes];
}
