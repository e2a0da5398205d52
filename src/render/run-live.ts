// A run as a live picture: listr2 draws one line per step. Its tasks only wait for what events say; order, retry,
// signals and failure are the engine's. This is the only file that imports listr2.

import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels,
  ListrLogger,
  type ListrTask,
  type ListrTaskWrapper,
  ProcessOutput,
  type SimpleRenderer,
} from 'listr2';
import { clip, displayWidth, formatDuration, wrap } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { RecordedStep, RunEvent } from '../journal/event.ts';
import type { RunRenderer, Screen } from './renderer.ts';
import { createRollbackLines } from './rollback-lines.ts';
import { endLines, targetWords } from './run-plain.ts';
import { renderSummary } from './run-summary.ts';
import { createStepBoard, type EndedStep } from './step-board.ts';
import { createStyle, type Style } from './style.ts';

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** One line of the picture. `ended` is settled by the event that ends its step. */
interface Line {
  readonly step: RecordedStep;
  readonly ended: PromiseWithResolvers<EndedStep | undefined>;
  task?: Wrapper;
  /** Stands under it before it begins. */
  note?: string;
}

/** What listr2 draws with, of `log-update`; there once the first picture is. */
interface Updater {
  clear(): void;
  persist(text: string): void;
}

/** listr2 asks whether stdout is a terminal; the picture goes to stderr, and whether that is one has been decided. */
class LiveRenderer extends DefaultRenderer {
  static override nonTTY = true;
  #paused: ProcessOutput | undefined;

  /** It may be paused before it is ready to draw. */
  override async render(): Promise<void> {
    await super.render();
    this.#paused?.release();
  }

