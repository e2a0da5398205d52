// `belay diff`: what a change of runbooks means for a run. Opens no database and reads no secret; starts git and nothing
// else, and that only for `--git`.

import { exitCodes, Failure } from '../../diagnostic/index.ts';
import {
  diffToJson,
  findingsToSuite,
  renderDiff,
  renderDiffMarkdown,
  renderGithub,
} from '../../render/index.ts';
import { type Comparison, changeToFinding, countsOf, reaches, verdictOf } from '../../review/diff/index.ts';
import type { CommandModule } from '../command.ts';
import { compareForDriver, comparePaths } from '../compare-places.ts';
import type { Context } from '../context.ts';
import { addReportOptions, formatReport, type ReportOptions, writeReports } from '../reports.ts';

interface DiffOptions extends ReportOptions {
  readonly git?: string;
  readonly gitDriver?: boolean;
  readonly failOn?: string;
}

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('[PATH...]', 'two files, folders or plans; with `--git`, what to compare of the repository')
    .option(
      '--git <RANGE>',
      'BASE..HEAD, BASE...HEAD (from their merge base), or one revision with the working tree',
    )
    .option('--git-driver', "as git's external diff driver: the arguments are those that git gives")
    .option('--fail-on <LEVEL>', 'exit 12 when a change is as bad as `danger`, or `caution`');
  addReportOptions(command).addHelpText(
    'after',
    `
In a repository, \`git diff\` speaks of risk with:
  echo 'runbooks/*.yaml diff=belay' >> .gitattributes
  git config diff.belay.command 'belay diff --git-driver --'`,
  );
  handle<DiffOptions>(command, async (context, words, options) => {
    const format = context.format(['text', 'json', 'markdown', 'github', 'sarif', 'junit']);
    const failOn = levelOf(options.failOn);
    const comparison = await compare(context, words, options);
    const { changes } = comparison;
    const compared = { ...comparison, verdict: verdictOf(changes), counts: countsOf(changes) };
    const findings = changes.map(changeToFinding);
    const report = { command: 'diff', findings, suites: [findingsToSuite('diff', [], findings)] };
    const isFound = failOn !== undefined && reaches(changes, failOn);
    if (format === 'json') context.printJson(diffToJson(compared));
    else if (format === 'markdown') context.print(renderDiffMarkdown(compared));
    else if (format === 'github') context.print(renderGithub(findings));
    else if (format === 'sarif' || format === 'junit')
      context.print(await formatReport(context, format, report));
    else if (isFound || !context.globals.isQuiet) {
      const shown = renderDiff(compared, { ...context.screen, ...context.resultScreen });
      // Between the files that git goes through.
      context.print(options.gitDriver === true ? `${shown}\n` : shown);
    }
    await writeReports(context, options, report);
    // Git takes any other exit code of a driver for its death.
    return isFound && options.gitDriver !== true ? exitCodes.found : exitCodes.done;
  });
};

function levelOf(word: string | undefined): 'danger' | 'caution' | undefined {
  if (word === undefined || word === 'danger' || word === 'caution') return word;
  throw new Failure('usage/invalid-value', `\`--fail-on ${word}\`: expected \`danger\` or \`caution\``);
}

async function compare(
  context: Context,
  words: readonly string[],
  options: DiffOptions,
): Promise<Comparison> {
  if (options.git !== undefined && options.gitDriver === true)
    throw new Failure('usage/conflicting-options', '`--git` and `--git-driver` exclude each other');
  if (options.gitDriver === true) return await compareForDriver(context, words);
  if (options.git !== undefined) {
    const { compareTrees, openGitRange } = await import('../../review/diff/index.ts');
    return await compareTrees(await openGitRange({ cwd: context.cwd, range: options.git, paths: words }));
  }
  const [a, b, ...others] = words;
  if (a === undefined || b === undefined)
    throw new Failure('usage/missing-argument', 'name the two places to compare', {
      fix: '`belay diff OLD NEW`, or `belay diff --git main...HEAD`',
    });
  if (others.length > 0)
    throw new Failure(
      'usage/too-many-arguments',
      `\`belay diff\` compares two places, found ${words.length}`,
    );
  return await comparePaths(context, a, b);
}
