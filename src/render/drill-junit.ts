// A drill as a suite of JUnit: a case for the undisturbed run, and one for each step and fault.

import type { DrillReport } from '../drill/faults/report.ts';
import { drillVerdict, titleOf } from './drill-words.ts';
import type { JunitSuite } from './junit.ts';

export function drillSuite(report: DrillReport): JunitSuite {
  const { undisturbed, steps, faults, runbook, file } = report;
  const { problem } = undisturbed;
  return {
    name: `drill ${runbook}`,
    cases: [
      {
        name: 'undisturbed',
        className: `drill.${runbook}`,
        file,
        ...(problem === undefined ? {} : { failure: { message: problem, details: drillVerdict(report) } }),
      },
      ...faults.map(({ step, fault, verdict, reason, trail, durationMs }) => {
        const place = steps.find(({ id }) => id === step);
        const isSkipped = verdict === 'none' || verdict === 'late';
        const details = [reason ?? '', ...(trail === undefined ? [] : [`exit codes: ${trail}`])].join('\n');
        return {
          name: `${step}: ${titleOf(fault)}`,
          className: `drill.${runbook}`,
          ...(place === undefined ? {} : { file: place.file, line: place.line }),
          durationMs,
          ...(isSkipped ? { skipped: reason ?? 'not injected' } : {}),
          ...(verdict === 'hole' ? { failure: { message: reason ?? 'a hole', details } } : {}),
        };
      }),
    ],
  };
}
