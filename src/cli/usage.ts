// Commander's errors as coded ones: the same form, the same exit code, near names as the fix.

import type { CommanderError } from 'commander';
import { type Code, Failure } from '../diagnostic/index.ts';

const codeOf: Readonly<Record<string, Code>> = {
  'commander.conflictingOption': 'usage/conflicting-options',
  'commander.excessArguments': 'usage/too-many-arguments',
  'commander.invalidArgument': 'usage/invalid-value',
  'commander.missingArgument': 'usage/missing-argument',
  'commander.missingMandatoryOptionValue': 'usage/missing-argument',
  'commander.optionMissingArgument': 'usage/missing-argument',
  'commander.unknownCommand': 'usage/unknown-command',
  'commander.unknownOption': 'usage/unknown-option',
};

export function usageFailure(error: CommanderError, command: string | undefined): Failure {
  const [first = '', suggestion = ''] = error.message.split('\n');
  const message = first.replace(/^error: /, '').replaceAll(/'([^']*)'/g, '`$1`');
  const near = /Did you mean (\S+?)\?/.exec(suggestion)?.[1];
  const help = command === undefined ? '`belay --help`' : `\`belay ${command} --help\``;
  return new Failure(
    codeOf[error.code] ?? 'usage/invalid-value',
    error.code === 'commander.help' ? `\`belay ${command ?? ''}\` needs a subcommand` : message,
    { fix: near === undefined ? `${help} shows what it takes` : `did you mean \`${near}\`?` },
  );
}
