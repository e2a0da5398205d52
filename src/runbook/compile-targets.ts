// Targets as declared. Where they lead is decided by the plan, from params and the catalogue.

import type { Value } from '../base/index.ts';
import { describeType } from '../expression/index.ts';
import { addFinding, type CompileContext, rawRecord, rawText, templateAt } from './compile-context.ts';
import { refuseTargetKeys } from './not-available.ts';
import type { BackupDeclaration, Param, TargetDeclaration } from './runbook.ts';
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
    refuseTargetKeys(context, path, record, name);
    for (const key of ['path', 'use'] as const) checkText(context, [...path, key], record[key], scope);
    const backup = compileBackup(record.backup);
    return {
      name,
      ...(record.driver === 'sqlite' ? { driver: 'sqlite' as const } : {}),
      ...(record.path === undefined
        ? {}
        : { path: templateAt(context, [...path, 'path'], record.path, scope) }),
      ...(record.use === undefined ? {} : { use: templateAt(context, [...path, 'use'], record.use, scope) }),
      expect: record.expect === 'any' ? ('any' as const) : ('ok' as const),
      ...(record.scratch === true ? { isScratch: true } : {}),
      ...(backup ? { backup } : {}),
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

function compileBackup(raw: unknown): BackupDeclaration | undefined {
  if (raw === undefined || raw === 'none') return undefined;
  const { store, before, verify, keep } = rawRecord(raw);
  const name = rawText(store);
  return {
    ...(name === undefined ? {} : { store: name }),
    ...(before === 'change' || before === 'maintain' ? { before } : {}),
    ...(verify === 'quick' || verify === 'integrity' ? { verify } : {}),
    ...(keep === undefined ? {} : { keep: keep as Value }),
  };
}
