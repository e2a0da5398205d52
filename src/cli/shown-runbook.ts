// A runbook with what the plan says of its steps in words, and a command line that would run it: for `show` and `docs`.

import { gateWords, rollbackWords } from '../plan/index.ts';
import type { ShownRunbook } from '../render/index.ts';
import type { Param, Runbook } from '../runbook/index.ts';
import { quoteWord } from './runbook.ts';

export function shownRunbook(word: string, runbook: Runbook): ShownRunbook {
  const steps = runbook.steps.map((step) => ({
    step,
    rollback: rollbackWords(step),
    ...(step.gate === undefined ? {} : { gate: gateWords(step.gate) }),
  }));
  return { runbook, steps, command: exampleCommand(word, runbook) };
}

function exampleCommand(word: string, runbook: Runbook): string {
  const params = runbook.params
    .filter(({ isRequired }) => isRequired)
    .map((param) => `-p ${param.name}=${exampleValue(param)}`);
  return ['belay run', quoteWord(word), ...params].join(' ');
}

function exampleValue(param: Param): string {
  switch (param.type) {
    case 'enum':
      return String(param.enum?.[0] ?? 'VALUE');
    case 'duration':
      return '30d';
    case 'size':
      return '64MiB';
    case 'boolean':
      return 'true';
    case 'integer':
    case 'number':
      return String(param.minimum ?? 1);
    case 'path':
      return './PATH';
    default:
      return 'VALUE';
  }
}
