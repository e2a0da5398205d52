import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Duration, Timestamp } from '../../src/base/index.ts';
import { type GivenParams, resolveParams } from '../../src/runbook/index.ts';
import { findings, runbook } from './support.ts';

const folders = { cwd: '/cwd', projectFolder: '/project' };

function resolve(params: string, given: GivenParams) {
  return resolveParams(runbook(`\nparams:\n${params}`), given, folders);
}

/** One param `x`, given by a flag. */
function flag(declaration: string, value: unknown, isJson = false) {
  const { values, findings: found } = resolve(`  x: ${declaration}`, {
    flags: [{ name: 'x', value, isJson }],
  });
  return found[0] ? `${found[0].code}: ${found[0].message}` : values.x;
}

/** The same, given by a params file. */
function file(declaration: string, value: unknown) {
  const { values, findings: found } = resolve(`  x: ${declaration}`, {
    file: { folder: '/files', values: { x: value } },
  });
  return found[0] ? `${found[0].code}: ${found[0].message}` : values.x;
}

test('text of the command line becomes the type of the param', () => {
  assert.equal(flag('{ type: string }', '007'), '007');
  assert.equal(flag('{ type: integer }', '42'), 42);
  assert.equal(flag('{ type: number }', '-0.5'), -0.5);
  assert.equal(flag('{ type: boolean }', 'true'), true);
  assert.equal(flag('{ type: path }', 'a/b.db'), '/cwd/a/b.db');
  assert.equal(flag('{ type: path }', '/abs'), '/abs');
  assert.deepEqual(flag('{ type: duration }', '1h30m'), new Duration(5_400_000));
  assert.equal(flag('{ type: size }', '64MiB'), 67_108_864);
  assert.deepEqual(flag('{ type: timestamp }', '2026-01-31T00:00:00Z'), new Timestamp(Date.UTC(2026, 0, 31)));
  assert.equal(flag('{ type: enum, enum: [a, 2] }', '2'), 2);
  assert.deepEqual(flag('{ type: list, items: { type: integer } }', '1,2'), [1, 2]);
  assert.deepEqual(flag('{ type: list }', ['a'], true), ['a']);
  assert.deepEqual(
    flag('{ type: object, properties: { n: { type: integer }, o: { type: string } } }', '{"n": 1}'),
    { n: 1, o: null },
  );
  assert.equal(flag('{ type: identifier }', 'users'), 'users');
});

test('JSON of the command line is not read as text', () => {
  assert.equal(flag('{ type: string }', '5', true), '5');
  assert.match(
    String(flag('{ type: integer }', '5', true)),
    /^usage\/param-value: .* must be a whole number, not `5`/,
  );
  assert.equal(flag('{ type: integer }', 5, true), 5);
  assert.equal(flag('{ type: integer }', null, true), null);
});

const wrong: readonly (readonly [string, unknown, string])[] = [
  ['{ type: integer }', '1.5', 'must be a whole number, not `1.5`'],
  ['{ type: integer }', '1e400', 'must be a whole number, not `1e400`'],
  ['{ type: integer }', '0x10', 'must be a whole number, not `0x10`'],
  ['{ type: integer }', '9007199254740993', 'is an integer over 2^53, which would be rounded'],
  ['{ type: number }', '', 'must be a number, not ``'],
  ['{ type: boolean }', 'yes', 'must be `true` or `false`, not `yes`'],
  ['{ type: duration }', '90', 'must be a duration such as `90d`, not `90`'],
  ['{ type: size }', '1 apple', 'must be a size such as `64MiB`, not `1 apple`'],
  ['{ type: timestamp }', 'yesterday', 'must be a timestamp such as `2026-01-31T22:00:00Z`, not `yesterday`'],
  ['{ type: enum, enum: [a, b] }', 'c', 'must be one of `a`, `b`, not `c`'],
  ['{ type: path }', '', 'must be a path, not ``'],
  ['{ type: number, minimum: 0, maximum: 1 }', '2', 'must be at most 1, not `2`'],
  ['{ type: duration, minimum: 1d }', '5m', 'must be at least 1d, not `5m`'],
  ['{ type: size, maximum: 1kB }', '2kB', 'must be at most 1000, not `2000`'],
  ['{ type: string, minLength: 2 }', 'a', 'must have at least 2 characters, not 1'],
  ['{ type: list, maxLength: 1 }', 'a,b', 'must have at most 1 value, not 2'],
  ['{ type: string, pattern: "[a-z]+" }', 'a1', 'must match `[a-z]+`, but is `a1`'],
  ['{ type: string, enum: [a] }', 'b', 'must be one of `a`, not `b`'],
  ['{ type: object }', '[1]', 'must be an object, not `[1]`'],
  ['{ type: object }', '{', 'must be an object, written as JSON'],
];
for (const [declaration, value, message] of wrong)
  test(`${declaration} does not take ${JSON.stringify(value)}`, () =>
    assert.equal(
      flag(declaration, value),
      `usage/param-value: param \`x\`, given on the command line, ${message}`,
    ));

