// `belay completion SHELL`: a script that completes commands, options and runbook names. Made from the same
// declarations that read the command line, so it cannot know other options than they do.

import { Command } from 'commander';
import { exitCodes, Failure } from '../../diagnostic/index.ts';
import type { CatalogueEntry, CommandModule } from '../command.ts';

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly subcommands: readonly string[];
  readonly options: readonly string[];
  /** Its first argument is a runbook. */
  readonly takesRunbook: boolean;
}

export const configure: CommandModule['configure'] = (command, handle, commands) => {
  command.argument('<SHELL>', 'bash, zsh or fish');
  command.addHelpText(
    'after',
    '\nbash: source <(belay completion bash)\nzsh:  source <(belay completion zsh)\nfish: belay completion fish | source',
  );
  handle(command, async (context, [shell = '']) => {
    context.format(['text']);
    const script = { bash, zsh, fish }[shell];
    if (script === undefined) {
      throw new Failure('usage/invalid-value', `there is no completion for \`${shell}\``, {
        fix: 'belay completion bash, zsh or fish',
      });
    }
    context.print(script(await describeCommands(commands)));
    return exitCodes.done;
  });
};

const globalOptions = ['--state', '--project', '--output', '--quiet', '--verbose', '--no-color', '--help'];

async function describeCommands(commands: readonly CatalogueEntry[]): Promise<Completed[]> {
  const completed: Completed[] = [];
  for (const { name, summary, load } of commands) {
    if (load === undefined) continue;
    const command = new Command(name);
    (await load()).configure(command, () => undefined, commands);
    const all = [command, ...command.commands];
    completed.push({
      name,
      summary,
      subcommands: command.commands.map((each) => each.name()),
      options: [
        ...new Set(all.flatMap((each) => each.options.flatMap(({ long }) => (long ? [long] : [])))),
        ...globalOptions,
      ],
      takesRunbook: command.registeredArguments[0]?.name() === 'RUNBOOK',
    });
  }
  return completed;
}

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(
    ({ name, subcommands, options, takesRunbook }) => `    ${name})
      if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$current"))
      elif [[ $COMP_CWORD -eq 2 ]]; then COMPREPLY=($(compgen ${wordsFor(subcommands, takesRunbook)} -f -- "$current"))
      else COMPREPLY=($(compgen -f -- "$current")); fi ;;`,
  );
  return `_belay() {
  local current=\${COMP_WORDS[COMP_CWORD]}
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} ${globalOptions.join(' ')}" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
}
complete -o filenames -F _belay belay`;
}

function wordsFor(subcommands: readonly string[], takesRunbook: boolean): string {
  return `-W "${subcommands.join(' ')}${takesRunbook ? '$(belay list --names 2>/dev/null)' : ''}"`;
}

function zsh(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, subcommands, options, takesRunbook }) => {
    const first = takesRunbook
      ? 'compadd -- ${(f)"$(belay list --names 2>/dev/null)"}; _files'
      : `compadd -- ${subcommands.join(' ')}; _files`;
    return `    ${name})
      if [[ $PREFIX == -* ]]; then compadd -- ${options.join(' ')}
      elif (( CURRENT == 3 )); then ${first}
      else _files; fi ;;`;
  });
  return `#compdef belay
_belay() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, summary }) => `      '${name}:${summary.replaceAll("'", '’')}'`).join('\n')}
    )
    _describe command commands
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _belay belay`;
}

function fish(commands: readonly Completed[]): string {
  const lines = ['complete -c belay -f -n __fish_use_subcommand'];
  for (const { name, summary, subcommands, options, takesRunbook } of commands) {
    const under = `-n '__fish_seen_subcommand_from ${name}'`;
    lines.push(`complete -c belay -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", '’')}'`);
    for (const subcommand of subcommands) lines.push(`complete -c belay ${under} -a ${subcommand}`);
    if (takesRunbook) lines.push(`complete -c belay ${under} -a '(belay list --names 2>/dev/null)'`);
    for (const option of options) lines.push(`complete -c belay ${under} -l ${option.slice(2)}`);
  }
  return lines.join('\n');
}
