// `belay fmt`: puts runbooks, belay.yaml and test cases into their canonical form. Starts nothing, opens no database, writes
// only files that it changes.

import { readFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { formatCount } from '../../base/index.ts';
import {
  codes,
  type ExitCode,
  escapeLine,
  exitCodes,
  Failure,
  type Finding,
  FindingsFailure,
  hasErrors,
} from '../../diagnostic/index.ts';
import { loadSource, type Source } from '../../document/index.ts';
import { findingToJson, renderFindings, renderGithub } from '../../render/index.ts';
import { differenceOf, formatText, refuseLink, writeFormatted } from '../../review/fmt/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context } from '../context.ts';
import { filesToValidate } from '../files-to-validate.ts';

interface FmtOptions {
  readonly check?: boolean;
  readonly stdinName?: string;
}

export const configure: CommandModule['configure'] = (command, handle) => {
  command
    .argument(
      '[PATH...]',
      'files and folders, or - for stdin to stdout; those of the project when none is given',
    )
    .option('--check', 'change nothing; exit 12 when a file is not formatted')
    .option('--stdin-name <FILE>', 'what `-` is called, such as runbooks/daily.yaml');
  handle<FmtOptions>(command, async (context, paths, options) => {
    if (paths.includes('-')) return await formatStdin(context, paths, options);
    context.format(['text', 'json', 'github']);
    const { project, findings } = await context.tryProject();
    if (project === undefined && paths.length === 0) throw new FindingsFailure(findings, exitCodes.invalid);
    const files = await filesToValidate(paths, project, context.cwd);
    const isNamed = (file: string) => paths.some((path) => resolve(context.cwd, path) === file);
    const done = files.map((file) =>
      formatFile(file, relative(context.cwd, file) || basename(file), isNamed(file), options.check === true),
    );
    return report(
      context,
      done.filter((each) => each !== undefined),
      options.check === true,
    );
  });
};

interface Done {
  readonly file: string;
  readonly isChanged: boolean;
  readonly findings: readonly Finding[];
  readonly difference?: readonly string[];
}

/** Undefined for a file of somebody else that only lay in a folder. */
function formatFile(path: string, shownAs: string, isNamed: boolean, isCheck: boolean): Done | undefined {
  try {
    refuseLink(path, shownAs);
    const source = loadSource(path, shownAs);
    const { text, findings, isOwn } = formatText(source);
    if (!isOwn && !isNamed && !hasErrors(findings)) return undefined;
    if (text === undefined || isSame(path, text)) return { file: shownAs, isChanged: false, findings };
    if (!isCheck) {
      writeFormatted(path, text, shownAs);
      return { file: shownAs, isChanged: true, findings };
    }
    const { line, lines } = differenceOf(source.text, text);
    const place = { file: shownAs, line, column: 1 };
    const finding: Finding = {
      code: 'fmt/not-formatted',
      level: 'error',
      message: `\`${shownAs}\` is not formatted`,
      place,
      fix: `belay fmt ${shownAs}`,
    };
    return { file: shownAs, isChanged: true, findings: [...findings, finding], difference: lines };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // One that only lay in a folder was not asked for.
    const level = error.code === 'fmt/symbolic-link' && !isNamed ? 'warning' : 'error';
    return { file: shownAs, isChanged: false, findings: [error.toFinding(level)] };
  }
}

/** Byte for byte: a byte order mark is not canonical. */
function isSame(path: string, text: string): boolean {
  return readFileSync(path).equals(Buffer.from(text, 'utf8'));
}

function report(context: Context, done: readonly Done[], isCheck: boolean): ExitCode {
  const findings = done.flatMap((each) => each.findings);
  const changed = done.filter(({ isChanged }) => isChanged);
  const format = context.format(['text', 'json', 'github']);
  if (format === 'json')
    context.printJson({
      files: done.length,
      changed: changed.map(({ file }) => file),
      findings: findings.map(findingToJson),
    });
  else if (format === 'github') context.print(renderGithub(findings));
  else if (!context.globals.isQuiet || hasErrors(findings)) context.print(asText(context, done, isCheck));
  const worst = findings.find(({ code, level }) => level === 'error' && code !== 'fmt/not-formatted');
  if (worst !== undefined)
    return worst.code.startsWith('document/') ? exitCodes.invalid : codes[worst.code].exit;
  return isCheck && changed.length > 0 ? exitCodes.found : exitCodes.done;
}

function asText(context: Context, done: readonly Done[], isCheck: boolean): string {
  const screen = { ...context.screen, ...context.resultScreen };
  const lines = done.flatMap(({ file, isChanged, findings, difference = [] }) => [
    ...(isChanged && !isCheck ? [`formatted ${escapeLine(file)}`] : []),
    ...(isChanged && isCheck ? [`${escapeLine(file)} is not formatted`] : []),
    ...difference.map((line) => `  ${escapeLine(line)}`),
    ...[
      renderFindings(
        findings.filter(({ code }) => code !== 'fmt/not-formatted'),
        screen,
      ).trimEnd(),
    ],
  ]);
  const changed = done.filter(({ isChanged }) => isChanged).length;
  const words = isCheck ? 'to be formatted: `belay fmt`' : 'formatted';
  const closing = changed === 0 ? 'nothing to format' : `${changed} ${words}`;
  return [...lines.filter((line) => line !== ''), `${formatCount(done.length, 'file')}, ${closing}`].join(
    '\n',
  );
}

/** For editors and hooks: the formatted text, or nothing and why. */
async function formatStdin(
  context: Context,
  paths: readonly string[],
  options: FmtOptions,
): Promise<ExitCode> {
  if (paths.length > 1)
    throw new Failure('usage/conflicting-options', '`-` goes with no other path', { fix: 'give `-` alone' });
  const source = readStdin(options.stdinName ?? 'stdin.yaml');
  const { text, findings } = formatText(source);
  if (hasErrors(findings)) throw new FindingsFailure(findings, exitCodes.invalid);
  if (findings.length > 0) context.screen.stderr.write(renderFindings(findings, context.screen));
  if (options.check !== true) context.print(text ?? source.text);
  return options.check === true && text !== undefined && text !== source.text
    ? exitCodes.found
    : exitCodes.done;
}

function readStdin(file: string): Source {
  const bytes = readFileSync(0);
  try {
    return { file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw new Failure('document/not-utf8', `\`${file}\` is not UTF-8`, { fix: 'save it as UTF-8', cause });
  }
}
