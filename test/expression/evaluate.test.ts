import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duration, Timestamp } from '../../src/base/index.ts';
import { bindings, compile, failure, value } from './support.ts';

const values: readonly (readonly [string, unknown])[] = [
  ['steps.count.stale > 0', true],
  ['params.maxShare + 1', 1.5],
  ['params.n * 2', 6],
  ['7 / 2', 3.5],
  ['7 % 4', 3],
  ['-params.n + 0x10', 13],
  ['-0 == 0', true],
  ['size(l) + 1', 4],
  ['l.size() == 3 && params.name.size() == 6', true],
  ['l[0] + l[size(l) - 1]', 4],
  ['params["n"]', 3],
  ['params.tables', ['a', 'b']],
  ['[1, 2] + [3]', [1, 2, 3]],
  ['{"a": params.n, "b": [1]}', { a: 3, b: [1] }],
  ['{"a": 1}.a', 1],
  ['"n" in params && 2 in l && !("z" in d)', true],
  ['params.notGiven == null', true],
  ['params.notGiven != null ? params.notGiven : "none"', 'none'],
  ['has(params.notGiven)', false],
  ['params.?notGiven.orValue("none")', 'none'],
  ['has(steps.vacuum.freedBytes) && steps.vacuum.freedBytes > 0', false],
  ['has(steps.vacuum.freedBytes) ? steps.vacuum.freedBytes : 0', 0],
  ['!has(steps.vacuum.freedBytes) || steps.vacuum.freedBytes > 0', true],
  ['steps.vacuum.?freedBytes.orValue(7)', 7],
  ['steps.vacuum.?freedBytes.hasValue()', false],
  ['steps.count.row.?last.orValue("never")', 'never'],
  ['steps.count.row.?other.?deeper.orValue(1)', 1],
  ['steps.count.rows[?5].orValue({"id": 0}).id', 0],
  ['has(steps.count.row.other)', false],
  ['has(steps.count.row.stale)', true],
  ['steps.count.rows.map(r, r.id)', [1, 2]],
  ['steps.count.rows.map(r, r.id > 1, r.id)', [2]],
  ['l.filter(x, x > 1)', [2, 3]],
  ['l.all(x, x > 0) && l.exists(x, x == 2) && l.exists_one(x, x == 3)', true],
  ['d.map(k, k)', ['a']],
  ['params.tables.join(",") + params.name.upperAscii()', 'a,bORDERS'],
  ['params.name.startsWith("or") && params.name.endsWith("s") && params.name.contains("de")', true],
  ['params.name.substring(1, 3) + string(params.name.indexOf("e"))', 'rd3'],
  ['"a-b-c".split("-")', ['a', 'b', 'c']],
  ['" a ".trim()', 'a'],
  ['params.name.matches("^[a-z]+$") && matches(params.name, "der")', true],
  ['int("42") + int(2.9)', 44],
  ['double("2.5")', 2.5],
  ['bool("true")', true],
  ['string(1) + string(true) + string(duration("90d"))', '1true90d'],
  ['parseSize("64MiB")', 67_108_864],
  ['json("{\\"a\\": [1, null]}").a', [1, null]],
  ['joinPath("/a", "b", "../c")', '/a/c'],
  ['baseName("/a/b.db")', 'b.db'],
  ['exists("/there") && !exists("/not")', true],
  ['diskFree("/x")', 1000],
  ['duration("1d12h") == duration("36h")', true],
  ['seconds(params.olderThan)', 7_776_000],
  ['now - now == duration("0s")', true],
  ['now - params.olderThan < now', true],
  ['"a" < "b" && duration("1m") < duration("2m")', true],
  ['true || 1 / 0 > 0', true],
  ['"$" + "{{ }}"', '${{ }}'],
];

for (const [expression, expected] of values)
  test(`${expression} is ${JSON.stringify(expected)}`, () => assert.deepEqual(value(expression), expected));

test('times keep their kind', () => {
  assert.deepEqual(value('now - params.olderThan'), new Timestamp(Date.UTC(2025, 10, 2, 22, 30, 5, 7)));
  assert.deepEqual(value('now - timestamp("2026-01-31T00:00:00Z")'), new Duration(81_005_007));
  assert.deepEqual(value('params.olderThan + duration("1d")'), new Duration(91 * 86_400_000));
});

test('one whole expression keeps its type, also with space around it', () => {
  assert.equal(compile('${{ params.n }}').evaluate(bindings), 3);
  assert.equal(compile('  ${{ params.n }}\n').evaluate(bindings), 3);
  assert.deepEqual(compile('${{ params.n }}').type, 'double');
});

