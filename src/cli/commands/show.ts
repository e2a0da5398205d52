// `belay show`: a runbook in words. Reads the file, and nothing else.

import { exitCodes } from '../../diagnostic/index.ts';
import { gateWords, rollbackWords } from '../../plan/index.ts';
import { renderRunbook } from '../../render/index.ts';
import type { Runbook, Step } from '../../runbook/index.ts';
import type { CommandModule } from '../command.ts';
import { openRunbook } from '../runbook.ts';
import { shownRunbook } from '../shown-runbook.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('<RUNBOOK>', 'a name, or a path');
  handle(command, async (context, [word = '']) => {
    const format = context.format(['text', 'json']);
    const project = await context.project();
    const runbook = await openRunbook(context, project, word);
    const shown = shownRunbook(word, runbook);
    if (format === 'json') context.printJson(toJson(runbook, shown.command));
    else context.print(renderRunbook(shown, context.resultScreen));
    return exitCodes.done;
  });
};

function toJson(runbook: Runbook, command: string): object {
  return {
    name: runbook.name,
    title: runbook.title,
    description: runbook.description,
    file: runbook.file,
    labels: runbook.labels,
    links: runbook.links,
    params: runbook.params.map((param) => ({
      name: param.name,
      type: param.type,
      isRequired: param.isRequired,
      default: param.default ?? null,
      description: param.description,
    })),
    targets: runbook.targets.map((target) => ({
      name: target.name,
      path: target.path?.source ?? null,
      use: target.use?.source ?? null,
    })),
    preconditions: runbook.preconditions.map(stepToJson),
    steps: runbook.steps.map(stepToJson),
    always: runbook.always.map(stepToJson),
    command,
  };
}

function stepToJson(step: Step): object {
  return {
    id: step.id,
    title: step.title,
    action: step.action ?? null,
    effect: step.effect,
    targets: step.targets,
    if: step.if?.source ?? null,
    gate: step.gate === undefined ? null : gateWords(step.gate),
    onFailure: step.onFailure,
    rollback: rollbackWords(step),
    line: step.place.line,
  };
}
