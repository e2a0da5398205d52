// belay.yaml before and after: stores, the catalogue of targets, environments, defaults, schedules. Each key that the
// format knows is told with what it means; any other as it is.

import { parseDuration } from '../../base/index.ts';
import { type Change, change } from './change.ts';
import { compareKeep } from './compare-keep.ts';
import { comparePolicy, policyWords } from './compare-policy.ts';
import { compareSchedules } from './compare-schedules.ts';
import { compareValues } from './compare-values.ts';
import { isSame, normalValue } from './normal-value.ts';
import { type ProjectSide, usersWords, usesTarget } from './project-side.ts';
import { show } from './show.ts';
import { type RunbookSide, record, type Written } from './side.ts';

export interface ProjectPair {
  readonly old: ProjectSide;
  readonly now: ProjectSide;
  /** Runbooks as they are now, for saying who is affected. */
  readonly runbooks: readonly RunbookSide[];
}

export function compareProjects(pair: ProjectPair): Change[] {
  return [
    ...compareSettings(pair),
    ...named(pair, 'stores', compareStore),
    ...named(pair, 'targets', compareTarget),
    ...named(pair, 'environments', compareEnvironment),
    ...compareSchedules(pair.old, pair.now),
  ];
}

interface NamedPair extends ProjectPair {
  readonly name: string;
  /** Absent: it was not there, or is no longer. */
  readonly from?: Written;
  readonly to?: Written;
  readonly where: (...below: string[]) => Pick<Change, 'old' | 'new'>;
}

function named(
  pair: ProjectPair,
  key: 'stores' | 'targets' | 'environments',
  compare: (pair: NamedPair) => Change[],
): Change[] {
  const [before, after] = [record(pair.old.written[key]), record(pair.now.written[key])];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    if (isSame(normalValue(before[name]), normalValue(after[name]))) return [];
    const [from, to] = [before[name], after[name]].map((each) =>
      each === undefined ? undefined : record(each),
    );
    const where = (...below: string[]) => ({
      ...(from === undefined ? {} : { old: pair.old.document.keyPlace([key, name, ...below]) }),
      ...(to === undefined ? {} : { new: pair.now.document.keyPlace([key, name, ...below]) }),
    });
    return compare({ ...pair, name, where, ...(from ? { from } : {}), ...(to ? { to } : {}) });
  });
}

function compareSettings({ old, now }: ProjectPair): Change[] {
  const found: Change[] = [];
  const where = (...path: string[]) => ({
    old: old.document.keyPlace(path),
    new: now.document.keyPlace(path),
  });
  const differs = (key: string) => !isSame(normalValue(old.written[key]), normalValue(now.written[key]));
  const went = (key: string, from: unknown, to: unknown) =>
    `\`${key}\` of belay.yaml went from ${show(from)} to ${show(to)}`;
  if (old.project.stateFolder !== now.project.stateFolder)
    found.push(
      change(
        'project-changed',
        'danger',
        `${went('state', old.written.state ?? '.belay', now.written.state ?? '.belay')}: runs, approvals and the backups of store \`local\` at the old place are not found any more`,
        where('state'),
      ),
    );
  if (!isSame(old.project.runbookFolders, now.project.runbookFolders))
    found.push(
      change(
        'project-changed',
        'caution',
        `${went('runbooks', old.written.runbooks ?? ['runbooks'], now.written.runbooks ?? ['runbooks'])}: other runbooks are found by name`,
        where('runbooks'),
      ),
    );
  const [before, after] = [record(old.written.defaults), record(now.written.defaults)];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (
      isSame(
        normalValue(before[key], { format: 'duration' }),
        normalValue(after[key], { format: 'duration' }),
      )
    )
      continue;
    const isEnvironment = key === 'environment';
    const means = isEnvironment ? ': runs without `--env` take other params and another policy' : '';
    found.push(
      change(
        'default-changed',
        isEnvironment ? 'danger' : 'info',
        `${went(`defaults.${key}`, before[key], after[key])}${means}`,
        where('defaults', key),
      ),
    );
  }
  const known = new Set([
    'apiVersion',
    'state',
    'runbooks',
    'stores',
    'targets',
    'environments',
    'defaults',
    'schedules',
  ]);
  for (const key of new Set([...Object.keys(old.written), ...Object.keys(now.written)]))
    if (!known.has(key) && differs(key))
      found.push(
        change('project-changed', 'caution', went(key, old.written[key], now.written[key]), where(key)),
      );
  return found;
}

function compareStore({ name, from, to, where }: NamedPair): Change[] {
  const store = `store ${show(name)}`;
  if (from === undefined)
    return [change('backup-changed', 'info', `${store} was added at ${show(to?.path)}`, where())];
  if (to === undefined)
    return [
      change(
        'backup-weakened',
        'danger',
        `${store} was removed: the backups in ${show(from.path)} are not found any more`,
        where(),
      ),
    ];
  return others(from, to, {
    path: () => [
      change(
        'backup-changed',
        'danger',
        `${store} is now at ${show(to.path)}, before ${show(from.path)}: backups at the old place are not found any more`,
        where('path'),
      ),
    ],
    keep: () => keepOf(from, to, `store ${show(name)}`, where('keep')),
    other: (key) => [
      change(
        'backup-changed',
        'caution',
        `\`${key}\` of ${store} went from ${show(from[key])} to ${show(to[key])}`,
        where(key),
      ),
    ],
  });
}

