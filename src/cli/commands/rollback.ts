// `belay rollback`: puts back what a run changed, whatever became of it: it failed, died, stopped half-way back, or
// succeeded and turned out to be wrong. Shows first what would go; asks for the name of the database.

import { basename } from 'node:path';
import { formatCount } from '../../base/index.ts';
import { exitCodes, Failure } from '../../diagnostic/index.ts';
import type { RollbackChoices } from '../../engine/index.ts';
import { confirm } from '../../gate/index.ts';
import type { RunView } from '../../journal/index.ts';
import type { CommandModule } from '../command.ts';
import { earlierRun } from '../continue-run.ts';
import { driveRun } from '../drive-run.ts';
import { readDuration } from '../options.ts';
import { refuseEarly } from '../refuse-early.ts';
import { quoteWord } from '../runbook.ts';

interface RollbackOptions {
  readonly dryRun?: boolean;
  readonly keepConflicts?: boolean;
  readonly discardForeignWrites?: boolean;
  readonly quarantine?: boolean;
  readonly confirm?: string;
  readonly lostHost?: string;
  readonly lockWait?: string;
}

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('<RUN>', 'an id, its end, or `last`')
    .option('--dry-run', 'say what would be put back, and change nothing')
    .option('--keep-conflicts', 'leave rows that others have changed since, and take back the rest')
    .option('--discard-foreign-writes', 'put the old values back, also over what others wrote since')
    .option('--no-quarantine', 'do not keep the present state aside before a restore')
    .option('--confirm <NAME>', 'the name of the database, instead of typing it')
    .option('--lost-host <NAME>', 'the host of the run is gone for good, or has another name now')
    .option('--lock-wait <DURATION>', 'how long to wait for a target that is in use, such as 5m');
  handle<RollbackOptions>(command, async (context, [word = ''], options) => {
    const choices = choicesOf(options);
    const { view, resolved, now } = await earlierRun(context, word, 'rollback', options.lostHost);
    refuseEnded(view);
    const isDryRun = options.dryRun === true;
    const answersGiven = options.confirm === undefined ? [] : ['--confirm'];
    if (!isDryRun) {
      await refuseEarly(resolved, {
        kind: 'rollback',
        now,
        answers: answersGiven,
        discardsForeignWrites: choices.mayDiscardForeignWrites,
      });
      const name = nameOf(view);
      await confirm({
        message: words(view),
        expect: name,
        ...(options.confirm === undefined ? {} : { given: options.confirm }),
        withoutTerminal: `look at \`belay rollback ${view.id} --dry-run\`, then give \`--confirm ${quoteWord(name)}\``,
        mayAsk: context.globals.output === 'text',
        input: process.stdin,
        output: context.screen.stderr,
      });
    }
    const { exitCode } = await driveRun(context, resolved, {
      now,
      answersGiven,
      continues: {
        kind: isDryRun ? 'preview' : 'rollback',
        view,
        reason: 'asked for by `belay rollback`',
        choices,
      },
      ...(options.lostHost === undefined ? {} : { lostHost: options.lostHost }),
      ...(options.lockWait === undefined
        ? {}
        : { lockWaitMs: readDuration('--lock-wait', options.lockWait) }),
    });
    return exitCode;
  });
};

function choicesOf(options: RollbackOptions): RollbackChoices {
  if (options.keepConflicts === true && options.discardForeignWrites === true) {
    throw new Failure(
      'usage/conflicting-options',
      '`--keep-conflicts` and `--discard-foreign-writes` say opposite things',
      {
        fix: 'give one of them',
      },
    );
  }
  return {
    isByHand: true,
    onConflict:
      options.keepConflicts === true ? 'keep' : options.discardForeignWrites === true ? 'discard' : 'abort',
    mayDiscardForeignWrites: options.discardForeignWrites === true,
    withQuarantine: options.quarantine !== false,
  };
}

function refuseEnded(view: RunView): void {
  if (view.state !== 'rolled-back' && view.state !== 'aborted') return;
  throw new Failure(
    'run/not-resumable',
    view.abandoned === undefined
      ? `run \`${view.id}\` is ${view.state}: there is nothing to put back`
      : `run \`${view.id}\` was abandoned: what it did stays`,
    {
      state: 'nothing was changed',
      fix: `belay runs show ${view.id}`,
      exit: exitCodes.refused,
    },
  );
}

function nameOf(view: RunView): string {
  const [first] = view.targets;
  return first === undefined ? view.runbook : basename(first.realPath);
}

function words(view: RunView): string {
  const rows = view.commits.reduce((sum, commit) => sum + commit.rows, 0);
  const settings = view.settings.length === 0 ? '' : ', and settings of the file,';
  const files = view.targets.map(({ realPath }) => `  ${realPath}`).join('\n');
  return `This puts back what ${view.id} (${view.runbook}, ${view.startedAt.slice(0, 19)}Z) changed: ${formatCount(rows, 'row')}${settings} in
${files}
What others have written since stays where it can be told apart; \`--dry-run\` shows it row by row.`;
}
