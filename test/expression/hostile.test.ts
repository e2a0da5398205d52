import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTemplate, type Scope } from '../../src/expression/index.ts';
import { failure, problems } from './support.ts';

const numbers = Array.from({ length: 10_000 }, (_, index) => index);
const longText = 'a'.repeat(1_048_576);
const texts = Array.from({ length: 1000 }, () => 'a'.repeat(1000));
const given = { l: numbers, d: longText, params: { tables: texts, n: 1, name: 'a'.repeat(5000) } } as never;

/** Every one of these would run for seconds, minutes or for ever. */
const runaway: readonly (readonly [string, RegExp])[] = [
  ['l.all(x, l.all(y, x + y >= 0))', /it takes too long/],
  ['l.map(x, l.map(y, y))', /it takes too long/],
  ['l.filter(x, x in l)', /it takes too long/],
  ['d + d', /longer than 1,048,576 characters/],
  ['params.tables.map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x)', /it takes too long/],
  ['[l, l].map(x, x + x)', /a list of more than 10,000 values/],
  ['l.map(x, d)', /its result is too large/],
  ['l.map(x, {"a": l})', /its result is too large/],
  ['d.contains("b" + params.name)', /it takes too long/],
  ['d.split("")', /it takes too long/],
  ['params.tables.join(d)', /it takes too long/],
  ['d.matches("a*a*a*b")', /it takes too long/],
  ['l.map(x, d.size())', /it takes too long/],
  ['l.map(x, baseName(d))', /it takes too long/],
  ['l.map(x, d.lowerAscii())', /it takes too long/],
  ['l.map(x, d.split(","))', /it takes too long/],
  ['l.map(x, exists("/"))', /it takes too long/],
  ['l.map(x, joinPath(d, "a"))', /it takes too long|longer than/],
];

for (const [expression, reason] of runaway)
  test(`${expression} is stopped`, () => {
    assert.match(failure(expression, given), reason);
  });

test('values nested too deep are an error, not a crash', () => {
  const nest = (depth: number): unknown => {
    let inner: unknown = 0;
    for (let level = 0; level < depth; level++) inner = [inner];
    return inner;
  };
  assert.match(failure('d == l', { d: nest(50_000), l: nest(50_000) } as never), /nested too deep/);
  assert.match(
    failure(`json("${'['.repeat(50)}" + d)`, { d: '['.repeat(500_000) } as never),
    /not JSON|nested too deep/,
  );
});

test('expressions that are too large are refused before they are checked', () => {
  for (const expression of [
    `${'('.repeat(5000)}1${')'.repeat(5000)}`,
    `1${'+1'.repeat(600)}`,
    `${'['.repeat(100)}${']'.repeat(100)}`,
    `d${'.a'.repeat(300)}`,
    `${'!'.repeat(3000)}b`,
    `${'-'.repeat(3000)}1`,
    `${'b?1:'.repeat(300)}1`,
    `l${'.map(x,x)'.repeat(100)}`,
    `[${'1,'.repeat(300)}1]`,
  ])
    assert.equal(problems(expression)[0]?.code, 'expression/too-large', expression.slice(0, 40));
});

test('nothing of the host language is reachable by a name that is computed', () => {
  for (const name of ['constructor', '__proto__', 'prototype'])
    assert.match(
      failure(`d["${name.slice(0, 3)}" + "${name.slice(3)}"]`, { d: {} }),
      /not a name that an expression may use/,
    );
  for (const name of ['toString', 'hasOwnProperty', 'valueOf', 'length', 'map'])
    assert.match(failure(`d["${name}" + ""]`, { d: {} }), /`d` has no such key/);
  assert.match(failure('d.length', { d: [] }), /is a list/);
  assert.match(failure('d.getTime', { d: new Date() as never }), /a kind that expressions do not know/);
  assert.match(failure('d.x', { d: (() => 1) as never }), /a kind that expressions do not know/);
});

test('only own keys of plain maps are read, whatever the key', () => {
  fc.assert(
    fc.property(fc.string(), (key) => {
      const scope: Scope = { d: 'dyn', k: 'string' };
      const compiled = compileTemplate('${{ d[k] }}', scope);
      assert.ok(compiled.ok);
      assert.throws(() => compiled.value.evaluate({ d: {}, k: key }), { code: 'expression/evaluation' });
    }),
  );
});

test('numbers behave like doubles, and never like rounded integers', () => {
  const integer = fc.maxSafeInteger();
  fc.assert(
    fc.property(integer, integer, fc.constantFrom('+', '-', '*'), (a, b, operator) => {
      const [x, y] = [BigInt(a), BigInt(b)];
      const exact = operator === '+' ? x + y : operator === '-' ? x - y : x * y;
      const compiled = compileTemplate(`\${{ a ${operator} b }}`, { a: 'double', b: 'double' });
      assert.ok(compiled.ok);
      const { value: template } = compiled;
      if (Number.isSafeInteger(Number(exact)))
        assert.equal(BigInt(template.evaluate({ a, b }) as number), exact);
      else assert.throws(() => template.evaluate({ a, b }), { code: 'expression/evaluation' });
    }),
  );
});
