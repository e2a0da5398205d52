// `belay resume`: goes on with a run that waits, or whose process died, from the files as they were pinned at its start.

import { Failure } from '../../diagnostic/index.ts';
import type { RunView } from '../../journal/index.ts';
import type { CommandModule } from '../command.ts';
import { earlierRun } from '../continue-run.ts';
import { driveRun } from '../drive-run.ts';
import { collect, readDuration } from '../options.ts';
import { assertSameTargets } from '../same-targets.ts';

interface ResumeOptions {
  readonly done?: readonly string[];
  readonly bypassPrecondition?: readonly string[];
  readonly reason?: string;
  readonly yes?: boolean;
  readonly confirm?: readonly string[];
  readonly nonInteractive?: boolean;
  readonly lostHost?: string;
  readonly lockWait?: string;
  readonly result?: string;
}

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .option('--done <STEP>', 'a step that was at work when the run died, and has taken effect', collect)
    .option('--bypass-precondition <ID>', 'do not ask this precondition of the run again', collect)
    .option('--reason <TEXT>', 'why; kept in the journal; needed with --done and --bypass-precondition')
    .option('--yes', 'answer gates that ask for no text')
    .option('--confirm <STEP=TEXT>', 'answer the gate of a step; may be repeated', collect)
    .option('--non-interactive', 'never ask')
    .option('--lost-host <NAME>', 'the host of the run is gone for good, or has another name now')
    .option('--lock-wait <DURATION>', 'how long to wait for a target that is in use, such as 5m')
    .option('--result <FILE>', 'write the outcome as JSON');
  handle<ResumeOptions>(command, async (context, [word = ''], options) => {
    const reason = reasonOf(options);
    const { view, resolved, now } = await earlierRun(context, word, 'resume', options.lostHost);
    if (view.state !== 'interrupted' && view.state !== 'waiting') {
      throw new Failure(
        'run/not-resumable',
        `run \`${view.id}\` is ${view.state}: there is nothing to go on with`,
        {
          state: 'nothing was changed',
          fix: `belay runs show ${view.id}`,
        },
      );
    }
    assertSameTargets(view);
    const known = new Set(view.steps.map(({ id }) => id));
    const unknown = [...(options.done ?? []), ...(options.bypassPrecondition ?? [])].find(
      (id) => !known.has(id),
    );
    if (unknown !== undefined) {
      throw new Failure('usage/invalid-value', `run \`${view.id}\` has no step \`${unknown}\``, {
        fix: `belay runs show ${view.id}`,
      });
    }
    for (const step of options.done ?? []) assertInDoubt(view, step);
    const { exitCode } = await driveRun(context, resolved, {
      now,
      continues: {
        kind: 'resume',
        view,
        done: (options.done ?? []).map((step) => ({ step, reason })),
        bypassed: (options.bypassPrecondition ?? []).map((precondition) => ({ precondition, reason })),
      },
      answers: {
        ...(options.yes === undefined ? {} : { yes: options.yes }),
        ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
        ...(options.nonInteractive === undefined ? {} : { nonInteractive: options.nonInteractive }),
      },
      ...(options.lostHost === undefined ? {} : { lostHost: options.lostHost }),
      ...(options.lockWait === undefined
        ? {}
        : { lockWaitMs: readDuration('--lock-wait', options.lockWait) }),
      ...(options.result === undefined ? {} : { resultFile: options.result }),
    });
    return exitCode;
  });
};

/** Fails with `usage/invalid-value` for a step that does not need a person to say what became of it. */
function assertInDoubt(view: RunView, id: string): void {
  const state = view.steps.find((step) => step.id === id)?.state;
  if (state === 'unknown' || view.openCommits.some(({ step }) => step.replace(/\[.*$/s, '') === id)) return;
  throw new Failure(
    'usage/invalid-value',
    `step \`${id}\` was not at work when the run died: it is ${state}`,
    {
      state: 'nothing was changed',
      fix: `\`belay runs show ${view.id}\` says which steps are unknown; only they can be declared done`,
    },
  );
}

/** Fails with `usage/missing-argument`: what a person declares needs a reason. */
function reasonOf({ done, bypassPrecondition, reason }: ResumeOptions): string {
  if (reason !== undefined) return reason;
  if (done === undefined && bypassPrecondition === undefined) return '';
  throw new Failure('usage/missing-argument', '`--done` and `--bypass-precondition` need a reason', {
    fix: 'add `--reason "…"`; it is kept in the journal',
  });
}
