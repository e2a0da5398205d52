import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '../../src/action/index.ts';
import { parseDocument } from '../../src/document/index.ts';
import { compileRunbook } from '../../src/runbook/index.ts';
import { findings } from './support.ts';

const db = 'targets: { db: { driver: sqlite, path: a.db } }';
const step = (text: string) => `\n${db}\nsteps:\n  - ${text}\n`;

test('what says the default is no request', () => {
  assert.deepEqual(
    findings(`
targets: { db: { driver: sqlite, path: a.db, expect: ok, onForeignWrites: stop, exclusive: false } }
steps:
  - { id: a, rollback: auto, accept: false, action: sqlite.analyze, with: { target: db } }
`),
    [],
  );
});

test('every planned action is refused by name', () => {
  const planned = [...actions.values()].filter(({ availability }) => availability === 'planned');
  for (const { name } of planned) {
    // Without inputs: what the schema says of them is another stage.
    const text = `apiVersion: belay/v1\nname: t\nsteps: [{ id: a, action: ${name} }]\n`;
    const { document } = parseDocument({ file: 't.yaml', text });
    assert.ok(document);
    const { findings: all } = compileRunbook({ document, path: '/t.yaml', projectFolder: '/' });
    assert.ok(
      all.some(({ code, message }) => code === 'runbook/not-available' && message.includes(`\`${name}\``)),
      name,
    );
  }
});

test('an unknown action is said also where no schema was asked', () => {
  const { document } = parseDocument({ file: 't.yaml', text: 'steps: [{ id: a, action: sqlite.qurey }]' });
  assert.ok(document);
  const { findings: all } = compileRunbook({ document, path: '/t.yaml', projectFolder: '/' });
  assert.equal(all[0]?.code, 'runbook/unknown-action');
});

test('`ensure` without an action is said also where no schema was asked', () => {
  const { document } = parseDocument({
    file: 't.yaml',
    text: 'steps: [{ id: a, assert: "${{ true }}", ensure: "${{ true }}" }]',
  });
  assert.ok(document);
  const { findings: all } = compileRunbook({ document, path: '/t.yaml', projectFolder: '/' });
  assert.equal(all[0]?.code, 'runbook/ensure-without-action');
});

test('expressions never become part of SQL or of a script', () => {
  const code = (text: string) => findings(step(text)).map((line) => line.split(' ')[0]);
  const sql = 'runbook/expression-in-sql';
  assert.deepEqual(code('{ id: a, action: sqlite.query, with: { target: db, sql: "SELECT ${{ 1 }}" } }'), [
    sql,
  ]);
  assert.deepEqual(
    code('{ id: a, action: sqlite.query, with: { target: db, sql: "${{ \'SELECT 1\' }}" } }'),
    [sql],
  );
  assert.deepEqual(
    code(
      '{ id: a, action: sqlite.execute, with: { target: db, statements: [{ sql: "DELETE FROM ${{ run.id }}" }] } }',
    ),
    [sql],
  );
  assert.deepEqual(
    code('{ id: a, action: sqlite.prune, with: { target: db, table: t, where: "a < ${{ 1 }}" } }'),
    [sql],
  );
  assert.deepEqual(code('{ id: a, action: command.run, with: { shell: "rm ${{ run.id }}" } }'), [
    'runbook/expression-in-shell',
  ]);
  assert.deepEqual(
    code('{ id: a, action: sqlite.query, with: { target: db, sql: "SELECT \'$${{ x }}\'" } }'),
    [],
  );
  assert.deepEqual(
    code('{ id: a, action: command.run, with: { argv: [rm, "${{ run.id }}", "${{ 5 }}"] } }'),
    [],
  );
});

test('only a param of type `sql` may stand as a predicate', () => {
  const body = (type: string) => `
params: { p: { type: ${type}, default: a } }
${db}
steps:
  - { id: a, action: sqlite.prune, with: { target: db, table: t, where: "\${{ params.p }}" } }
`;
  assert.deepEqual(findings(body('sql')), []);
  assert.match(findings(body('string'))[0] ?? '', /^runbook\/expression-in-sql/);
});