test('a fault inside a list or object names its place', () => {
  assert.equal(
    flag('{ type: list, items: { type: integer } }', '1,b'),
    'usage/param-value: param `x[1]`, given on the command line, must be a whole number, not `b`',
  );
  assert.equal(
    file('{ type: object, properties: { n: { type: integer } } }', { n: 'b' }),
    'runbook/param-value: param `x.n`, given in the params file, must be a whole number, not `b`',
  );
  assert.match(
    String(file('{ type: object, properties: { n: { type: integer } } }', { m: 1 })),
    /has no `m`/,
  );
});

test('values of files are typed already, and their paths start at their own folder', () => {
  assert.match(String(file('{ type: integer }', '5')), /^runbook\/param-value/);
  assert.equal(file('{ type: integer }', 5), 5);
  assert.equal(file('{ type: size }', 512), 512);
  assert.equal(file('{ type: path }', 'a'), '/files/a');
});

test('flags win over the file, the file over the environment, the environment over the default', () => {
  const params = '  x: { type: path, default: d }';
  const environment = { x: 'e' };
  const inFile = { folder: '/files', values: { x: 'f' } };
  assert.equal(resolve(params, {}).values.x, '/project/d');
  assert.equal(resolve(params, { environment }).values.x, '/project/e');
  assert.equal(resolve(params, { environment, file: inFile }).values.x, '/files/f');
  assert.equal(
    resolve(params, { environment, file: inFile, flags: [{ name: 'x', value: 'g' }] }).values.x,
    '/cwd/g',
  );
});

test('what is not given is null, unless it is required', () => {
  const params = '  a: { type: string }\n  b: { type: string, required: true }';
  const { values, findings: found } = resolve(params, {});
  assert.deepEqual(values, { a: null, b: null });
  assert.deepEqual(
    found.map(({ code, message, fix }) => [code, message, fix]),
    [['runbook/param-missing', 'param `b` is required and was not given', 'add `-p b=…`']],
  );
});

test('unknown names are said, with the nearest, and everything at once', () => {
  const params = '  database: { type: path }\n  n: { type: integer }';
  const { findings: found } = resolve(params, {
    environment: { m: 1 },
    flags: [
      { name: 'databse', value: 'x' },
      { name: 'n', value: 'x' },
    ],
  });
  assert.deepEqual(
    found.map(({ code, message, fix }) => [code, message, fix]),
    [
      [
        'usage/unknown-param',
        'runbook `test` has no param `databse`, given on the command line',
        'did you mean `database`?',
      ],
      [
        'runbook/param-unknown',
        'runbook `test` has no param `m`, given by the environment',
        'did you mean `n`?',
      ],
      [
        'usage/param-value',
        'param `n`, given on the command line, must be a whole number, not `x`',
        undefined,
      ],
    ],
  );
});

test('declarations that can never fit are found where they stand', () => {
  assert.deepEqual(
    findings(`
params:
  a: { type: duration, default: 90x }
  b: { type: number, minimum: 2, maximum: 1 }
  c: { type: string, pattern: "(" }
  d: { type: duration, minimum: 5 }
  e: { type: string, enum: [a, 1] }
  f: { type: list, items: { type: integer }, default: [1, x] }
`),
    [
      'runbook/param-default 2:33 the default of param `a` must be a duration such as `90d`, not `90x`',
      'runbook/param-declaration 3:43 `maximum` is smaller than `minimum`, so that no value fits',
      'runbook/param-declaration 4:31 `(` is not a regular expression',
      'runbook/param-declaration 5:33 `minimum` of a param of type `duration` must be written as a duration such as `90d`',
      'runbook/param-declaration 6:32 `enum` of a param of type `string` holds a value of another type',
      'runbook/param-default 7:59 the default of param `f` must be a whole number, not `x`',
    ],
  );
});

test('whatever is given, the answer is a value of the type or a finding', () => {
  const types = [
    'string',
    'integer',
    'number',
    'boolean',
    'path',
    'duration',
    'size',
    'timestamp',
    'list',
    'object',
    'identifier',
    'sql',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.oneof(fc.string(), fc.jsonValue()),
      fc.boolean(),
      (type, value, isJson) => {
        const result = resolve(`  x: { type: ${type} }`, { flags: [{ name: 'x', value, isJson }] });
        assert.ok(result.findings.length === 1 || (result.findings.length === 0 && 'x' in result.values));
      },
    ),
  );
});
