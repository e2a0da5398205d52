// The `stub` of a step: what it yields where it must not really run, checked against the outputs of its action.

import type { AnyAction } from '../action/index.ts';
import { nearestName } from '../base/index.ts';
import type { Path } from '../document/index.ts';
import { describeType, type Scope, type Template, type ValueType } from '../expression/index.ts';
import { addFinding, type CompileContext, type Raw, rawRecord } from './compile-context.ts';
import { compileTree, type WithRequest } from './compile-with.ts';
import { treeTemplate } from './evaluate-tree.ts';
import { schemaFields } from './output-type.ts';

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
  const at = [...path, 'stub'];
  if (action === undefined) {
    report(context, at, '`stub` needs an `action`: nothing else has outputs', 'leave out `stub`');
    return undefined;
  }
  const fields = schemaFields(action.outputs);
  const stub: Record<string, Template> = {};
  for (const [name, value] of Object.entries(rawRecord(raw.stub))) {
    const field = fields[name];
    if (field === undefined) {
      const near = nearestName(name, Object.keys(fields));
      report(
        context,
        [...at, name],
        `\`${action.name}\` has no output \`${name}\``,
        near === undefined ? `its outputs: ${Object.keys(fields).join(', ')}` : `did you mean \`${near}\`?`,
      );
      continue;
    }
    const tree = compileTree({ ...withRequest, scope, action: undefined }, [...at, name], value, undefined);
    const template = treeTemplate(tree);
    if (fits(template.type, field.type)) stub[name] = template;
    else
      report(
        context,
        [...at, name],
        `output \`${name}\` of \`${action.name}\` is ${describeType(field.type)}, but the stub gives ${describeType(template.type)}`,
      );
  }
  return stub;
}

function fits(given: ValueType, wanted: ValueType): boolean {
  if (given === 'dyn' || wanted === 'dyn' || given === 'null') return true;
  if (typeof wanted === 'string' || typeof given === 'string') return given === wanted;
  return 'list' in given === 'list' in wanted;
}

function report(context: CompileContext, at: Path, message: string, fix?: string): void {
  addFinding(context, 'runbook/bad-stub', context.document.keyPlace(at), message, { fix });
}
