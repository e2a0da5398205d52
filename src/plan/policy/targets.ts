// `noBackupNone` and `noDiscardForeignWrites`: what a runbook may not say of its targets.

import type { Finding } from '../../diagnostic/index.ts';
import type { Policy } from '../../project/index.ts';
import type { Runbook, TargetDeclaration } from '../../runbook/index.ts';
import type { Ruled } from './call.ts';

export function targetFindings(policy: Policy, ruled: Ruled, { targets }: Runbook): Finding[] {
  const bare = targets.filter(({ backup, isScratch }) => backup?.kind === 'none' && isScratch !== true);
  const discarding = targets.filter(({ discardsForeignWrites }) => discardsForeignWrites === true);
  return [
    ...(policy.noBackupNone === true
      ? named('policy/backup-none', ruled, bare, 'allows no `backup: none`', 'remove `backup: none`')
      : []),
    ...(policy.noDiscardForeignWrites === true
      ? named(
          'policy/discards-foreign-writes',
          ruled,
          discarding,
          'never discards what others have written',
          'remove `onForeignWrites: discard`',
        )
      : []),
  ];
}

function named(
  code: Finding['code'],
  { environment, ...rest }: Ruled,
  targets: readonly TargetDeclaration[],
  rule: string,
  fix: string,
): Finding[] {
  const [first] = targets;
  if (first === undefined) return [];
  const names = targets.map(({ name }) => `\`${name}\``).join(', ');
  const message = `environment \`${environment}\` ${rule}, as ${targets.length === 1 ? 'target' : 'targets'} ${names} would`;
  return [{ code, level: 'error', message, place: first.place, ...rest, fix }];
}
