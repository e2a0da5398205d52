// Whether one output that a stub gives is one that its action has, and of its type.

import type { AnyAction } from '../action/index.ts';
import { nearestName } from '../base/index.ts';
import { describeType, type ValueType } from '../expression/index.ts';
import { schemaFields } from './output-type.ts';

export interface StubProblem {
  readonly message: string;
  readonly fix?: string;
}

/** Undefined when it fits. */
export function checkStub(action: AnyAction, output: string, type: ValueType): StubProblem | undefined {
  const fields = schemaFields(action.outputs);
  const field = Object.hasOwn(fields, output) ? fields[output] : undefined;
  if (field === undefined) {
    const known = Object.keys(fields);
    const near = nearestName(output, known);
    return {
      message: `\`${action.name}\` has no output \`${output}\``,
      fix: near === undefined ? `its outputs: ${known.join(', ')}` : `did you mean \`${near}\`?`,
    };
  }
  if (fits(type, field.type)) return undefined;
  return {
    message: `output \`${output}\` of \`${action.name}\` is ${describeType(field.type)}, but the stub gives ${describeType(type)}`,
  };
}

function fits(given: ValueType, wanted: ValueType): boolean {
  if (given === 'dyn' || wanted === 'dyn' || given === 'null') return true;
  if (typeof wanted === 'string' || typeof given === 'string') return given === wanted;
  return 'list' in given === 'list' in wanted;
}