function compareTarget({ old, now, name, from, to, where, runbooks }: NamedPair): Change[] {
  const target = `target ${show(name)} of the catalogue`;
  const users = usersWords(runbooks, usesTarget(name));
  if (from === undefined)
    return [change('target-added', 'info', `${target} was added: ${show(to?.path)}`, where())];
  if (to === undefined)
    return [
      change(
        'target-removed',
        users === '' ? 'caution' : 'danger',
        `${target} was removed: runs and commands that name it are refused${users}`,
        where(),
      ),
    ];
  return others(from, to, {
    path: () => [
      change(
        'target-changed',
        'danger',
        `${target} is another database: ${show(from.path)} became ${show(to.path)}${users}`,
        where('path'),
      ),
    ],
    keep: () => keepOf(from, to, target, where('keep')),
    store: () =>
      (to.store ?? 'local') === (from.store ?? 'local')
        ? []
        : [
            change(
              'backup-changed',
              'caution',
              `backups of ${target} now go to store ${show(to.store ?? 'local')}, before ${show(from.store ?? 'local')}: earlier ones are not found there`,
              where('store'),
            ),
          ],
    maxBackupAge: () => compareAge(name, from, to, where('maxBackupAge')),
    environment: () => [
      change(
        'policy-weakened',
        isLooser(old, now, from.environment, to.environment) ? 'danger' : 'caution',
        to.environment === undefined
          ? `${target} no longer belongs to environment ${show(from.environment)}: its policy no longer holds for it`
          : `${target} now belongs to environment ${show(to.environment)}, before ${show(from.environment)}: another policy applies${isLooser(old, now, from.environment, to.environment) ? ', and it refuses less' : ''}`,
        where('environment'),
      ),
    ],
    other: (key) => [
      change(
        'target-changed',
        'caution',
        `\`${key}\` of ${target} went from ${show(from[key])} to ${show(to[key])}`,
        where(key),
      ),
    ],
  });
}

/** Something that the environment refused before is taken by the other one. */
function isLooser(old: ProjectSide, now: ProjectSide, from: unknown, to: unknown): boolean {
  if (to === undefined) return true;
  const policyOf = ({ written }: ProjectSide, environment: unknown) =>
    record(record(record(written.environments)[String(environment)]).policy);
  return comparePolicy({
    environment: String(to),
    old: policyOf(old, from),
    now: policyOf(now, to),
    where: () => ({}),
  }).some(({ level }) => level === 'danger');
}

function compareAge(name: string, from: Written, to: Written, where: Pick<Change, 'old' | 'new'>): Change[] {
  const age = (value: unknown) =>
    (typeof value === 'string' ? parseDuration(value) : undefined) ?? Number.POSITIVE_INFINITY;
  if (age(from.maxBackupAge) === age(to.maxBackupAge)) return [];
  const isWeaker = age(to.maxBackupAge) > age(from.maxBackupAge);
  const went = `\`maxBackupAge\` of target ${show(name)} went from ${show(from.maxBackupAge)} to ${show(to.maxBackupAge)}`;
  return [
    isWeaker
      ? change('check-weakened', 'caution', `${went}: missing backups are noticed later`, where)
      : change('check-strengthened', 'info', went, where),
  ];
}

function compareEnvironment({ name, from, to, where, runbooks }: NamedPair): Change[] {
  const environment = `environment ${show(name)}`;
  if (to === undefined)
    return [
      from?.policy === undefined
        ? change(
            'project-changed',
            'caution',
            `${environment} was removed: runs that name it are refused`,
            where(),
          )
        : change(
            'policy-weakened',
            'danger',
            `${environment} was removed${policyWords(record(from.policy))}: its rules hold nowhere any more`,
            where(),
          ),
    ];
  if (from === undefined)
    return [
      change('project-changed', 'info', `${environment} was added${policyWords(record(to.policy))}`, where()),
    ];
  return others(from, to, {
    params: () =>
      compareValues({
        of: environment,
        old: record(from.params),
        now: record(to.params),
        runbooks,
        where: (param) => where('params', param),
      }),
    policy: () =>
      comparePolicy({
        environment: name,
        old: record(from.policy),
        now: record(to.policy),
        where: (key) => where('policy', key),
      }),
    fixtures: () => [
      change(
        'stub-changed',
        'info',
        `the fixtures of ${environment} changed: drills and tests begin with other data`,
        where('fixtures'),
      ),
    ],
    stubs: () => [
      change(
        'stub-changed',
        'info',
        `the stubs of ${environment} changed: drills and tests see something else`,
        where('stubs'),
      ),
    ],
    other: (key) => [
      change(
        'project-changed',
        'caution',
        `\`${key}\` of ${environment} went from ${show(from[key])} to ${show(to[key])}`,
        where(key),
      ),
    ],
  });
}

type Tellers = { readonly other: (key: string) => Change[] } & {
  readonly [key: string]: (key: string) => Change[];
};

/** Each key that differs, by the function that knows it. */
function others(from: Written, to: Written, tellers: Tellers): Change[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) => {
    const schema = { format: key === 'path' ? 'path' : undefined };
    if (isSame(normalValue(from[key], schema), normalValue(to[key], schema))) return [];
    return (Object.hasOwn(tellers, key) ? tellers[key] : tellers.other)?.(key) ?? [];
  });
}

function keepOf(from: Written, to: Written, of: string, where: Pick<Change, 'old' | 'new'>): Change[] {
  return compareKeep({ old: from.keep, now: to.keep, of: ` of ${of}`, resolved: (value) => value, where });
}
