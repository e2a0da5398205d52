// Who answers the gates of a run: what the command line holds, else the person at the terminal.

import { nearestName } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { createGateKeeper, type GateKeeper } from '../gate/index.ts';
import { operatorName } from '../process/index.ts';
import type { Runbook } from '../runbook/index.ts';
import type { Context } from './context.ts';
import type { SignalWatch } from './signals.ts';

export interface GateAnswers {
  readonly yes?: boolean;
  /** `STEP=TEXT` */
  readonly confirm?: readonly string[];
  readonly nonInteractive?: boolean;
}

/** Those of the command line that answer for a person. */
export function optionsThatAnswer({ yes, confirm }: GateAnswers): string[] {
  return [...(yes === true ? ['--yes'] : []), ...(confirm === undefined ? [] : ['--confirm'])];
}

/** Fails with `usage/invalid-value` for an answer to a gate that the runbook does not have. */
export function readConfirmations(texts: readonly string[], runbook: Runbook): ReadonlyMap<string, string> {
  const asking = runbook.steps.flatMap(({ id, gate }) =>
    gate?.kind === 'confirm' && gate.expect !== undefined ? [id] : [],
  );
  const answers = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw new Failure('usage/invalid-value', `\`--confirm ${text}\`: expected \`STEP=TEXT\``);
    const step = text.slice(0, at);
    if (!asking.includes(step)) {
      const near = nearestName(step, asking);
      throw new Failure(
        'usage/invalid-value',
        `\`--confirm ${text}\`: \`${runbook.name}\` has no step \`${step}\` whose gate asks for a text`,
        near === undefined ? {} : { fix: `did you mean \`--confirm ${near}=…\`?` },
      );
    }
    answers.set(step, text.slice(at + 1));
  }
  return answers;
}

export function gateKeeperOf(
  context: Context,
  runbook: Runbook,
  answers: GateAnswers,
  signals: SignalWatch,
): GateKeeper {
  const mayAsk =
    answers.nonInteractive !== true && context.globals.output === 'text' && isSomebodyThere(context);
  return createGateKeeper({
    saysYes: answers.yes === true,
    texts: readConfirmations(answers.confirm ?? [], runbook),
    operator: operatorName(),
    ...(mayAsk
      ? {
          terminal: {
            input: process.stdin,
            output: context.screen.stderr,
            hangup: signals.hangup,
            onInterrupt: signals.raise,
          },
        }
      : {}),
  });
}

/** Under `CI` a terminal has nobody in front of it. */
function isSomebodyThere({ screen, env }: Context): boolean {
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return isTerminal && (screen.isInteractive || env.TERM === 'dumb');
}
