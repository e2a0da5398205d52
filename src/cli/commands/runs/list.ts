// `belay runs list`.

import { formatDuration, tookMs } from '../../../base/index.ts';
import { type ExitCode, exitCodes, Failure } from '../../../diagnostic/index.ts';
import type { RunView } from '../../../journal/index.ts';
import { renderTable } from '../../../render/index.ts';
import type { Context } from '../../context.ts';
import { readDuration } from '../../options.ts';
import { runRowToJson, stateWords } from '../../view-json.ts';

interface ListOptions {
  readonly failed?: boolean;
  readonly since?: string;
  readonly runbook?: string;
  readonly limit?: string;
}

export async function listRuns(context: Context, options: ListOptions): Promise<ExitCode> {
  const format = context.format(['text', 'json']);
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new Failure('usage/invalid-value', `\`--limit ${options.limit}\`: expected a whole number above 0`);
  using journal = await context.journalForReading();
  const views = journal.runs({
    limit,
    ...(options.failed === true ? { failed: true } : {}),
    ...(options.runbook === undefined ? {} : { runbook: options.runbook }),
    ...(options.since === undefined
      ? {}
      : { since: new Date(context.clock.now().getTime() - readDuration('--since', options.since)) }),
  });
  if (format === 'json') context.printJson({ runs: views.map(runRowToJson) });
  else if (views.length === 0) context.say('no runs');
  else {
    context.print(
      renderTable(
        [
          { title: 'run' },
          { title: 'runbook', shrink: 'end' },
          { title: 'state' },
          { title: 'exit', align: 'right' },
          { title: 'started' },
          { title: 'took', align: 'right' },
          { title: 'by', shrink: 'end' },
        ],
        views.map(row),
        context.resultScreen,
      ),
    );
  }
  return exitCodes.done;
}

function row(view: RunView): string[] {
  const took = tookMs(view);
  return [
    view.id,
    view.runbook,
    view.damage === undefined ? stateWords(view) : `${stateWords(view)} (damaged)`,
    view.exitCode === undefined ? '' : String(view.exitCode),
    `${view.startedAt.slice(0, 16).replace('T', ' ')}Z`,
    took === undefined ? '' : formatDuration(took),
    view.operator,
  ];
}
