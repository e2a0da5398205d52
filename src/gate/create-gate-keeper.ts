// Answers the gates of a run: from the command line where it holds an answer, else by asking on the terminal, else not at
// all. Which of them answered is part of the record.

import { askOperator, type Terminal } from './ask-operator.ts';
import type { GateAnswer, GateKeeper } from './gate-keeper.ts';

export interface GateKeeperOptions {
  /** `--yes`: answers gates that ask for no text. */
  readonly saysYes: boolean;
  /** `--confirm STEP=TEXT`, by step. */
  readonly texts: ReadonlyMap<string, string>;
  /** Absent when nobody may be asked. */
  readonly terminal?: Terminal;
  readonly operator: string;
}

export function createGateKeeper({ saysYes, texts, terminal, operator }: GateKeeperOptions): GateKeeper {
  return {
    canAnswer: ({ step, hasExpect }) => terminal !== undefined || (hasExpect ? texts.has(step) : saysYes),
    async answer(question, signal) {
      const given = texts.get(question.step);
      if (question.expect !== undefined && given !== undefined)
        return compare(question.expect, given, operator);
      if (question.expect === undefined && saysYes)
        return { decision: 'confirmed', by: operator, how: '--yes' };
      if (terminal === undefined)
        return { decision: 'declined', by: 'nobody', how: 'nobody', reason: 'there is nobody to ask' };
      return await askOperator(terminal, question, operator, signal);
    },
  };
}

function compare(expect: string, given: string, operator: string): GateAnswer {
  return given === expect
    ? { decision: 'confirmed', by: operator, how: '--confirm' }
    : {
        decision: 'declined',
        by: operator,
        how: '--confirm',
        reason: `\`--confirm\` gives \`${given}\`; \`${expect}\` was expected`,
      };
}
