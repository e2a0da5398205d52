// How a run ended against how a case says that it ends: one finding for each difference, at its line.

import type { Json, JsonObject } from '../../base/index.ts';
import type { Finding, Place } from '../../diagnostic/index.ts';
import type { RecordedFailure } from '../../journal/index.ts';
import { canonical } from '../../plan/index.ts';
import type { RehearsedStep } from '../report.ts';
import type { TestCase } from './case.ts';
import { isState } from './states.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly failure?: RecordedFailure;
  readonly failedStep?: string;
  readonly steps: readonly Pick<RehearsedStep, 'id' | 'state' | 'reason'>[];
  readonly outputs: JsonObject;
}

const longestValue = 400;

export function compareOutcome({ name, expect }: TestCase, outcome: Outcome): Finding[] {
  const differs = (message: string, place: Place) => difference(name, message, place);
  const found: Finding[] = [];
  if (outcome.exitCode !== expect.exit.value)
    found.push(
      differs(
        `expected exit ${expect.exit.value}, found ${outcome.exitCode}${why(outcome)}`,
        expect.exit.place,
      ),
    );
  const { failure } = expect;
  if (failure !== undefined && !says(outcome.failure, failure.value))
    found.push(
      differs(`expected a failure with \`${failure.value}\`, found ${failureWords(outcome)}`, failure.place),
    );
  for (const { step, value, place } of expect.states) {
    const is = outcome.steps.find(({ id }) => id === step) ?? { state: 'pending' };
    if (isState(value, is.state)) continue;
    const reason = 'reason' in is && is.reason !== undefined ? ` (${is.reason})` : '';
    found.push(differs(`step \`${step}\`: expected \`${value}\`, found \`${is.state}\`${reason}`, place));
  }
  for (const output of expect.outputs) {
    const is = outcome.outputs[output.name];
    if (isSame(is, output.value)) continue;
    found.push(
      differs(
        `output \`${output.name}\`: expected \`${shown(output.value)}\`, found ${is === undefined ? 'none' : `\`${shown(is)}\``}`,
        output.place,
      ),
    );
  }
  return found;
}

/** Of the case called `test`. */
export function difference(test: string, message: string, place: Place): Finding {
  return { code: 'test/failed', level: 'error', message: `${test}: ${message}`, place };
}

/** As JSON, whatever the order of keys. */
export function isSame(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && canonical(a as Json) === canonical(b as Json);
}

export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

function says(failure: RecordedFailure | undefined, wanted: string): boolean {
  return failure !== undefined && (failure.code === wanted || failure.message.includes(wanted));
}

function why({ failure, failedStep }: Outcome): string {
  if (failure === undefined) return '';
  return `: ${failedStep === undefined ? '' : `step \`${failedStep}\`: `}${failure.message} [${failure.code}]`;
}

function failureWords({ failure }: Outcome): string {
  return failure === undefined ? 'none' : `\`${failure.message}\` [${failure.code}]`;
}
