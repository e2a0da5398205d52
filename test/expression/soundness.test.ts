// What the checker accepts, the evaluator never refuses for its types: the two walk the same tree by the same tables.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Failure } from '../../src/diagnostic/index.ts';
import { compileTemplate, describeType, type Scope, type ValueType } from '../../src/expression/index.ts';
import { bindings, host, scope } from './support.ts';

// Nothing whose type is known only at run time, and nothing that may be null.
const { d: _, bytes: __, ...typed } = scope;
const known: Scope = typed;

const leaves = [
  'params.n',
  'params.maxShare',
  'params.name',
  'params.olderThan',
  'params.tables',
  'steps.count.stale',
  'l',
  'b',
  'now',
  '1',
  '2.5',
  '0',
  '"a"',
  '"x,y"',
  'true',
  'duration("1h")',
  'timestamp("2026-01-01T00:00:00Z")',
  '[]',
  '[1]',
  '["a"]',
  '{"k": 1}',
  'steps.vacuum.freedBytes',
  'steps.vacuum.?freedBytes',
];
const operators = ['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', 'in', '&&', '||'];
const calls = [
  'sqlTime',
  'iso',
  'unixSeconds',
  'seconds',
  'size',
  'string',
  'int',
  'double',
  'baseName',
  'bool',
];
const methods = [
  'size()',
  'trim()',
  'upperAscii()',
  'split(",")',
  'join("-")',
  'getHours()',
  'startsWith("a")',
  'hasValue()',
  'orValue(0)',
  'k',
];

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(...leaves),
    fc
      .tuple(tie('expression'), fc.constantFrom(...operators), tie('expression'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    fc.tuple(fc.constantFrom('!', '-'), tie('expression')).map(([operator, a]) => `${operator}(${a})`),
    fc.tuple(fc.constantFrom(...calls), tie('expression')).map(([name, a]) => `${name}(${a})`),
    fc.tuple(tie('expression'), fc.constantFrom(...methods)).map(([a, name]) => `(${a}).${name}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('expression').map((a) => `[${a}, ${a}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a})[${b}]`),
    fc
      .tuple(
        fc.constantFrom('all', 'exists', 'filter', 'map', 'exists_one'),
        tie('expression'),
        tie('expression'),
        fc.constantFrom('x', 'x > 1', 'x == "a"'),
      )
      .map(([loop, a, b, test]) => `(${a}).${loop}(x, ${loop === 'map' ? b : test})`),
    tie('expression').map((a) => `(has(steps.vacuum.freedBytes) ? steps.vacuum.freedBytes + 1 : ${a})`),
  ),
}));

/** Faults of values, which no type can rule out. */
const ofValues =
  /divides by zero|finite|over 2\^53|out of (the )?range|not a whole number|not a number that is exact|neither `true`|no element at that index|no such key|has no `k`|path is empty/;

test('a checked expression without unknown types fails only for its values', () => {
  let checked = 0;
  fc.assert(
    fc.property(expression, (source) => {
      const compiled = compileTemplate(`\${{ ${source} }}`, known, { host });
      if (!compiled.ok || hasUnknown(compiled.value.type)) return;
      checked++;
      try {
        const value = compiled.value.evaluate(bindings);
        assert.ok(isOf(value, compiled.value.type), `${source} is not ${describeType(compiled.value.type)}`);
      } catch (error) {
        if (!(error instanceof Failure) || !ofValues.test(error.message)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(checked > 300, `only ${checked} expressions passed the checker`);
});

function hasUnknown(type: ValueType): boolean {
  return type === 'dyn' || (typeof type === 'object' && 'list' in type && hasUnknown(type.list));
}

function isOf(value: unknown, type: ValueType): boolean {
  if (typeof type === 'object') return 'list' in type ? Array.isArray(value) : typeof value === 'object';
  if (type === 'double') return typeof value === 'number';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'string') return typeof value === 'string';
  return true;
}
