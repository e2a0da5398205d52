// The targets of a runbook: which databases, how they are protected, what may be lost.

import { keptCopies, type TargetDeclaration } from '../../runbook/index.ts';
import { type Change, change } from './change.ts';
import { compareKeep } from './compare-keep.ts';
import { isSame, normalValue } from './normal-value.ts';
import { defaultOf } from './param-value.ts';
import { show, showAll } from './show.ts';
import { type RunbookSide, record, type Written } from './side.ts';
import { acts } from './step-words.ts';

export function compareTargets(old: RunbookSide, now: RunbookSide): Change[] {
  const [before, after] = [declared(old), declared(now)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [from, to] = [before.get(name), after.get(name)];
    if (from === undefined) return to === undefined ? [] : added(name, to, now);
    if (to === undefined)
      return [change('target-removed', 'info', `target ${show(name)} was removed`, { old: from.place })];
    const where = (key: string) => ({
      old: old.document.keyPlace(['targets', name, key]),
      new: now.document.keyPlace(['targets', name, key]),
    });
    return compareTarget({ name, from: writtenOf(old, name), to: writtenOf(now, name), old, now, where });
  });
}

function declared({ runbook }: RunbookSide): ReadonlyMap<string, TargetDeclaration> {
  return new Map(runbook.targets.map((target) => [target.name, target]));
}

function writtenOf({ written }: RunbookSide, name: string): Written {
  return record(record(written.targets)[name]);
}

/** Also of a runbook that is new as a whole. */
export function added(name: string, target: TargetDeclaration, now: RunbookSide): Change[] {
  const where = { new: target.place };
  const written = writtenOf(now, name);
  const found = [
    change(
      'target-added',
      'info',
      `target ${show(name)} was added: ${show(written.use ?? written.path ?? 'scratch')}`,
      where,
    ),
  ];
  return [...found, ...targetRisks(name, target, now)];
}

export function targetRisks(name: string, target: TargetDeclaration, now: RunbookSide): Change[] {
  const where = { new: target.place };
  const found: Change[] = [];
  if (target.backup?.kind === 'none') found.push(noBackup(name, target.backup.reason, where));
  if (target.discardsForeignWrites === true) found.push(discards(name, where));
  if (target.expect === 'any' && now.steps.some((step) => acts(step) && step.compiled.targets.includes(name)))
    found.push(
      change(
        'target-unprotected',
        'caution',
        `target ${show(name)} may be absent, empty or damaged (\`expect: any\`)`,
        where,
      ),
    );
  return found;
}

function noBackup(name: string, reason: unknown, where: object): Change {
  return change(
    'backup-weakened',
    'danger',
    `target ${show(name)} now has \`backup: none\` (${show(reason)}): nothing can be restored when a step fails`,
    where,
  );
}

function discards(name: string, where: object): Change {
  return change(
    'target-unprotected',
    'danger',
    `target ${show(name)} now has \`onForeignWrites: discard\`: what others wrote since the backup is lost when the run is put back`,
    where,
  );
}

interface TargetPair {
  readonly name: string;
  readonly from: Written;
  readonly to: Written;
  readonly old: RunbookSide;
  readonly now: RunbookSide;
  readonly where: (key: string) => {
    readonly old: TargetDeclaration['place'];
    readonly new: TargetDeclaration['place'];
  };
}

