// `belay validate`: checks runbooks and belay.yaml. Starts nothing, opens no database, reads no secret.

import { formatCount, shownPath } from '../../base/index.ts';
import { compareFindings, exitCodes, Failure, type Finding, hasErrors } from '../../diagnostic/index.ts';
import type { Project } from '../../project/index.ts';
import {
  findingsToSuite,
  findingToJson,
  renderFindings,
  renderFindingsMarkdown,
  renderGithub,
} from '../../render/index.ts';
import type { Runbook } from '../../runbook/index.ts';
import type { CommandModule } from '../command.ts';
import { filesToValidate } from '../files-to-validate.ts';
import { addReportOptions, formatReport, type ReportOptions, writeReports } from '../reports.ts';
import { folderOf } from '../runbook.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('[PATH...]', 'files and folders; all runbooks of the project when none is given');
  addReportOptions(command);
  handle<ReportOptions>(command, async (context, paths, options) => {
    const format = context.format(['text', 'json', 'markdown', 'github', 'sarif', 'junit']);
    const { project, findings: ofProject } = await context.tryProject();
    const files = project === undefined ? [] : await filesToValidate(paths, project, context.cwd);
    const findings: Finding[] = [...ofProject];
    const runbooks: Runbook[] = [];
    if (project !== undefined)
      for (const file of files) {
        const checked = await check(file, project, context.cwd);
        findings.push(...checked.findings);
        if (checked.runbook !== undefined) runbooks.push(checked.runbook);
      }
    // A name may be one of a runbook that does not compile, or was not asked for.
    if (project !== undefined && paths.length === 0 && !hasErrors(findings))
      findings.push(...(await unused(project, runbooks)));
    findings.sort(compareFindings);
    const names = files.map((file) => shown(file, context.cwd));
    const report = { command: 'validate', findings, suites: [findingsToSuite('validate', names, findings)] };
    if (format === 'json') context.printJson({ files: files.length, findings: findings.map(findingToJson) });
    else if (format === 'github') context.print(renderGithub(findings));
    else if (format === 'markdown')
      context.print(renderFindingsMarkdown(findings, { title: 'Validate', files: files.length }));
    else if (format === 'sarif' || format === 'junit')
      context.print(await formatReport(context, format, report));
    else if (hasErrors(findings) || !context.globals.isQuiet) {
      const shown = renderFindings(findings, { ...context.screen, ...context.resultScreen });
      context.print(`${shown}${shown === '' ? '' : '\n'}${closing(files.length, findings)}`);
    }
    await writeReports(context, options, report);
    return hasErrors(findings) ? exitCodes.invalid : exitCodes.done;
  });
};

/** Loaded only where there is something to look for. */
async function unused(project: Project, runbooks: readonly Runbook[]): Promise<readonly Finding[]> {
  const environments = Object.values(project.environments).filter(
    ({ fixtures, backups, stubs }) => fixtures.length + backups.length + stubs.length > 0,
  );
  if (environments.length === 0) return [];
  const { unusedDeclarations } = await import('../../drill/index.ts');
  return unusedDeclarations(project, environments, runbooks);
}

async function check(
  file: string,
  project: Project,
  cwd: string,
): Promise<{ readonly runbook?: Runbook; readonly findings: readonly Finding[] }> {
  // The project file was read with the project.
  if (file === project.file?.path) return { findings: [] };
  const [{ loadRunbook }, { isCaseFile }] = await Promise.all([
    import('../../runbook/index.ts'),
    import('../../project/index.ts'),
  ]);
  if (isCaseFile(file)) {
    const { openCases } = await import('../open-cases.ts');
    // What is wrong with the runbook beside them is said once, of the runbook.
    return { findings: openCases(file, project, cwd).findings };
  }
  try {
    const loaded = loadRunbook(file, { projectFolder: folderOf(project, file), shownAs: shown(file, cwd) });
    if (loaded.runbook === undefined) return loaded;
    return { ...loaded, findings: [...loaded.findings, ...(await policyFindings(loaded.runbook, project))] };
  } catch (error) {
    // One file that cannot be read does not hide what is wrong with the others.
    if (error instanceof Failure) return { findings: [error.toFinding()] };
    throw error;
  }
}

function shown(file: string, cwd: string): string {
  return shownPath(cwd, file);
}

/** Only a target that belongs to an environment says in which one a runbook can run. */
async function policyFindings(runbook: Runbook, project: Project): Promise<readonly Finding[]> {
  const isBound = Object.values(project.targets).some(({ environment }) => environment !== undefined);
  if (!isBound || runbook.targets.length === 0) return [];
  const { staticPolicyFindings } = await import('../../plan/index.ts');
  return staticPolicyFindings(runbook, project);
}

function closing(files: number, findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.level === 'error').length;
  const warnings = findings.filter((finding) => finding.level === 'warning').length;
  const checked = `${formatCount(files, 'file')} checked`;
  if (errors === 0 && warnings === 0) return `${checked}, no findings`;
  return `${checked}: ${formatCount(errors, 'error')}, ${formatCount(warnings, 'warning')}`;
}
