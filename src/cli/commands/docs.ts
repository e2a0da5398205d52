// `belay docs`: the page of a runbook. Reads the file, and nothing else.

import { exitCodes } from '../../diagnostic/index.ts';
import type { Runbook } from '../../runbook/index.ts';
import type { CommandModule } from '../command.ts';
import { openRunbook } from '../runbook.ts';
import { shownRunbook } from '../shown-runbook.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('<RUNBOOK>', 'a name, or a path');
  handle(command, async (context, [word = '']) => {
    const format = context.format(['text', 'markdown', 'json']);
    const { renderMermaid, renderRunbookPage } = await import('../../render/index.ts');
    const runbook = await openRunbook(context, await context.project(), word);
    const markdown = renderRunbookPage({ ...shownRunbook(word, runbook), onFailure: failureWords(runbook) });
    if (format === 'json') {
      const { name, title, file } = runbook;
      context.printJson({ name, title, file, markdown, diagram: renderMermaid(runbook) });
    } else context.print(markdown);
    return exitCodes.done;
  });
};

/** What becomes of the targets, in the order in which a person asks. */
function failureWords({ steps }: Runbook): string[] {
  const changing = steps.filter(({ effect }) => effect === 'change' || effect === 'destroy');
  const keeping = changing.filter(({ onFailure }) => onFailure === 'abort');
  const accepting = steps.filter(({ accept }) => accept === true);
  const final = steps.filter(({ rollback }) => rollback?.kind === 'none');
  const outside = steps.filter(({ effect, rollback }) => effect === 'external' && rollback === undefined);
  if (changing.length === 0 && outside.length === 0)
    return ['nothing has to be put back: no step changes anything'];
  return [
    ...(changing.length > keeping.length
      ? ['the targets are put back: row by row, or from the backup that is taken before the first change']
      : []),
    ...(keeping.length > 0
      ? [`the run stops, keeps the changes and names the backup when ${names(keeping)} fails`]
      : []),
    ...accepting.map(({ id }) => `once \`${id}\` has succeeded, nothing before it is put back any more`),
    ...final.map(
      ({ id, rollback }) =>
        `\`${id}\` cannot be taken back: ${rollback?.kind === 'none' ? rollback.reason : ''}`,
    ),
    ...(outside.length > 0 ? [`what ${names(outside)} did outside the targets stays`] : []),
  ];
}

function names(steps: readonly { readonly id: string }[]): string {
  return steps.map(({ id }) => `\`${id}\``).join(', ');
}
