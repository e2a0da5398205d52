// Targets as declared. Where they lead is decided by the plan, from params and the catalogue.

import type { Value } from '../base/index.ts';
import { describeType } from '../expression/index.ts';
import {
  addFinding,
  type CompileContext,
  type Raw,
  rawRecord,
  rawText,
  templateAt,
} from './compile-context.ts';
import type { Param, TargetDeclaration } from './runbook.ts';
import { staticScope } from './scope.ts';

export function compileTargets(
  context: CompileContext,
  raw: unknown,
  params: readonly Param[],
): readonly TargetDeclaration[] {
  const scope = staticScope({ params });
  return Object.entries(rawRecord(raw)).map(([name, declared]) => {
    const path = ['targets', name];
    const record = rawRecord(declared);
    for (const key of ['path', 'use'] as const) checkText(context, [...path, key], record[key], scope);
    const backup = compileBackup(record);
    if (record.use !== undefined) refuseLaxer(context, path, record.backup);
    return {
      name,
      ...(record.driver === 'sqlite' ? { driver: 'sqlite' as const } : {}),
      ...(record.path === undefined
        ? {}
        : { path: templateAt(context, [...path, 'path'], record.path, scope) }),
      ...(record.use === undefined ? {} : { use: templateAt(context, [...path, 'use'], record.use, scope) }),
      expect: record.expect === 'any' ? ('any' as const) : ('ok' as const),
      ...(record.scratch === true ? { isScratch: true } : {}),
      ...(record.exclusive === true ? { isExclusive: true } : {}),
      ...(backup ? { backup } : {}),
      ...(record.onForeignWrites === 'discard' ? { discardsForeignWrites: true } : {}),
      place: context.document.keyPlace(path),
    };
  });
}

function checkText(
  context: CompileContext,
  path: readonly string[],
  value: unknown,
  scope: ReturnType<typeof staticScope>,
): void {
  if (value === undefined) return;
  // A trial of its own, so that its findings are not reported twice.
  const { type } = templateAt({ ...context, findings: [] }, path, value, scope);
  if (type === 'string' || type === 'dyn') return;
  addFinding(
    context,
    'expression/type',
    context.document.place(path),
    `\`${path.at(-1)}\` of target \`${path[1]}\` must be a text, but this is ${describeType(type)}`,
  );
}

function compileBackup({ backup, reason }: Raw): TargetDeclaration['backup'] {
  if (backup === undefined) return undefined;
  if (backup === 'none') return { kind: 'none', reason: rawText(reason) ?? '' };
  const { store, before, verify, keep } = rawRecord(backup);
  const name = rawText(store);
  return {
    kind: 'backup',
    ...(name === undefined ? {} : { store: name }),
    ...(before === 'change' || before === 'maintain' ? { before } : {}),
    ...(verify === 'quick' || verify === 'integrity' ? { verify } : {}),
    ...(keep === undefined ? {} : { keep: keep as Value }),
  };
}

/** A target of the catalogue has the store that belay.yaml gives it, a backup, and the engine's own `keep`. */
function refuseLaxer(context: CompileContext, path: readonly string[], backup: unknown): void {
  const { store, keep } = rawRecord(backup);
  const { last } = rawRecord(keep);
  const laxer =
    backup === 'none'
      ? { key: [], what: 'goes without a backup' }
      : store !== undefined
        ? { key: ['store'], what: 'chooses the store of its backups' }
        : keep !== undefined && !(typeof last === 'number' && last >= keptCopies)
          ? { key: ['keep'], what: `keeps fewer than the last ${keptCopies} backups` }
          : undefined;
  if (laxer === undefined) return;
  const at = [...path, 'backup', ...laxer.key];
  addFinding(
    context,
    'runbook/backup-laxer',
    context.document.keyPlace(at),
    `target \`${path[1]}\` is of the catalogue, and the runbook ${laxer.what}: it may only make its backup stricter`,
    { fix: `leave out \`${at.at(-1)}\`, or say it in belay.yaml` },
  );
}

/** As many of its own backups of a target the engine keeps where nobody says otherwise. */
export const keptCopies = 5;
