// Asks a service for its state and tells it to change, by systemd or by the programs of the step; waits until it has.

import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { ProgramResult, RunContext } from '../action.ts';
import { milliseconds } from '../values.ts';
import { type ServiceInput, serviceName } from './fields.ts';

export type ServiceState = 'running' | 'stopped';

const pollMs = 100;
const defaultWaitMs = 30_000;

/** Exit codes of `systemctl is-active` and of the init scripts before it: 0 runs, these do not, others tell nothing. */
const stoppedCodes = new Set([1, 3, 4]);

/**
 * Brings the service into `wanted`, and answers how it was found.
 *
 * Order: how it was found is on record before it is told to change. Crash: dying in between leaves a record that says more
 * than happened, and the undo of a service that is where it was does nothing.
 */
export async function bring(
  wanted: ServiceState,
  input: ServiceInput,
  context: RunContext,
): Promise<ServiceState> {
  const note = (when: 'before' | 'after', state: ServiceState): void =>
    context.record({
      type: 'service-state',
      step: context.stepId,
      service: context.masker(serviceName(input)),
      when,
      state,
    });
  const before = await stateOf(input, context);
  note('before', before);
  if (before !== wanted) await bringTo(wanted, input, context);
  note('after', wanted);
  return before;
}

/** Fails with `action/service-unknown` when the state cannot be told. */
async function stateOf(input: ServiceInput, context: RunContext): Promise<ServiceState> {
  requireOne(input);
  const argv = input.command?.status ?? ['systemctl', 'is-active', '--', input.unit ?? ''];
  const result = await call(argv, context);
  const isStopped = stoppedCodes.has(result.exitCode ?? -1);
  if (result.exitCode === 0) return 'running';
  // `activating` and `deactivating` are answered with 3: not stopped yet.
  const word = result.stdout.trim();
  if (isStopped && input.unit !== undefined && /^(de)?activating|^reloading/.test(word)) return 'running';
  if (isStopped && !(input.unit !== undefined && /bus|not been booted/i.test(result.stderr)))
    return 'stopped';
  throw new Failure(
    'action/service-unknown',
    `the state of \`${serviceName(input)}\` cannot be told: \`${argv.join(' ')}\` ${ended(result)}`,
    { state: 'the service was not touched by this question', fix: 'run that command by hand' },
  );
}

function requireOne({ unit, command }: ServiceInput): void {
  if ((unit === undefined) !== (command === undefined)) return;
  throw new Failure(
    'action/service-unknown',
    `expected exactly one of \`unit\` and \`command\`, found ${unit === undefined ? 'none' : 'both'}`,
    { state: 'no service was touched', fix: 'give one of them' },
  );
}

/**
 * Brings the service into `wanted`, and waits until it says so. Fails with `action/service-refused`, or with
 * `action/service-late` when it is not there in time.
 */
async function bringTo(wanted: ServiceState, input: ServiceInput, context: RunContext): Promise<void> {
  const verb = wanted === 'running' ? 'start' : 'stop';
  const argv = input.command?.[verb] ?? ['systemctl', verb, '--', input.unit ?? ''];
  const waitMs = input.wait === undefined ? defaultWaitMs : milliseconds(input.wait);
  const startedMs = context.clock.monotonicMs();
  const result = await call(argv, context, waitMs);
  const elapsedMs = () => context.clock.monotonicMs() - startedMs;
  if (result === late) throw notInTime(input, wanted, waitMs);
  if (result.exitCode !== 0)
    throw new Failure(
      'action/service-refused',
      `\`${serviceName(input)}\` could not be told to ${verb}: \`${argv.join(' ')}\` ${ended(result)}`,
      {
        state: 'the service is in the state in which its own command left it',
        fix: `look at its log, or read the output: \`belay runs logs ${context.runId} ${context.stepId}\``,
      },
    );
  while ((await stateOf(input, context)) !== wanted) {
    if (elapsedMs() > waitMs) throw notInTime(input, wanted, waitMs);
    await sleep(pollMs, undefined, { signal: context.signal });
  }
}

const late = Symbol('late');

function call(argv: readonly string[], context: RunContext): Promise<ProgramResult>;
function call(
  argv: readonly string[],
  context: RunContext,
  limitMs: number,
): Promise<ProgramResult | typeof late>;
async function call(
  argv: readonly string[],
  context: RunContext,
  limitMs = defaultWaitMs,
): Promise<ProgramResult | typeof late> {
  const limit = AbortSignal.timeout(limitMs);
  const result = await context.programs.run({
    argv,
    cwd: context.projectFolder,
    env: {},
    signal: AbortSignal.any([context.signal, limit]),
    onOutput: (stream, text) => context.output(stream, text),
  });
  context.signal.throwIfAborted();
  return limit.aborted && result.exitCode === null ? late : result;
}

function ended({ exitCode, signal, stderr, stdout }: ProgramResult): string {
  const said = [stderr, stdout]
    .map((text) => text.trim().split('\n').at(-1) ?? '')
    .find((line) => line !== '');
  const how = exitCode === null ? `was ended by ${signal ?? 'a signal'}` : `exited with ${exitCode}`;
  return said === undefined ? how : `${how}: ${said.slice(0, 300)}`;
}

function notInTime(input: ServiceInput, wanted: ServiceState, waitMs: number): Failure {
  return new Failure(
    'action/service-late',
    `\`${serviceName(input)}\` was not ${wanted} within ${formatDuration(waitMs)}`,
    {
      state: `it was told to ${wanted === 'running' ? 'start' : 'stop'}, and may still do so`,
      fix: 'look at its log; give it longer with `wait`',
    },
  );
}
