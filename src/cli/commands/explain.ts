// `belay explain`: what an error code or an exit code means, and what to do.

import { nearestName } from '../../base/index.ts';
import { type Code, codes, type ExitCode, exitCodes, Failure } from '../../diagnostic/index.ts';
import { wrap } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';

const exitMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done',
  1: 'internal defect: Belay itself failed',
  2: 'usage: the command line is wrong, or this Node is too old',
  3: 'the runbook, plan or project file is invalid',
  4: 'refused before any change: a precondition is unmet or in error, a target is leased or locked, an interrupted run is pending, a gate lies ahead with nobody to ask, there is no room, or the plan is stale',
  5: 'a gate was declined or expired; targets are as before',
  6: 'a step failed; targets are as before: nothing of the run had been committed, or all was rolled back and verified',
  7: 'a person must look: rollback incomplete, a step whose end is unknown, or writes by others',
  8: 'waiting for approval',
  9: 'a step failed; changes are kept, as the runbook declares',
  10: '`plan --detailed-exitcode`: the run would change something',
  11: 'done, with warnings: a step failed under `onFailure: continue`',
  12: 'a check found something',
  129: 'ended by SIGHUP; targets are as before',
  130: 'interrupted with Ctrl-C; targets are as before',
  143: 'ended by SIGTERM; targets are as before',
};

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('<CODE>', 'an error code such as `usage/unknown-command`, or an exit code such as `4`');
  handle(command, (context, [word = '']) => {
    const format = context.format(['text', 'json']);
    const explained = explain(word.replace(/^(error|warning|info)\[(.*)\]$/, '$2'));
    if (format === 'json') {
      context.printJson(explained);
      return exitCodes.done;
    }
    const width = Math.min(context.resultScreen.width, 100);
    const head = explained.code === undefined ? `exit ${explained.exitCode}` : explained.code;
    const lines = [head, '', ...wrap(explained.title, width)];
    if (explained.help !== undefined) lines.push('', ...wrap(explained.help, width));
    if (explained.code !== undefined)
      lines.push('', ...wrap(`exit ${explained.exitCode}: ${exitMeanings[explained.exitCode]}`, width));
    context.print(lines.join('\n'));
    return exitCodes.done;
  });
};

interface Explained {
  readonly code?: string;
  readonly exitCode: ExitCode;
  readonly title: string;
  readonly help?: string;
}

function explain(word: string): Explained {
  const entry = Object.hasOwn(codes, word) ? codes[word as Code] : undefined;
  if (entry !== undefined) return { code: word, exitCode: entry.exit, title: entry.title, help: entry.help };
  const exit = Object.values(exitCodes).find((code) => String(code) === word);
  if (exit !== undefined) return { exitCode: exit, title: exitMeanings[exit] };
  const near = nearestName(word, Object.keys(codes));
  throw new Failure('usage/unknown-code', `there is no code \`${word}\``, {
    fix:
      near === undefined
        ? 'give the code in brackets of the error'
        : `did you mean \`belay explain ${near}\`?`,
  });
}
