// `belay explain`: what an error code or an exit code means, and what to do.

import { nearestName, wrap } from '../../base/index.ts';
import { type Code, codes, type ExitCode, exitCodes, exitMeanings, Failure } from '../../diagnostic/index.ts';
import type { CommandModule } from '../command.ts';

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
    const { title, data, todo } = meaningOf(explained.exitCode);
    if (explained.code !== undefined) lines.push('', ...wrap(`exit ${explained.exitCode}: ${title}`, width));
    lines.push('', ...wrap(`data: ${data}`, width), ...wrap(`you: ${todo}`, width));
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

function meaningOf(exit: ExitCode): (typeof exitMeanings)[keyof typeof exitMeanings] {
  const name = (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).find(
    (each) => exitCodes[each] === exit,
  );
  return exitMeanings[name ?? 'defect'];
}

function explain(word: string): Explained {
  const entry = Object.hasOwn(codes, word) ? codes[word as Code] : undefined;
  if (entry !== undefined) return { code: word, exitCode: entry.exit, title: entry.title, help: entry.help };
  const exit = Object.values(exitCodes).find((code) => String(code) === word);
  if (exit !== undefined) return { exitCode: exit, title: meaningOf(exit).title };
  const near = nearestName(word, Object.keys(codes));
  throw new Failure('usage/unknown-code', `there is no code \`${word}\``, {
    fix:
      near === undefined
        ? 'give the code in brackets of the error'
        : `did you mean \`belay explain ${near}\`?`,
  });
}