test('inside text values are formatted', () => {
  const text = compile(
    'n=${{ params.n }} s=${{ params.maxShare }} t=${{ now }} d=${{ params.olderThan }} b=${{ b }} l=${{ l }}',
  );
  assert.equal(text.type, 'string');
  assert.equal(text.evaluate(bindings), 'n=3 s=0.5 t=2026-01-31T22:30:05.007Z d=90d b=true l=[1,2,3]');
});

test('a value that has no text cannot stand in a text', () => {
  assert.throws(() => compile('x ${{ params.notGiven }}').evaluate(bindings), {
    code: 'expression/evaluation',
    message: 'cannot evaluate `params.notGiven`: its value is null, which cannot stand in a text',
  });
});

test('references are the longest name paths, without variables of loops', () => {
  assert.deepEqual(
    compile('${{ l.map(x, x + params.n) }} ${{ steps.count.row.last == null }} ${{ params.n }}').references,
    [['l'], ['params', 'n'], ['steps', 'count', 'row', 'last']],
  );
});

const failures: readonly (readonly [string, string])[] = [
  ['1 / 0', 'cannot evaluate `1 / 0`: it divides by zero'],
  [
    '9007199254740991 + 1',
    'cannot evaluate `9007199254740991 + 1`: its result is an integer over 2^53, which would be rounded',
  ],
  ['1e308 * 10.5', 'cannot evaluate `1e308 * 10.5`: its result is not a finite number'],
  ['d.b', 'cannot evaluate `d.b`: `d` has no `b`'],
  ['d.a.b', 'cannot evaluate `d.a.b`: `d.a` is a number, which has no fields'],
  ['l[3]', 'cannot evaluate `l[3]`: `l` has 3 elements, and no element at that index'],
  ['l[0.5]', 'cannot evaluate `l[0.5]`: `l` has 3 elements, and no element at that index'],
  ['d > 1', 'cannot evaluate `d > 1`: `>` cannot compare a map with a number'],
  ['d && true', 'cannot evaluate `d && true`: `d` must be true or false, but it is a map'],
  ['params.notGiven + "x"', 'cannot evaluate `params.notGiven + "x"`: `+` cannot take null and a text'],
  ['sqlTime(d)', 'cannot evaluate `sqlTime(d)`: `sqlTime()` cannot take a map'],
  [
    'int(params.name)',
    'cannot evaluate `int(params.name)`: in `int()`, its text is not a whole number that is exact',
  ],
  [
    'int("9007199254740993" + "")',
    'cannot evaluate `int("9007199254740993" + "")`: in `int()`, its text is not a whole number that is exact',
  ],
  [
    'json("9007199254740993")',
    'cannot evaluate `json("9007199254740993")`: in `json()`, its JSON has an integer over 2^53, which would be rounded',
  ],
  ['json("{")', 'cannot evaluate `json("{")`: in `json()`, its text is not JSON'],
  [
    'duration(params.name)',
    'cannot evaluate `duration(params.name)`: in `duration()`, its text is not a duration such as `90d`',
  ],
  [
    'params.name.substring(2, 1)',
    'cannot evaluate `params.name.substring(2, 1)`: in `substring()`, its range is not inside the text, which has 6 characters',
  ],
  ['1 / 0 > 0 || true', 'cannot evaluate `1 / 0 > 0 || true`: it divides by zero'],
  [
    'steps.vacuum.?freedBytes.value()',
    'cannot evaluate `steps.vacuum.?freedBytes.value()`: `steps.vacuum.freedBytes` is missing',
  ],
];

for (const [expression, message] of failures)
  test(`${expression} fails and is never false`, () => assert.equal(failure(expression), message));

test('an integer over 2^53 from a database is an error, a smaller one is a number', () => {
  const big = { d: 9007199254740993n } as never;
  assert.match(failure('d == 1', big), /an integer is over 2\^53 and would be rounded/);
  assert.equal(value('d', { d: 5n } as never), 5);
});

test('a condition that turns out not to be one fails when it is evaluated', async () => {
  const { compileExpression } = await import('../../src/expression/index.ts');
  const compiled = compileExpression('${{ d }}', { d: 'dyn' }, 'bool');
  assert.ok(compiled.ok);
  assert.throws(() => compiled.value.evaluate({ d: 1 }), {
    message: 'cannot evaluate `d`: it must give true or false, but it gives a number',
  });
});

test('messages never hold values, which may be secret', () => {
  const secret = 'hunter2-hunter2';
  for (const expression of [
    'int(d)',
    'json(d)',
    'duration(d)',
    'd > 1',
    'd.x',
    'parseSize(d)',
    'timestamp(d)',
  ])
    assert.ok(!failure(expression, { d: secret }).includes(secret), expression);
});
