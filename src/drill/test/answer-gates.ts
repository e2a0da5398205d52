// Answers the gates of a case, as an operator would: what the case does not answer is declined.

import type { GateAnswer, GateKeeper } from '../../gate/index.ts';
import type { TestCase } from './case.ts';

const by = 'the test case';

export function answerGates({ answers }: TestCase): GateKeeper {
  const given = (step: string) => answers.get(step)?.given;
  return {
    canAnswer: () => true,
    answer: async ({ step, expect }): Promise<GateAnswer> => {
      const answer = given(step);
      if (answer === undefined) return declined('the case does not answer it');
      if (expect === undefined) return answer === 'yes' ? confirmed('--yes') : declined('the case says no');
      return answer === expect
        ? confirmed('--confirm')
        : declined(`the case gives \`${answer}\`; \`${expect}\` was expected`);
    },
  };
}

/** Steps whose approval the case gives; any other waits. */
export function approvedSteps({ answers }: TestCase): ReadonlySet<string> {
  return new Set([...answers].filter(([, { given }]) => given === 'yes').map(([step]) => step));
}

function confirmed(how: GateAnswer['how']): GateAnswer {
  return { decision: 'confirmed', by, how };
}

function declined(reason: string): GateAnswer {
  return { decision: 'declined', by, how: 'typed', reason };
}
