// `belay test`: runs the cases beside runbooks, for real, on scratch databases.

import { codes, escapeLine, exitCodes, type Finding, hasErrors } from '../../diagnostic/index.ts';
import type { CaseFile } from '../../drill/index.ts';
import { renderFindings, renderGithub, renderTestResult } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import { environmentNamed } from '../on-fixtures.ts';
import { addReportOptions, formatReport, type ReportOptions, writeReports } from '../reports.ts';
import { watchSignals } from '../signals.ts';
import { testReport } from '../test-report.ts';

interface TestOptions extends ReportOptions {
  readonly env?: string;
}

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument('[PATH...]', 'files of cases, runbooks, folders; all cases of the project when none is given')
    .option('--env <NAME>', 'environment of belay.yaml that gives what a case does not say');
  addReportOptions(command);
  handle<TestOptions>(command, async (context, paths, options) => {
    const format = context.format(['text', 'json', 'github', 'sarif', 'junit']);
    const [{ filesToTest }, { openCases }, { runCases }] = await Promise.all([
      import('../files-to-test.ts'),
      import('../open-cases.ts'),
      import('../run-cases.ts'),
    ]);
    const project = await context.project();
    const environment = options.env === undefined ? undefined : environmentNamed(project, options.env);
    const files: CaseFile[] = [];
    const invalid: Finding[] = [];
    for (const path of filesToTest(paths, project, context.cwd)) {
      const { file, findings, runbookFindings } = openCases(path, project, context.cwd);
      invalid.push(...findings, ...runbookFindings.filter(({ level }) => level === 'error'));
      if (file !== undefined) files.push(file);
    }
    const screen = { ...context.screen, ...context.resultScreen };
    const isText = format === 'text';
    if (isText && invalid.length > 0) context.print(renderFindings(invalid, screen));
    let heading = '';
    using signals = watchSignals((signal) => context.say(`${signal}: the cases are being stopped`));
    const results = await runCases(context, files, {
      project,
      environment,
      interrupt: signals.interrupt,
      onResult: ({ file }, result) => {
        if (!isText || (result.state === 'passed' && context.globals.isQuiet)) return;
        if (file !== heading) context.print(`${heading === '' ? '' : '\n'}${escapeLine(file)}`);
        heading = file;
        context.print(renderTestResult({ name: result.test.name, ...result }, screen));
      },
    });
    const report = testReport(results, invalid);
    if (format === 'json') context.printJson(report.json);
    else if (format === 'github') context.print(renderGithub(report.findings));
    else if (format === 'sarif' || format === 'junit')
      context.print(await formatReport(context, format, report));
    else if (hasErrors(report.findings) || !context.globals.isQuiet)
      context.print(`${heading === '' ? '' : '\n'}${report.closing}`);
    await writeReports(context, options, report);
    if (!hasErrors(report.findings)) return exitCodes.done;
    const isInvalid = report.findings.some(({ code }) => codes[code].exit === exitCodes.invalid);
    return isInvalid ? exitCodes.invalid : exitCodes.found;
  });
};
