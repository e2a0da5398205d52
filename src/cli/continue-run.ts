// From the id of an earlier run to what is needed to go on with it: its runbook and params as they were pinned, whatever
// the files say today.

import { exitCodes, FindingsFailure, hasErrors } from '../diagnostic/index.ts';
import type { Journal, JournalEvent, RunView } from '../journal/index.ts';
import type { ResolvedRun } from '../plan/index.ts';
import type { Context } from './context.ts';
import { isHeld } from './is-held.ts';
import { readRun, requireSound } from './read-run.ts';
import { folderOf } from './runbook.ts';
import { requireLostHost, stillRunning } from './still-running.ts';

export interface EarlierRun {
  readonly view: RunView;
  readonly resolved: ResolvedRun;
  readonly now: Date;
}

/** Fails with `journal/unknown-run`, `run/still-running`, or the findings of a runbook that this version cannot compile. */
export async function earlierRun(
  context: Context,
  word: string,
  verb: string,
  lostHost?: string,
): Promise<EarlierRun> {
  const view = await settledView(context, word, lostHost);
  if (view.state === 'running' || view.state === 'rolling-back') {
    throw stillRunning(view, verb);
  }
  using journal = await context.journalForReading();
  const started = startOf(journal, view.id);
  const now = context.clock.now();
  return { view, now, resolved: await resolvePinned(context, view, started, now) };
}

/** A dead run is recorded as interrupted first, its processes proven dead. */
async function settledView(context: Context, word: string, lostHost: string | undefined): Promise<RunView> {
  const id = await knownId(context, word);
  using journal = await context.journalForWriting();
  const [{ markInterrupted }, { operatorName }] = await Promise.all([
    import('../journal/index.ts'),
    import('../process/index.ts'),
  ]);
  requireLostHost(readRun(journal, id), lostHost);
  await markInterrupted(journal, id, operatorName(), {
    isHeld,
    ...(lostHost === undefined ? {} : { lostHost }),
  });
  return requireSound(readRun(journal, id));
}

/** Looked up read-only first, so that a mistyped id makes no state folder. */
async function knownId(context: Context, word: string): Promise<string> {
  using journal = await context.journalForReading();
  return journal.resolveRunId(word);
}

type Started = Extract<JournalEvent, { type: 'run-started' }>;

function startOf(journal: Journal, runId: string): Started {
  const first = journal.events(runId)[0]?.event;
  if (first?.type !== 'run-started') throw new Error(`run ${runId} has no start`);
  return first;
}

async function resolvePinned(
  context: Context,
  view: RunView,
  started: Started,
  now: Date,
): Promise<ResolvedRun> {
  const [{ parseDocument, validateDocument }, { compileRunbook, resolveParams }, { resolveRun }] =
    await Promise.all([
      import('../document/index.ts'),
      import('../runbook/index.ts'),
      import('../plan/index.ts'),
    ]);
  const project = await context.project();
  const [file] = started.files;
  if (file === undefined) throw new Error(`run ${view.id} has no pinned runbook`);
  const parsed = parseDocument({ file: started.file, text: file.text });
  const document = parsed.document;
  const invalid = document === undefined ? parsed.findings : validateDocument(document, 'runbook');
  const compiled =
    document === undefined || hasErrors(invalid)
      ? { findings: invalid }
      : compileRunbook({ document, path: file.path, projectFolder: folderOf(project, file.path) });
  const runbook = 'runbook' in compiled ? compiled.runbook : undefined;
  if (runbook === undefined || hasErrors(compiled.findings)) {
    throw new FindingsFailure(compiled.findings, exitCodes.invalid);
  }
  const flags = Object.entries(view.params)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ name, value, isJson: true }));
  const { values, findings } = resolveParams(
    runbook,
    { flags },
    { cwd: context.cwd, projectFolder: project.folder },
  );
  if (hasErrors(findings)) throw new FindingsFailure(findings, exitCodes.invalid);
  const resolved = resolveRun({
    runbook,
    project,
    params: values,
    now,
    pinned: started.files,
    ...(view.environment === undefined ? {} : { environment: view.environment }),
  });
  return { ...resolved, targets: resolved.targets.map((spec) => atRecordedPlace(spec, view)) };
}

/** Where the run began, whatever belay.yaml or a link says today. */
function atRecordedPlace<T extends { readonly name: string; readonly path: string }>(
  spec: T,
  { targets }: RunView,
): T {
  const recorded = targets.find(({ name }) => name === spec.name);
  return recorded === undefined ? spec : { ...spec, path: recorded.realPath };
}
