// What a command works with: the options of the call, the screen, and the project and the journal once they are
// asked for. Nothing is opened before it is asked for, and reading never creates a state folder.

import { type Clock, systemClock } from '../base/index.ts';
import {
  escapeJson,
  exitCodes,
  Failure,
  type Finding,
  FindingsFailure,
  hasErrors,
} from '../diagnostic/index.ts';
import type { Journal } from '../journal/index.ts';
import type { Project } from '../project/index.ts';
import type { Screen } from '../render/index.ts';
import type { GlobalOptions } from './globals.ts';
import { showFindings } from './show-error.ts';

export type Format = 'text' | 'json' | 'markdown' | 'github' | 'sarif' | 'junit';

export class Context {
  readonly globals: GlobalOptions;
  readonly screen: Screen;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly clock: Clock = systemClock;
  #project: Project | undefined;

  constructor(globals: GlobalOptions, screen: Screen, env: NodeJS.ProcessEnv) {
    this.globals = globals;
    this.screen = screen;
    this.env = env;
    this.cwd = process.cwd();
  }

  /** The format asked for. Fails with `usage/invalid-value` when the command does not have it. */
  format<F extends Format>(formats: readonly F[]): F {
    const asked = formats.find((format) => format === this.globals.output);
    if (asked !== undefined) return asked;
    throw new Failure(
      'usage/invalid-value',
      `\`--output ${this.globals.output}\`: expected ${formats.map((format) => `\`${format}\``).join(', ')}`,
    );
  }

  /** The project of the working folder. Fails with the findings of belay.yaml. */
  async project(): Promise<Project> {
    if (this.#project === undefined) {
      const { project, findings } = await this.tryProject();
      if (project === undefined || hasErrors(findings))
        throw new FindingsFailure(findings, exitCodes.invalid);
      if (findings.length > 0 && !this.globals.isQuiet) await showFindings(findings, this.screen);
      this.#project = project;
    }
    return this.#project;
  }

  /** The project with what is wrong with it, for commands that check it. */
  async tryProject(): Promise<{ readonly project?: Project; readonly findings: readonly Finding[] }> {
    const { loadProject } = await import('../project/index.ts');
    return loadProject({
      cwd: this.cwd,
      env: this.env,
      ...(this.globals.state === undefined ? {} : { stateFolder: this.globals.state }),
      ...(this.globals.project === undefined ? {} : { projectFile: this.globals.project }),
    });
  }

  /** The journal for reading; one without runs when the project has never run anything. */
  async journalForReading(): Promise<Journal> {
    const { stateFolder } = await this.project();
    const { openJournal } = await import('../journal/index.ts');
    return openJournal(stateFolder, { clock: this.clock, readOnly: true });
  }

  /** The journal for a run; makes the state folder. */
  async journalForWriting(): Promise<Journal> {
    const { stateFolder } = await this.project();
    const { openJournal } = await import('../journal/index.ts');
    return openJournal(stateFolder, { clock: this.clock });
  }

  /** The screen that results go to; a file or a pipe is as wide as its text. */
  get resultScreen(): { readonly width: number; readonly hasColor: boolean } {
    const { stdout } = process;
    const forced = this.env.FORCE_COLOR !== undefined;
    return stdout.isTTY
      ? { width: stdout.columns || this.screen.width, hasColor: this.screen.hasColor }
      : {
          width: Number(this.env.COLUMNS) || Number.POSITIVE_INFINITY,
          hasColor: forced && this.screen.hasColor,
        };
  }

  /** A result, for programs and people alike. */
  print(text: string): void {
    this.screen.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
  }

  /** A result as one JSON object. */
  printJson(value: unknown): void {
    this.print(escapeJson(JSON.stringify(value, null, 2)));
  }

  /** A word to the person at the terminal; not under `--quiet`. */
  say(text: string): void {
    if (!this.globals.isQuiet) this.screen.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  }
}
