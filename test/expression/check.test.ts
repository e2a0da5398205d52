import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression, compileTemplate, functionNames } from '../../src/expression/index.ts';
import { problems, scope } from './support.ts';

/** expression, code, text pointed at, message, fix */
const table: readonly (readonly [string, string, string, string, string?])[] = [
  ['parms.n', 'unknown-name', 'parms', '`parms` is not a name known here', 'did you mean `params`?'],
  ['params.maxShar', 'unknown-name', 'maxShar', '`params` has no `maxShar`', 'did you mean `maxShare`?'],
  ['params["maxShar"]', 'unknown-name', '"maxShar"', '`params` has no `maxShar`', 'did you mean `maxShare`?'],
  ['steps.cuont.stale', 'unknown-name', 'cuont', '`steps` has no `cuont`', 'did you mean `count`?'],
  [
    'params.name.startWith("x")',
    'unknown-name',
    'startWith',
    'there is no function `startWith`',
    'did you mean `startsWith`?',
  ],
  ['sqltime(now)', 'unknown-name', 'sqltime', 'there is no function `sqltime`', 'did you mean `sqlTime`?'],
  ['l.map(x)', 'unknown-name', 'map', '`map` cannot be used like this, with 1 argument'],
  [
    'params.constructor',
    'unknown-name',
    'constructor',
    '`constructor` is not a name that an expression may use',
  ],
  ['d.__proto__', 'unknown-name', '__proto__', '`__proto__` is not a name that an expression may use'],
  ['d["prototype"]', 'unknown-name', '"prototype"', '`prototype` is not a name that an expression may use'],
  ['{"__proto__": 1}', 'unknown-name', '"__proto__"', '`__proto__` is not a name that an expression may use'],
  ['__proto__.x', 'unknown-name', '__proto__', '`__proto__` is not a name that an expression may use'],
  [
    'params.name + 1',
    'type',
    'params.name + 1',
    '`+` cannot take a text and a number',
    'turn the other side into a text with `string(…)`',
  ],
  ['params.name > 1', 'type', 'params.name > 1', '`>` cannot take a text and a number'],
  [
    'now > "2026-01-01"',
    'type',
    'now > "2026-01-01"',
    '`>` cannot take a timestamp and a text',
    'turn the text into a timestamp with `timestamp(…)`, or the timestamp into a text with `sqlTime(…)`',
  ],
  ['now + now', 'type', 'now + now', '`+` cannot take a timestamp and a timestamp'],
  ['params.n && b', 'type', 'params.n', '`&&` needs true or false, but this is a number'],
  ['!params.n', 'type', 'params.n', '`!` needs true or false, but this is a number'],
  ['-now', 'type', '-now', '`-` needs a number, but this is a timestamp'],
  ['b ? 1 : "x"', 'type', 'b ? 1 : "x"', 'the two sides of `? :` are a number and a text'],
  ['params.n.x', 'type', 'x', 'a number has no `x`'],
  ['params.n[0]', 'type', 'params.n[0]', 'a number has no elements'],
  ['l["a"]', 'type', '"a"', 'a list has no `a`'],
  ['l[b]', 'type', 'b', 'an element of a list is taken by a number, not by true or false'],
  ['params.n.map(x, x)', 'type', 'params.n', '`map` needs a list, but this is a number'],
  ['sqlTime(params.name)', 'type', 'sqlTime(params.name)', '`sqlTime()` takes a timestamp, not a text'],
  ['sqlTime()', 'type', 'sqlTime()', '`sqlTime()` takes a timestamp, not nothing'],
  ['now.sqlTime()', 'type', 'now.sqlTime()', '`sqlTime` is a function, not a method', 'write `sqlTime(…)`'],
  [
    'contains("a", "b")',
    'type',
    'contains("a", "b")',
    '`contains` is a method, not a function',
    'write `x.contains(…)`',
  ],
  ['has(params)', 'type', 'has(params)', '`has()` needs a path of names such as `steps.x.y`'],
  [
    'params.n.orValue(1)',
    'type',
    'params.n',
    '`orValue()` needs a value that may be missing, but this is always there',
    'leave out `.orValue(…)`, or reach it with `.?`',
  ],
  ['9007199254740993', 'type', '9007199254740993', 'this integer is over 2^53 and would be rounded'],
  ['1u', 'type', '1u', 'all numbers are doubles here', 'leave out the `u`'],
  ['duration("5x")', 'type', '"5x"', '`5x` is not a duration', 'write it as "90d", "1h30m" or "500ms"'],
  [
    'timestamp("2026-02-30T00:00:00Z")',
    'type',
    '"2026-02-30T00:00:00Z"',
    '`2026-02-30T00:00:00Z` is not a timestamp',
    'write it as "2026-01-31T22:00:00Z"',
  ],
  [
    'format(now, "%Q")',
    'type',
    '"%Q"',
    'the format has `%Q`, which is not one of `%Y` `%y` `%m` `%d` `%H` `%M` `%S` `%L` `%j` `%%`',
  ],
  [
    'format(now, "%Y", "Mars/Base")',
    'type',
    '"Mars/Base"',
    '`Mars/Base` is not a time zone',
    'use an IANA name such as "Europe/Berlin" or "UTC"',
  ],
  ['inWindow(now, "22-05")', 'type', '"22-05"', '`22-05` is not a daily window', 'write it as "22:00-05:00"'],
  ['parseSize("1 apple")', 'type', '"1 apple"', '`1 apple` is not a size', 'write it as "64MiB" or "1GB"'],
  [
    'params.name.matches("^(a+)+$")',
    'unsafe-pattern',
    '"^(a+)+$"',
    'the pattern is not allowed: a repeat stands inside a repeat',
    'use a simpler pattern, or `startsWith`, `endsWith` or `contains`',
  ],
  [
    'params.name.matches(params.name)',
    'unsafe-pattern',
    'params.name',
    '`matches()` needs its pattern written out, not computed',
    'write the pattern as a literal, or use `startsWith`, `endsWith` or `contains`',
  ],
  [
    'steps.vacuum.freedBytes > 0',
    'unguarded',
    'steps.vacuum.freedBytes',
    '`steps.vacuum.freedBytes` may be missing',
    'write `has(steps.vacuum.freedBytes) ? steps.vacuum.freedBytes : …` or `steps.vacuum.?freedBytes.orValue(…)`',
  ],
  [
    'has(steps.vacuum.freedBytes) || steps.vacuum.freedBytes > 0',
    'unguarded',
    'steps.vacuum.freedBytes',
    '`steps.vacuum.freedBytes` may be missing',
    'write `has(steps.vacuum.freedBytes) ? steps.vacuum.freedBytes : …` or `steps.vacuum.?freedBytes.orValue(…)`',
  ],
  [
    'steps.vacuum.?freedBytes',
    'unguarded',
    'steps.vacuum.?freedBytes',
    'this may be missing, and nothing says what counts then',
    'end it with `.orValue(…)`',
  ],
  [
    'steps.vacuum.?freedBytes.orValue("x")',
    'type',
    '"x"',
    '`orValue()` gives a text where the value is a number',
  ],
  [
    'l.map(x, l.map(y, l.map(z, z)))',
    'too-large',
    'l.map(z, z)',
    '`map` stands inside 2 others, and no deeper is allowed',
    'do the work in SQL, or in several steps',
  ],
  ['a = b', 'syntax', '=', 'the expression cannot be read at `=`', 'compare with `==`'],
  ['b and b', 'syntax', 'and', 'the expression cannot be read at `and`', 'write `&&` for and'],
  ['(1', 'syntax', '}', 'the expression cannot be read at the end'],
  ['l.map(1, 2)', 'syntax', '1', '`1` cannot stand here: a plain variable name is needed'],
  ['"\\q"', 'syntax', '\\q', 'a text in the expression has an escape that is unknown'],
  ['', 'syntax', '  ', 'the expression is empty'],
];

