// Reports for other programs: as the result of a command (`--output sarif`), or into files beside its text (`--sarif FILE`).

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure, type Finding } from '../diagnostic/index.ts';
import type { JunitSuite, SarifRule } from '../render/index.ts';
import type { Context } from './context.ts';

export interface ReportOptions {
  readonly sarif?: string;
  readonly junit?: string;
}

export interface Reported {
  /** The command, as people call it. */
  readonly command: string;
  readonly findings: readonly Finding[];
  readonly suites: readonly JunitSuite[];
  /** What was looked for, also where nothing was found. */
  readonly rules?: readonly SarifRule[];
  /** The file that findings without a place are shown at; belay.yaml when absent. */
  readonly home?: string;
}

export function addReportOptions(command: Command): Command {
  return command
    .option('--sarif <FILE>', 'also write the findings as SARIF 2.1.0')
    .option('--junit <FILE>', 'also write a JUnit report');
}

/** Writes the files that were asked for. Fails with `usage/unwritable-file`. */
export async function writeReports(
  context: Context,
  options: ReportOptions,
  reported: Reported,
): Promise<void> {
  if (options.sarif !== undefined)
    write(context, options.sarif, await formatReport(context, 'sarif', reported));
  if (options.junit !== undefined)
    write(context, options.junit, await formatReport(context, 'junit', reported));
}

/** The report as text, for `--output sarif` and `--output junit`. */
export async function formatReport(
  context: Context,
  format: 'sarif' | 'junit',
  { suites, findings, ...rest }: Reported,
): Promise<string> {
  const { renderJunit, renderSarif } = await import('../render/index.ts');
  return format === 'junit' ? renderJunit(suites) : renderSarif(findings, { folder: context.cwd, ...rest });
}

function write(context: Context, file: string, text: string): void {
  try {
    writeFileSync(resolve(context.cwd, file), text);
  } catch (cause) {
    throw new Failure('usage/unwritable-file', `the report cannot be written to \`${file}\``, {
      state: 'the command has done its work; only the report is missing',
      cause,
    });
  }
}