  /** Leaves the screen to somebody else, who begins with an empty line: with the picture of this moment on it, or without. */
  pause(output: ProcessOutput, isKept: boolean): void {
    if (this.#paused !== undefined) return;
    const { updater } = this as unknown as { readonly updater?: Updater };
    if (isKept) updater?.persist(super.create());
    else updater?.clear();
    this.#paused = output;
    output.release();
    if (!isKept) output.stdout.write(lineUp);
  }

  resume(output: ProcessOutput): void {
    if (this.#paused === undefined) return;
    output.stdout.write('\n');
    output.hijack();
    this.#paused = undefined;
    super.update();
  }

  override update(): void {
    if (this.#paused === undefined) super.update();
  }

  override create(options?: Parameters<DefaultRenderer['create']>[0]): string {
    return this.#paused === undefined ? super.create(options) : '';
  }
}

const lineUp = '\u001b[1A';

/** A picture that is being drawn. */
interface Picture {
  readonly ended: Promise<unknown>;
  pause(isKept: boolean): void;
  /** For good. */
  erase(): void;
  resume(): void;
}

/** listr2 repaints everything each tick; beyond this many lines it becomes slow. */
export const mostLiveLines = 50;
const refreshMs = 1000;

export interface LiveOptions {
  readonly screen: Screen;
  readonly links?: Readonly<Record<string, string>>;
}

export function createLiveRenderer(options: LiveOptions): RunRenderer {
  const { screen } = options;
  const style = createStyle(screen.hasColor);
  const board = createStepBoard();
  const lines = new Map<string, Line>();
  const notes: string[] = [];
  let picture: Picture | undefined;
  const update = () => {
    for (const running of board.running()) {
      const task = lines.get(running.id.replace(/\[.*$/, ''))?.task;
      if (task === undefined) continue;
      const elapsed = Date.now() - running.startedAt;
      const parts = [
        ...(running.progress ? [running.progress] : []),
        ...(elapsed >= 2000 ? [formatDuration(elapsed)] : []),
      ];
      const item = /\[(.*)\]$/.exec(running.id)?.[1];
      if (item !== undefined) parts.unshift(item);
      if (parts.length > 0) task.output = style.dim(clip(escapeLine(parts.join(' · ')), screen.width - 6));
    }
  };
  const rollback = createRollbackLines(style, screen.width);
  let [hasBegun, isRollingBack] = [false, false];
  let printed: Promise<void> = Promise.resolve();
  /** Below the picture, once that is at its end. */
  const print = (texts: readonly string[]): void => {
    if (texts.length === 0) return;
    printed = printed.then(async () => {
      await picture?.ended;
      screen.stderr.write(`${texts.join('\n')}\n`);
    });
  };
  const noteFirst = (text: string): void => {
    const [first] = lines.values();
    if (first === undefined) return;
    first.note = text;
    if (first.task !== undefined) first.task.output = text;
  };
  const afterwards = (ended: EndedStep | undefined): readonly string[] =>
    ended === undefined ? [] : endLines(ended, style, screen.width, 8);
  const clock = setInterval(update, refreshMs);
  clock.unref();
  return {
    event(runId, event, at) {
      const ended = board.note(event, at);
      if (event.type === 'run-started') {
        for (const step of event.steps) lines.set(step.id, { step, ended: Promise.withResolvers() });
        screen.stderr.write(opening(runId, event, style, screen.width));
        picture = draw([...lines.values()], screen, style);
      } else if (event.type === 'warning') {
        notes.push(event.message);
      } else if (event.type === 'progress' && event.step === 'lease') {
        // Before the first step there is no line of its own: who is waited for stands under the first one.
        noteFirst(style.careful(clip(escapeLine(event.message ?? ''), screen.width - 6)));
      } else if (event.type === 'lease-taken') {
        noteFirst('');
      } else if (event.type === 'progress') {
        update();
      } else if (event.type === 'gate-asked' && event.kind === 'confirm') {
        picture?.pause(hasBegun);
      } else if (event.type === 'gate-decided') {
        picture?.resume();
      } else if (event.type === 'signal-received' && isRollingBack) {
        print([`${style.careful(event.signal)}: ${escapeLine(event.decision)}`]);
      } else if (event.type === 'signal-received') {
        for (const { id } of board.running()) {
          const task = lines.get(id.replace(/\[.*$/, ''))?.task;
          if (task !== undefined)
            task.output = style.careful(`${event.signal}: ${escapeLine(event.decision)}`);
        }
      }
      if (event.type === 'rollback-started') {
        isRollingBack = true;
        for (const line of lines.values()) line.ended.resolve(undefined);
      }
      hasBegun ||= ended !== undefined || event.type === 'attempt-started';
      if (isRollingBack) print([...rollback.note(event, at), ...afterwards(ended)]);
      else if (ended !== undefined) lines.get(ended.id)?.ended.resolve(ended);
    },
    async close(final) {
      clearInterval(clock);
      // Nothing has begun: a list of what was not run would say no more than the sentence below.
      if (!hasBegun && final !== undefined) picture?.erase();
      else picture?.resume();
      for (const line of lines.values()) line.ended.resolve(undefined);
      await picture?.ended;
      await printed;
      if (final === undefined) return;
      screen.stderr.write(
        renderSummary(final, {
          width: screen.width,
          hasColor: screen.hasColor,
          showsOutputs: 'isTTY' in screen.stdout && screen.stdout.isTTY === true,
          ...(options.links === undefined ? {} : { links: options.links }),
        }),
      );
    },
  };
}

function draw(lines: readonly Line[], screen: Screen, style: Style): Picture {
  const plain = Object.fromEntries(
    Object.values(ListrDefaultRendererLogLevels).map((level) => [level, (text?: string) => text ?? '']),
  );
  const stream = screen.stderr as NodeJS.WriteStream;
  const output = new ProcessOutput(stream, stream);
  let drawn: LiveRenderer | undefined;
  class Renderer extends LiveRenderer {
    constructor(...given: ConstructorParameters<typeof DefaultRenderer>) {
      super(...given);
      drawn = this;
    }
  }
  const listr = new Listr(
    lines.map((line) => taskOf(line, screen.width, style)),
    {
      concurrent: false,
      exitOnError: false,
      registerSignalListeners: false,
      collectErrors: false,
      renderer: Renderer,
      rendererOptions: {
        formatOutput: 'truncate',
        collapseErrors: false,
        logger: new ListrLogger({ processOutput: output }),
        ...(screen.hasColor ? {} : { color: plain }),
      },
    },
  );
  // What it resolves or rejects with is no news: the events have said it.
  const ended = listr.run().catch(() => undefined);
  return {
    ended,
    pause: (isKept) => drawn?.pause(output, isKept),
    resume: () => drawn?.resume(output),
    erase() {
      drawn?.pause(output, false);
      // listr2 ends an empty picture with a line of its own.
      output.stdout.write(lineUp);
    },
  };
}

function taskOf(line: Line, width: number, style: Style): ListrTask<unknown, typeof DefaultRenderer> {
  const title = escapeLine(line.step.title);
  return {
    title: clip(title, width - 4),
    task: async (_context, task) => {
      line.task = task as Wrapper;
      if (line.note !== undefined) task.output = line.note;
      const ended = await line.ended.promise;
      if (ended === undefined) return task.skip(style.dim(clip(`${title} · not run`, width - 4)));
      task.title = endedTitle(ended, width - 4, style);
      task.output = '';
      if (ended.state === 'skipped') return task.skip(task.title);
      if (ended.state === 'succeeded') return undefined;
      throw new Error(failureText(ended, width - 6));
    },
  };
}

function endedTitle(ended: EndedStep, width: number, style: Style): string {
  const took = ended.durationMs === undefined ? '' : `  ${formatDuration(ended.durationMs)}`;
  const title = clip(escapeLine(ended.title), width - took.length);
  const rest = width - displayWidth(title) - took.length - 3;
  const details =
    ended.details.length > 0 && rest > 8 ? ` · ${clip(escapeLine(ended.details.join(' · ')), rest)}` : '';
  return `${title}${style.dim(`${details}${took}`)}`;
}

function failureText(ended: EndedStep, width: number): string {
  const text = ended.failure === undefined ? ended.state : `${ended.failure.message} [${ended.failure.code}]`;
  const lines = [
    ...wrap(escapeLine(text), width),
    ...ended.output.map((line) => `| ${clip(escapeLine(line), width - 2)}`),
  ];
  if (ended.isContinued) lines.push('the run goes on (`onFailure: continue`)');
  return lines.join('\n');
}

function opening(
  runId: string,
  event: Extract<RunEvent, { type: 'run-started' }>,
  style: Style,
  width: number,
): string {
  const targets = event.targets.map(targetWords);
  const facts = wrap([runId, ...targets].join(' · '), width);
  return `${style.strong(escapeLine(event.runbook))}: ${escapeLine(event.title)}\n${facts.map((line) => style.dim(line)).join('\n')}\n\n`;
}
