// A run is in one environment: targets that belong to different ones do not go together.

import type { Finding } from '../../diagnostic/index.ts';
import type { Runbook } from '../../runbook/index.ts';
import type { Belonging } from './forced-environment.ts';

export function severalEnvironments({ targets }: Runbook, belonging: readonly Belonging[]): Finding[] {
  const [first] = belonging;
  const other = belonging.find((each) => each.environment !== first?.environment);
  if (first === undefined || other === undefined) return [];
  const place = targets.find(({ name }) => name === other.target)?.place;
  return [
    {
      code: 'policy/several-environments',
      level: 'error',
      message: `target \`${first.target}\` belongs to environment \`${first.environment}\`, \`${other.target}\` to \`${other.environment}\``,
      ...(place ? { place } : {}),
      fix: 'work on them in two runs',
    },
  ];
}
