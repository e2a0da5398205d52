// What a view of a running run needs to remember: which steps there are, which one runs since when, and how far it is.
// A memory for drawing only; the engine's state is elsewhere.

import type { LiveEvent, Measure, RecordedFailure, RecordedStep, RunEvent } from '../journal/event.ts';
import { formatMeasures, formatProgress } from './format.ts';

export interface EndedStep {
  readonly id: string;
  readonly title: string;
  readonly state: 'succeeded' | 'failed' | 'errored' | 'cancelled' | 'skipped';
  readonly durationMs?: number;
  /** What it did, or why it was skipped; a few words. */
  readonly details: readonly string[];
  readonly failure?: RecordedFailure;
  readonly isContinued: boolean;
  /** The end of what a program printed; only kept for a step that failed. */
  readonly output: readonly string[];
}

export interface RunningStep {
  readonly id: string;
  readonly title: string;
  readonly startedAt: number;
  progress: string;
}

const keptOutputLines = 10;

export interface StepBoard {
  readonly steps: readonly RecordedStep[];
  /** In the order they started. */
  running(): readonly RunningStep[];
  /** The step that this event ended, if it ended one. */
  note(event: RunEvent, at: string): EndedStep | undefined;
}

export function createStepBoard(): StepBoard {
  const recorded = new Map<string, RecordedStep>();
  const running = new Map<string, RunningStep>();
  const measures = new Map<string, readonly Measure[]>();
  const facts = new Map<string, string[]>();
  const output = new Map<string, string[]>();

  const titleOf = (id: string): string => {
    const [, name = id, key] = /^([^[]+)\[(.*)\]$/.exec(id) ?? [];
    const title = recorded.get(name)?.title ?? name;
    return key === undefined ? title : `${title}: ${key}`;
  };
  const start = (id: string, at: string) => {
    if (!running.has(id))
      running.set(id, { id, title: titleOf(id), startedAt: Date.parse(at), progress: '' });
  };
  const end = (id: string, rest: Pick<EndedStep, 'state'> & Partial<EndedStep>): EndedStep => {
    running.delete(id);
    const ended = {
      id,
      title: titleOf(id),
      details: [...(facts.get(id) ?? []), ...formatMeasures(measures.get(id) ?? [])],
      isContinued: false,
      output: rest.state === 'succeeded' ? [] : (output.get(id) ?? []),
      ...rest,
    };
    output.delete(id);
    return ended;
  };

  return {
    get steps() {
      return [...recorded.values()];
    },
    running: () => [...running.values()],
    note(event, at) {
      switch (event.type) {
        case 'run-started':
          for (const step of event.steps) recorded.set(step.id, step);
          return undefined;
        case 'attempt-started':
          start(event.step, at);
          return undefined;
        case 'progress':
          start(event.step, at);
          showProgress(running.get(event.step), event);
          return undefined;
        case 'step-output':
          keepOutput(output, event);
          return undefined;
        case 'retry-scheduled': {
          const step = running.get(event.step);
          if (step) step.progress = `attempt ${event.attempt} failed, next at ${event.dueAt.slice(11, 19)}`;
          return undefined;
        }
        case 'backup-created':
          facts.set(event.step, [event.backup, `verified: ${event.verified}`]);
          return undefined;
        case 'attempt-finished':
          if (event.measures !== undefined) measures.set(event.step, event.measures);
          return undefined;
        case 'precondition-checked':
          return end(event.step, {
            state: event.result === 'met' ? 'succeeded' : event.result === 'unmet' ? 'failed' : 'errored',
            ...(event.failure === undefined ? {} : { failure: event.failure }),
            ...(event.message === undefined || event.failure !== undefined
              ? {}
              : { details: [event.message] }),
          });
        case 'step-skipped':
          return end(event.step, { state: 'skipped', details: [event.reason] });
        case 'step-finished':
          return end(event.step, {
            state: event.state,
            durationMs: event.durationMs,
            ...(event.failure === undefined ? {} : { failure: event.failure }),
            ...(event.isContinued === undefined ? {} : { isContinued: event.isContinued }),
          });
        default:
          return undefined;
      }
    },
  };
}

function showProgress(step: RunningStep | undefined, event: Extract<LiveEvent, { type: 'progress' }>): void {
  if (step !== undefined) step.progress = formatProgress(event);
}

function keepOutput(output: Map<string, string[]>, event: Extract<LiveEvent, { type: 'step-output' }>): void {
  const lines = [
    ...(output.get(event.step) ?? []),
    ...event.text.split('\n').filter((line) => line.trim() !== ''),
  ];
  output.set(event.step, lines.slice(-keptOutputLines));
}
