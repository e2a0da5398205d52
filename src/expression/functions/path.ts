// Functions of paths. `diskFree` and `exists` ask the host, and only when evaluated.

import { basename, join } from 'node:path';
import { EvaluationError } from '../evaluation-error.ts';
import { type CallContext, type ExpressionFunction, textAt } from './signature.ts';

export const pathFunctions: readonly ExpressionFunction[] = [
  {
    name: 'diskFree',
    form: 'function',
    summary: 'free bytes of the file system of a path, or of its nearest folder that exists',
    overloads: [{ args: ['string'], result: 'double' }],
    run(args, context) {
      context.budget.spend(1000);
      return hostOf(context).diskFree(pathAt(args[0]));
    },
  },
  {
    name: 'exists',
    form: 'function',
    summary: 'true when a file or folder is there',
    overloads: [{ args: ['string'], result: 'bool' }],
    run(args, context) {
      context.budget.spend(1000);
      return hostOf(context).exists(pathAt(args[0]));
    },
  },
  {
    name: 'joinPath',
    form: 'function',
    summary: 'parts of a path put together',
    overloads: [{ args: ['string', 'string'], isVariadic: true, result: 'string' }],
    run: (args, { budget }) => budget.text(join(...args.map(pathAt))),
  },
  {
    name: 'baseName',
    form: 'function',
    summary: 'the last part of a path',
    overloads: [{ args: ['string'], result: 'string' }],
    run: (args) => basename(textAt(args, 0)),
  },
];

function hostOf({ host }: CallContext) {
  if (!host) throw new EvaluationError('it asks the disk, which is not allowed here');
  return host;
}

function pathAt(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new EvaluationError('its path is empty');
  if (value.includes('\0')) throw new EvaluationError('its path has a null character');
  return value;
}
