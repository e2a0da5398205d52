// The `stub` of a step: what it yields where it must not really run, checked against the outputs of its action.

import type { AnyAction } from '../action/index.ts';
import type { Path } from '../document/index.ts';
import type { Scope, Template } from '../expression/index.ts';
import { checkStub } from './check-stub.ts';
import { addFinding, type CompileContext, type Raw, rawRecord } from './compile-context.ts';
import { compileTree, type WithRequest } from './compile-with.ts';
import { treeTemplate } from './evaluate-tree.ts';

export interface StubRequest {
  readonly context: CompileContext;
  readonly path: Path;
  readonly raw: Raw;
  readonly action: AnyAction | undefined;
  readonly scope: Scope;
  readonly withRequest: WithRequest;
}

/** Undefined without one. */
export function compileStub(request: StubRequest): Readonly<Record<string, Template>> | undefined {
  const { context, path, raw, action, scope, withRequest } = request;
  if (raw.stub === undefined) return undefined;
  if (action === undefined) {
    report(
      context,
      [...path, 'stub'],
      '`stub` needs an `action`: nothing else has outputs',
      'leave out `stub`',
    );
    return undefined;
  }
  const stub: Record<string, Template> = {};
  for (const [name, value] of Object.entries(rawRecord(raw.stub))) {
    const at = [...path, 'stub', name];
    const unknown = checkStub(action, name, 'dyn');
    if (unknown !== undefined) {
      report(context, at, unknown.message, unknown.fix);
      continue;
    }
    const tree = compileTree({ ...withRequest, scope, action: undefined }, at, value, undefined);
    const template = treeTemplate(tree);
    const problem = checkStub(action, name, template.type);
    if (problem === undefined) stub[name] = template;
    else report(context, at, problem.message);
  }
  return stub;
}

function report(context: CompileContext, at: Path, message: string, fix?: string): void {
  addFinding(context, 'runbook/bad-stub', context.document.keyPlace(at), message, { fix });
}