for (const [expression, code, at, message, fix] of table)
  test(`\`${expression}\` is refused: ${message}`, () => {
    const [first] = problems(expression);
    assert.deepEqual(
      { code: first?.code, at: first?.at, message: first?.message, fix: first?.fix },
      { code: `expression/${code}`, at, message, fix },
    );
  });

test('all problems of a text are found at once, in order', () => {
  const text = 'a ${{ parms.n + now.x }} b ${{ params.nn }} c ${{ sqlTime(1) }}';
  const compiled = compileTemplate(text, scope);
  assert.ok(!compiled.ok);
  assert.deepEqual(
    compiled.problems.map(({ offset, length }) => text.slice(offset, offset + length)),
    ['parms', 'x', 'nn', 'sqlTime(1)'],
  );
});

test('a problem says why an output may be missing when the runbook knows', () => {
  const compiled = compileTemplate('${{ steps.vacuum.freedBytes }}', scope, {
    explainMissing: () => 'step `vacuum` has an `if`',
  });
  assert.ok(!compiled.ok);
  assert.equal(
    compiled.problems[0]?.message,
    '`steps.vacuum.freedBytes` may be missing: step `vacuum` has an `if`',
  );
});

test('guards hold where the condition is true, and nowhere else', () => {
  const guarded = [
    'has(steps.vacuum.freedBytes) && (b || steps.vacuum.freedBytes > 0)',
    'b && has(steps.vacuum.freedBytes) && steps.vacuum.freedBytes > 0',
    '!has(steps.vacuum.freedBytes) ? 0 : steps.vacuum.freedBytes',
    '!(has(steps.vacuum.freedBytes) && b) || steps.vacuum.freedBytes > 0',
    'has(steps.vacuum.freedBytes) ? l.map(x, x + steps.vacuum.freedBytes) : l',
    'has(steps["vacuum"].freedBytes) && steps.vacuum["freedBytes"] > 0',
  ];
  for (const expression of guarded) assert.deepEqual(problems(expression), [], expression);
  const open = [
    'has(steps.vacuum.freedBytes) ? 0 : steps.vacuum.freedBytes',
    'steps.vacuum.freedBytes > 0 && has(steps.vacuum.freedBytes)',
    '(has(steps.vacuum.freedBytes) || b) && steps.vacuum.freedBytes > 0',
    '[has(steps.vacuum.freedBytes), steps.vacuum.freedBytes > 0]',
    '!(has(steps.vacuum.freedBytes) && b) && steps.vacuum.freedBytes > 0',
  ];
  for (const expression of open)
    assert.equal(problems(expression)[0]?.code, 'expression/unguarded', expression);
});

