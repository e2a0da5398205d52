// Retention rules as the command line writes them: `last=7,daily=30,within=90d`.

import { parseDuration } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';

const countedRules = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'];

/** As a runbook writes `keep`. Fails with `usage/invalid-value`; whether the rules keep anything, `backup/` judges. */
export function readKeep(text: string): Record<string, number | string> {
  const keep: Record<string, number | string> = {};
  for (const rule of text.split(',')) {
    const [name = '', value = ''] = rule.split('=').map((part) => part.trim());
    if (countedRules.includes(name) && /^\d+$/.test(value)) keep[name] = Number(value);
    else if (name === 'within' && parseDuration(value) !== undefined) keep[name] = value;
    else {
      throw new Failure(
        'usage/invalid-value',
        `\`--keep ${text}\`: \`${rule}\` is not a rule; expected such as \`last=7\`, \`daily=30\` or \`within=90d\``,
      );
    }
  }
  return keep;
}
