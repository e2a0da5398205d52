// Shows what stopped a command, and gives its exit code. The one place where an error becomes text.

import { version } from '../base/index.ts';
import {
  escapeJson,
  escapeTerminal,
  exitCodes,
  Failure,
  type Finding,
  FindingsFailure,
  systemFailure,
} from '../diagnostic/index.ts';
import type { Screen } from '../render/renderer.ts';
import type { GlobalOptions } from './globals.ts';

/** Shows `error` and returns the exit code it stands for. With `--output json` it is one object on stdout. */
export async function showError(error: unknown, screen: Screen, globals: GlobalOptions): Promise<number> {
  const { findings, exit } = toFindings(error);
  if (globals.output === 'json') {
    const { findingToJson } = await import('../render/index.ts');
    const json = JSON.stringify({ exitCode: exit, findings: findings.map(findingToJson) });
    screen.stdout.write(`${escapeJson(json)}\n`);
  } else {
    await showFindings(findings, screen);
  }
  if (globals.isVerbose && error instanceof Error) screen.stderr.write(`${escapeTerminal(stackOf(error))}\n`);
  return exit;
}

export async function showFindings(findings: readonly Finding[], screen: Screen): Promise<void> {
  const { renderFindings } = await import('../render/index.ts');
  screen.stderr.write(renderFindings(findings, screen));
}

function toFindings(thrown: unknown): { readonly findings: readonly Finding[]; readonly exit: number } {
  const error = systemFailure(thrown);
  if (error instanceof FindingsFailure) return { findings: error.findings, exit: error.exit };
  if (error instanceof Failure) return { findings: [error.toFinding()], exit: error.exit };
  const message = error instanceof Error ? error.message : String(error);
  return {
    findings: [
      {
        code: 'internal/defect',
        level: 'error',
        message: `belay ${version} met something it does not expect: ${message}`,
        state: 'a run that was going on is in the journal: `belay runs show last`',
        fix: `report it with the output of \`belay ${process.argv.slice(2, 3).join('')} … --verbose\``,
      },
    ],
    exit: exitCodes.defect,
  };
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
