// A run is in one environment: targets that belong to different ones do not go together.

import type { Finding } from '../../diagnostic/index.ts';
import type { Runbook } from '../../runbook/index.ts';
import type { Belonging } from './forced-environment.ts';

export function severalEnvironments({ targets }: Runbook, belonging: readonly Belonging[]): Finding[] {
  const [first] = belonging;
  const other = belonging.find((each) => each.environment !== first?.environment);
  if (first === undefined || other === undefined) return [];
  const place = targets.find(({ name }) => name === other.target)?.place;
  if (other.target === first.target)
    return [
      {
        code: 'policy/several-environments',
        level: 'error',
        message: `target \`${first.target}\` is \`${first.catalogueName}\` of the catalogue, which belongs to environment \`${first.environment}\`, and \`${other.catalogueName}\`, the same file, which belongs to \`${other.environment}\``,
        ...(place ? { place } : {}),
        fix: `remove one of the two from \`targets\` of belay.yaml`,
      },
    ];
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