function compareTarget(pair: TargetPair): Change[] {
  const { name, from, to, where } = pair;
  const target = `target ${show(name)}`;
  const found: Change[] = [];
  const path = { format: 'path' };
  const isMoved =
    !isSame(normalValue(from.path, path), normalValue(to.path, path)) ||
    !isSame(normalValue(from.use), normalValue(to.use));
  if (isMoved) {
    const users = pair.now.steps
      .filter((step) => acts(step) && step.compiled.targets.includes(name))
      .map(({ id }) => id);
    const means =
      users.length === 0
        ? 'it is read there'
        : `${showAll(users)} now ${users.length === 1 ? 'works' : 'work'} there`;
    found.push(
      change(
        'target-changed',
        'danger',
        `${target} is another database: ${show(addressOf(from))} became ${show(addressOf(to))}, and ${means}`,
        where(to.use === undefined ? 'path' : 'use'),
      ),
    );
  }
  if ((from.scratch === true) !== (to.scratch === true))
    found.push(
      to.scratch === true
        ? change(
            'target-changed',
            'caution',
            `${target} is now scratch: made by the run, without backup or lease, and removed at the end`,
            where('scratch'),
          )
        : change(
            'target-changed',
            'danger',
            `${target} is no longer scratch: the steps now work on a database that stays`,
            where('scratch'),
          ),
    );
  if ((from.exclusive === true) !== (to.exclusive === true))
    found.push(
      to.exclusive === true
        ? change(
            'target-changed',
            'caution',
            `${target} is now exclusive: no other connection gets in while the run lasts`,
            where('exclusive'),
          )
        : change(
            'target-unprotected',
            'danger',
            `${target} is no longer exclusive: others may write while the run lasts, and a failure may then wait for a person`,
            where('exclusive'),
          ),
    );
  if ((from.onForeignWrites === 'discard') !== (to.onForeignWrites === 'discard'))
    found.push(
      to.onForeignWrites === 'discard'
        ? discards(name, where('onForeignWrites'))
        : change(
            'target-changed',
            'info',
            `${target} no longer discards what others wrote: a person decides`,
            where('onForeignWrites'),
          ),
    );
  if ((from.expect === 'any') !== (to.expect === 'any'))
    found.push(
      to.expect === 'any'
        ? change(
            'target-unprotected',
            'danger',
            `${target} may now be absent, empty or damaged (\`expect: any\`): the run no longer refuses to start on it`,
            where('expect'),
          )
        : change('target-changed', 'info', `${target} must now be a readable database`, where('expect')),
    );
  return [...found, ...compareBackup(pair)];
}

function addressOf({ use, path, scratch }: Written): unknown {
  return use === undefined ? (path ?? (scratch === true ? 'scratch' : undefined)) : `use: ${String(use)}`;
}

function compareBackup({ name, from, to, old, now, where }: TargetPair): Change[] {
  const [before, after] = [from.backup, to.backup];
  if (after === 'none' && before !== 'none') return [noBackup(name, to.reason, where('backup'))];
  if (after === 'none')
    return isSame(from.reason, to.reason)
      ? []
      : [
          change(
            'words-changed',
            'info',
            `the reason for \`backup: none\` of target ${show(name)} is now ${show(to.reason)}`,
            where('reason'),
          ),
        ];
  if (before === 'none')
    return [
      change(
        'backup-strengthened',
        'info',
        `target ${show(name)} is backed up again before the first change`,
        where('backup'),
      ),
    ];
  const [first, second] = [record(before), record(after)];
  const of = ` of target ${show(name)}`;
  const found: Change[] = [];
  const went = (key: string, absent: string) =>
    `\`backup.${key}\`${of} went from ${show(first[key] ?? absent)} to ${show(second[key] ?? absent)}`;
  if ((first.verify ?? 'quick') !== (second.verify ?? 'quick'))
    found.push(
      second.verify === 'integrity'
        ? change('backup-strengthened', 'info', went('verify', 'quick'), where('backup'))
        : change(
            'backup-weakened',
            'danger',
            `${went('verify', 'quick')}: damage in the copy may go unseen until it is needed`,
            where('backup'),
          ),
    );
  if ((first.before ?? 'change') !== (second.before ?? 'change'))
    found.push(
      second.before === 'maintain'
        ? change(
            'backup-strengthened',
            'info',
            `${went('before', 'change')}: maintenance is backed up first too`,
            where('backup'),
          )
        : change(
            'backup-weakened',
            'caution',
            `${went('before', 'change')}: maintenance alone is no longer backed up first`,
            where('backup'),
          ),
    );
  if (!isSame(first.store, second.store))
    found.push(
      change('backup-changed', 'caution', `${went('store', 'local')}: backups go elsewhere`, where('backup')),
    );
  if (!isSame(normalValue(first.keep), normalValue(second.keep)))
    found.push(
      ...compareKeep({
        // The engine keeps a few where nobody says otherwise.
        old: first.keep ?? { last: keptCopies },
        now: second.keep ?? { last: keptCopies },
        of: ` of the backups${of}`,
        resolved: (value, side) => defaultOf(value, side === 'old' ? old : now),
        where: where('backup'),
      }),
    );
  return found;
}
