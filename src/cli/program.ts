// The command line: commander declares and reads it, one module is loaded for the command that was named, and
// every way of getting it wrong ends as a coded error with exit 2.

import { Command, CommanderError } from 'commander';
import { nearestName, version } from '../base/index.ts';
import { exitCodes, Failure } from '../diagnostic/index.ts';
import { catalogue } from './catalogue.ts';
import type { CatalogueEntry, Handle } from './command.ts';
import { Context } from './context.ts';
import { scanArguments } from './globals.ts';
import { createScreen } from './screen.ts';
import { showError } from './show-error.ts';
import { usageFailure } from './usage.ts';

/** Runs the command that `argv` (without node and script) names; returns the exit code. Never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
  const { globals, command: name } = scanArguments(words);
  const screen = createScreen(globals, process.env);
  let exitCode: number = exitCodes.done;
  const handle: Handle = (command, handler) => {
    command.action(async (...parameters: unknown[]) => {
      const self = parameters.at(-1) as Command;
      const context = new Context(globals, screen, process.env);
      exitCode = await handler(context, self.args, self.opts());
    });
  };
  try {
    const program = await declare(name, handle, screen.width);
    if (words.length === 0) {
      screen.stdout.write(program.helpInformation());
      return exitCodes.usage;
    }
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.done;
      return await showError(usageFailure(error, name), screen, globals);
    }
    return await showError(error, screen, globals);
  }
}

async function declare(name: string | undefined, handle: Handle, width: number): Promise<Command> {
  const entry = name === undefined ? undefined : find(name);
  const program = new Command('belay')
    .description('Runs database operations from declarative runbooks: checked, backed up, journaled.')
    .usage('COMMAND [OPTIONS]')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .option('--state <DIR>', 'state folder (BELAY_STATE; else `state:` of belay.yaml, else .belay)')
    .option('--project <FILE>', 'project file (else the nearest belay.yaml)')
    .option('--output <FORMAT>', 'text or json; some commands have more', 'text')
    .option('--quiet', 'say nothing unless something is wrong')
    .option('--verbose', 'say more; print the stack of a defect')
    .option('--no-color', 'no colours (NO_COLOR, FORCE_COLOR)')
    .addHelpText('after', '\n`belay COMMAND --help` describes a command, `belay explain CODE` an error.');
  program.exitOverride().configureOutput({
    writeErr: () => undefined,
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width,
  });
  for (const each of catalogue) {
    const command = new Command(each.name).description(each.summary).copyInheritedSettings(program);
    if (each === entry) (await entry.load?.())?.configure(command, handle, catalogue);
    program.addCommand(command, { hidden: each.load === undefined });
  }
  return program;
}

function find(name: string): CatalogueEntry {
  const entry = catalogue.find((each) => each.name === name);
  if (entry === undefined) {
    const near = nearestName(
      name,
      catalogue.map((each) => each.name),
    );
    throw new Failure('usage/unknown-command', `there is no command \`${name}\``, {
      fix: near === undefined ? '`belay --help` lists the commands' : `did you mean \`belay ${near}\`?`,
    });
  }
  if (entry.load === undefined) {
    throw new Failure('usage/not-available', `this version of belay does not have \`${name}\` yet`);
  }
  return entry;
}