test('a condition must be true or false', () => {
  const compiled = compileExpression('${{ params.n }}', scope, 'bool');
  assert.ok(!compiled.ok);
  assert.deepEqual(compiled.problems, [
    {
      code: 'expression/type',
      message: 'this must be true or false, but it is a number',
      offset: 4,
      length: 8,
    },
  ]);
});

test('what must be one expression cannot be text', () => {
  for (const text of ['params.n > 0', 'x ${{ b }}', '${{ b }} ${{ b }}'])
    assert.equal(compileExpression(text, scope, 'bool').ok, false, text);
});

test('null and bytes cannot stand in a text', () => {
  for (const text of ['a ${{ null }}', 'a ${{ bytes }}']) {
    const compiled = compileTemplate(text, scope);
    assert.ok(!compiled.ok);
    assert.match(compiled.problems[0]?.message ?? '', /cannot stand in a text/);
  }
});

test('the names of all functions are known', () => {
  for (const name of 'sqlTime iso unixSeconds unixMillis seconds format inWindow diskFree exists joinPath baseName json int parseSize size has map'.split(
    ' ',
  ))
    assert.ok(functionNames.includes(name), name);
});

test('checking touches no disk', () => {
  const host = {
    diskFree: () => assert.fail('asked'),
    exists: () => assert.fail('asked'),
  };
  assert.ok(compileTemplate('${{ diskFree("/") > 0 || exists("/") }}', scope, { host }).ok);
});
