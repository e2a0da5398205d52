// `belay runs events`: the journal of a run, line by line.

import { type ExitCode, escapeJson, escapeLine, exitCodes } from '../../../diagnostic/index.ts';
import type { StoredEvent } from '../../../journal/index.ts';
import { eventToJson } from '../../../render/index.ts';
import type { Context } from '../../context.ts';
import { readRun } from '../../read-run.ts';

export async function printEvents(context: Context, word: string): Promise<ExitCode> {
  const format = context.format(['text', 'json']);
  using journal = await context.journalForReading();
  for (const stored of journal.events(readRun(journal, word).id))
    context.print(format === 'json' ? jsonLine(stored) : textLine(stored));
  return exitCodes.done;
}

/** As the events of a run, with their place in the chain. */
function jsonLine({ runId, at, event, sequence, hash }: StoredEvent): string {
  return escapeJson(JSON.stringify({ ...eventToJson(runId, event, at), sequence, hash }));
}

function textLine({ runId, at, event, sequence }: StoredEvent): string {
  const { run: _run, at: _at, type, files: _files, steps: _steps, ...facts } = eventToJson(runId, event, at);
  const words = Object.entries(facts).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return escapeLine(`${String(sequence).padStart(5)}  ${at}  ${String(type)}  ${words.join(' ')}`.trimEnd());
}