test('SQL parameters are single values that say how they keep time', () => {
  const bound = (expression: string) =>
    findings(
      step(
        `{ id: a, action: sqlite.query, with: { target: db, sql: "SELECT :x", params: { x: "\${{ ${expression} }}" } } }`,
      ),
    );
  for (const good of [
    'sqlTime(now)',
    'unixSeconds(now)',
    'iso(now)',
    "seconds(duration('1d'))",
    '1',
    'true',
    'null',
  ])
    assert.deepEqual(bound(good), [], good);
  assert.match(
    bound('now')[0] ?? '',
    /^expression\/type .* bound to a timestamp, which SQLite does not have$/,
  );
  assert.match(bound("duration('1d')")[0] ?? '', /^expression\/type .* bound to a duration/);
  assert.match(bound('[1]')[0] ?? '', /^expression\/type .* single values only$/);
});

test('inputs have the type that the action takes', () => {
  const given = (key: string, expression: string) =>
    findings(
      step(
        `{ id: a, action: sqlite.prune, with: { target: db, table: t, where: "1", ${key}: "\${{ ${expression} }}" } }`,
      ),
    );
  assert.deepEqual(given('maxShare', '0.5'), []);
  assert.deepEqual(given('lockTarget', "duration('50ms')"), []);
  assert.match(
    given('maxShare', "'x'")[0] ?? '',
    /`maxShare` of step `a` must be a number, but this is a text/,
  );
  assert.match(given('lockTarget', '5')[0] ?? '', /must be a duration or a text, but this is a number/);
});

test('secrets are for inputs only', () => {
  const body = (text: string) => `\nsecrets: { token: { env: TOKEN } }\nsteps:\n  - ${text}\n`;
  assert.deepEqual(
    findings(body('{ id: a, action: command.run, with: { argv: [x], env: { T: "${{ secrets.token }}" } } }')),
    [],
  );
  for (const text of [
    '{ id: a, if: "${{ secrets.token == \'\' }}", assert: "${{ true }}" }',
    '{ id: a, assert: "${{ secrets.token != \'\' }}" }',
    '{ id: a, action: wait, with: { for: 1s }, outputs: { t: "${{ secrets.token }}" } }',
    '{ id: a, forEach: { items: ["${{ secrets.token }}"], as: t }, action: wait, with: { for: 1s } }',
  ])
    assert.match(
      findings(body(text))[0] ?? '',
      /^expression\/unknown-name .* secrets may be used only in `with`/,
      text,
    );
});

test('loops: variables, keys, items', () => {
  const loop = (forEach: string) =>
    findings(
      step(`{ id: a, forEach: ${forEach}, action: sqlite.query, with: { target: db, sql: "SELECT 1" } }`),
    );
  assert.deepEqual(loop('{ items: [a, b], as: t }'), []);
  assert.deepEqual(loop('{ items: "${{ [1, 2] }}", as: t }'), []);
  assert.deepEqual(loop('{ items: [{ n: 1 }], as: t, key: "${{ t.n }}" }'), []);
  assert.match(loop('{ items: [a], as: steps }')[0] ?? '', /^runbook\/reserved-name/);
  assert.match(loop('{ items: [{ n: 1 }], as: t }')[0] ?? '', /^runbook\/for-each-key/);
  assert.match(
    loop('{ items: "${{ 1 }}", as: t }')[0] ?? '',
    /^expression\/type .* must be a list, but it is a number/,
  );
});

test('a target is named, never computed', () => {
  const text = 'steps: [{ id: a, action: sqlite.analyze, with: { target: "${{ run.id }}" } }]';
  const { document } = parseDocument({ file: 't.yaml', text });
  assert.ok(document);
  const { findings: all } = compileRunbook({ document, path: '/t.yaml', projectFolder: '/' });
  assert.deepEqual(
    all.map(({ code }) => code),
    ['runbook/computed-target'],
  );
});
