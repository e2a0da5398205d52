// `belay lint`: looks for risks in runbooks and their SQL. Starts nothing, opens no network, reads no secret; a database
// only when `--schema-from` names one.

import { formatCount } from '../../base/index.ts';
import { escapeLine, exitCodes, Failure, type Finding } from '../../diagnostic/index.ts';
import {
  findingsToSuite,
  findingToJson,
  renderFindings,
  renderFindingsMarkdown,
  renderGithub,
} from '../../render/index.ts';
import type { FilesResult, Profile } from '../../review/lint/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context } from '../context.ts';
import { filesToLint } from '../files-to-lint.ts';
import { addReportOptions, formatReport, type ReportOptions, writeReports } from '../reports.ts';

interface LintCommandOptions extends ReportOptions {
  readonly profile?: string;
  readonly schemaFrom?: string;
}

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('[PATH...]', 'runbooks, SQL files and folders; all runbooks of the project when none is given')
    .option('--profile <NAME>', 'which rules: `basic`, `safety` (default) or `production`')
    .option(
      '--schema-from <DATABASE>',
      'check SQL against the schema of this database: a file, or a target of belay.yaml',
    );
  addReportOptions(command);
  handle<LintCommandOptions>(command, async (context, paths, options) => {
    const format = context.format(['text', 'json', 'markdown', 'github', 'sarif', 'junit']);
    const { isInProfile, lintFiles, rules } = await import('../../review/lint/index.ts');
    const profile = await readProfile(options.profile ?? 'safety');
    const project = await context.project();
    const files = filesToLint(paths, project, context.cwd);
    const schema =
      options.schemaFrom === undefined
        ? undefined
        : await (await import('../read-schema.ts')).readSchema(context, options.schemaFrom);
    const result = await lintFiles(files, {
      ...{ profile, project, shownFrom: context.cwd },
      ...(schema === undefined ? {} : { schema }),
    });
    const { findings } = result;
    const names = files.map(({ shownAs }) => shownAs);
    const report = {
      ...{ command: 'lint', findings, suites: [findingsToSuite('lint', names, findings)] },
      rules: rules
        .filter((rule) => isInProfile(rule, profile))
        .map(({ code, severity }) => ({ code, level: severity })),
    };
    if (format === 'json') context.printJson(toJson(files.length, profile, result));
    else if (format === 'github') context.print(renderGithub(findings));
    else if (format === 'markdown')
      context.print(renderFindingsMarkdown(findings, { title: 'Lint', files: files.length }));
    else if (format === 'sarif' || format === 'junit')
      context.print(await formatReport(context, format, report));
    else if (isFound(findings) || !context.globals.isQuiet)
      context.print(asText(context, files.length, profile, result));
    await writeReports(context, options, report);
    if (result.isInvalid) return exitCodes.invalid;
    return isFound(findings) ? exitCodes.found : exitCodes.done;
  });
};

/** Warnings count: a risk that nobody decided about is not accepted. What is only worth knowing does not. */
function isFound(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level !== 'info');
}

async function readProfile(name: string): Promise<Profile> {
  const { profiles } = await import('../../review/lint/index.ts');
  const profile = profiles.find((each) => each === name);
  if (profile !== undefined) return profile;
  throw new Failure(
    'usage/invalid-value',
    `\`--profile ${name}\`: expected ${profiles.map((each) => `\`${each}\``).join(', ')}`,
  );
}

function toJson(files: number, profile: Profile, { findings, ignored }: FilesResult): object {
  return {
    files,
    profile,
    findings: findings.map(findingToJson),
    ignored: ignored.map(({ finding, reason }) => ({ ...findingToJson(finding), reason })),
  };
}

function asText(
  context: Context,
  files: number,
  profile: Profile,
  { findings, ignored }: FilesResult,
): string {
  const shown = renderFindings(findings, { ...context.screen, ...context.resultScreen });
  const kept = ignored.map(
    ({ finding, reason }) =>
      `ignored ${finding.code} at ${escapeLine(finding.place?.file ?? '')}:${finding.place?.line}: ${escapeLine(reason)}`,
  );
  const blocks = [shown.trimEnd(), kept.join('\n'), closing(files, profile, findings)];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function closing(files: number, profile: Profile, findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const checked = `${formatCount(files, 'file')} checked with profile ${profile}`;
  if (findings.length === 0) return `${checked}, no findings`;
  const infos = count('info') === 0 ? '' : `, ${count('info')} to know`;
  return `${checked}: ${formatCount(count('error'), 'error')}, ${formatCount(count('warning'), 'warning')}${infos}`;
}
