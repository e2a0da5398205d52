import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { archiveFolder } from '../../../src/operation/prune/index.ts';
import { problems, workbench } from '../support.ts';

/** `count` rows, one per hour from 2026-01-01 on, kept as `expression` of the row's number `i` says. */
function events(expression: string, count = 100, type = ''): string {
  return `CREATE TABLE events(id INTEGER PRIMARY KEY, at ${type});
    WITH n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})
    INSERT INTO events SELECT i + 1, ${expression} FROM n;`;
}
const sqlTime = "datetime('2026-01-01', '+' || i || ' hours')";
const isoTime = "strftime('%Y-%m-%dT%H:%M:%SZ', '2026-01-01', '+' || i || ' hours')";
const seconds = '1767225600 + i * 3600';
const step = { target: 'db', table: 'events', where: 'at < :cutoff' };
const after10 = '2026-01-01 10:00:00';

test('sqlite.prune deletes what the predicate selects', async (t) => {
  const { run } = await workbench(t, events(sqlTime, 2000));
  const input = { ...step, maxShare: 0.6, params: { cutoff: '2026-02-15 00:00:00' } };
  assert.deepEqual((await run('sqlite.prune', input)).outputs, {
    planned: { events: 1080 },
    archived: {},
    deleted: { events: 1080 },
    changed: {},
    archive: '',
    share: 0.54,
  });
});

test('sqlite.prune reports rows, progress and a transaction for each chunk', async (t) => {
  const { run, rows, commits, progress } = await workbench(t, events(sqlTime, 2000));
  const { measures } = await run('sqlite.prune', {
    ...step,
    maxShare: 1,
    params: { cutoff: '2026-02-15 00:00:00' },
  });
  assert.deepEqual(measures, [{ name: 'deleted', value: 1080, unit: 'rows', subject: 'events' }]);
  assert.equal(rows('SELECT * FROM events').length, 920);
  assert.ok(commits.length >= 2);
  assert.ok(commits.every((commit) => commit.effect === 'destroy'));
  assert.equal(
    commits.reduce((sum, commit) => sum + commit.rows, 0),
    1080,
  );
  assert.deepEqual(progress.at(-1), { done: 1080, total: 1080, unit: 'rows', message: 'events' });
});

test('sqlite.prune refuses a larger share than allowed before deleting anything', async (t) => {
  const { run, rows, commits, preview } = await workbench(t, events(sqlTime));
  const input = { ...step, params: { cutoff: '2026-01-04 00:00:00' } };
  await assert.rejects(run('sqlite.prune', input), {
    code: 'action/share-exceeded',
    message: '72 rows of 100 in `events` (72 %) are selected, `maxShare` allows 50 %',
    state: 'nothing was deleted',
  });
  assert.equal(rows('SELECT * FROM events').length, 100);
  assert.equal(commits.length, 0);
  assert.deepEqual((await preview('sqlite.prune', input)).lines, [
    '`events`: 72 rows of 100 (72 %); refused: `maxShare` allows 50 %',
  ]);
});

test('sqlite.prune refuses more rows than allowed before deleting anything', async (t) => {
  const { run, rows, preview } = await workbench(t, events(sqlTime));
  const input = { ...step, params: { cutoff: after10 }, maxRows: 9 };
  await assert.rejects(run('sqlite.prune', input), {
    code: 'action/too-many-rows',
    message: '10 rows of `events` are selected, `maxRows` allows 9',
  });
  assert.equal(rows('SELECT * FROM events').length, 100);
  assert.match((await preview('sqlite.prune', input)).lines[0] ?? '', /refused: `maxRows` allows 9$/);
});

const mixes: readonly [name: string, schema: string, cutoff: unknown, message: RegExp, fix: RegExp][] = [
  [
    'text against seconds',
    events(seconds),
    after10,
    /^`events.at` keeps Unix seconds \(such as `1767225600`\) in 100 rows, and `:cutoff` is text like `YYYY-MM-DD HH:MM:SS`: SQLite would compare their types/,
    /unixSeconds\(t\)/,
  ],
  [
    'text against INTEGER seconds',
    events(seconds, 100, 'INTEGER'),
    after10,
    /keeps Unix seconds/,
    /unixSeconds\(t\)/,
  ],
  [
    'milliseconds against seconds',
    events(seconds),
    1767225600000,
    /keeps Unix seconds .* is Unix milliseconds, which order differently$/,
    /unixSeconds\(t\)/,
  ],
  [
    'seconds against milliseconds',
    events(`1000 * (${seconds})`),
    1767225600,
    /keeps Unix milliseconds/,
    /unixMillis\(t\)/,
  ],
  [
    'seconds against text',
    events(sqlTime),
    1767225600,
    /keeps text like `YYYY-MM-DD HH:MM:SS`/,
    /sqlTime\(t\)/,
  ],
  ['seconds against TEXT', events(sqlTime, 100, 'TEXT'), 1767225600, /keeps text like/, /sqlTime\(t\)/],
  [
    'SQL form against ISO form',
    events(isoTime),
    after10,
    /keeps text like `YYYY-MM-DDTHH:MM:SSZ`/,
    /iso\(t\)/,
  ],
  [
    'ISO form against SQL form',
    events(sqlTime),
    '2026-01-01T10:00:00.000Z',
    /keeps text like `YYYY-MM-DD HH:MM:SS`/,
    /sqlTime\(t\)/,
  ],
  [
    'a column with a few numbers among text',
    `${events(sqlTime)} INSERT INTO events VALUES (1000, 5);`,
    after10,
    /keeps numbers \(such as `5`\) in 1 row/,
    /in the form that the column keeps/,
  ],
];

for (const [name, schema, cutoff, message, fix] of mixes) {
  test(`sqlite.prune refuses a cutoff in another form: ${name}`, async (t) => {
    const { run, rows } = await workbench(t, schema);
    const before = rows('SELECT * FROM events').length;
    await assert.rejects(
      run('sqlite.prune', { ...step, maxShare: 1, params: { cutoff } }),
      (error: Error & { code: string; fix: string; state: string }) => {
        assert.equal(error.code, 'action/type-mix');
        assert.match(error.message, message);
        assert.match(error.fix, fix);
        assert.equal(error.state, 'nothing was deleted');
        return true;
      },
    );
    assert.equal(rows('SELECT * FROM events').length, before);
  });
}

test('sqlite.prune refuses datetime() against a column of seconds', async (t) => {
  const { run } = await workbench(t, events(seconds));
  await assert.rejects(run('sqlite.prune', { ...step, where: "at < datetime('now')", maxShare: 1 }), {
    code: 'action/type-mix',
    message: /and `datetime\(\)` is text like/,
  });
});

const matches: readonly [name: string, schema: string, cutoff: unknown][] = [
  ['seconds', events(seconds), 1767225600 + 36_000],
  ['a date against times', events(sqlTime), '2026-01-01 10'],
  ['digits in text against an INTEGER column', events('i', 100, 'INTEGER'), '10'],
  ['small numbers', events('i'), 10],
  ['NULLs beside text', `${events(sqlTime)} INSERT INTO events VALUES (500, NULL);`, after10],
  [
    'a stray text that no numeric cutoff selects',
    `${events(seconds)} INSERT INTO events VALUES (500, '');`,
    1767225600 + 36_000,
  ],
];

for (const [name, schema, cutoff] of matches) {
  test(`sqlite.prune takes a cutoff in the form of the column: ${name}`, async (t) => {
    const { run } = await workbench(t, schema);
    const { outputs } = await run('sqlite.prune', { ...step, params: { cutoff } });
    assert.deepEqual(outputs.deleted, { events: 10 });
  });
}

test('sqlite.prune refuses rows that other tables point to', async (t) => {
  const { run, rows } = await workbench(
    t,
    `${events(sqlTime)} CREATE TABLE notes(id INTEGER PRIMARY KEY, event INTEGER REFERENCES events(id) ON DELETE CASCADE);
     CREATE INDEX notes_event ON notes(event); INSERT INTO notes VALUES (1, 3), (2, 90);`,
  );
  await assert.rejects(run('sqlite.prune', { ...step, params: { cutoff: after10 } }), {
    code: 'action/has-children',
    message: '1 row of `notes` point through `event` to rows of `events` that would be deleted',
  });
  assert.equal(rows('SELECT * FROM events').length, 100);
  const { outputs } = await run('sqlite.prune', { ...step, params: { cutoff: '2026-01-01 02:00:00' } });
  assert.deepEqual(outputs.deleted, { events: 2 });
  assert.equal(rows('SELECT * FROM notes').length, 2);
});

test('sqlite.prune names the near table of a mistyped one', async (t) => {
  const { run } = await workbench(t, `${events(sqlTime)} CREATE VIEW seen AS SELECT * FROM events`);
  await assert.rejects(run('sqlite.prune', { ...step, table: 'evnets', params: { cutoff: '' } }), {
    code: 'sqlite/no-such-table',
    fix: 'did you mean `events`?',
  });
  await assert.rejects(run('sqlite.prune', { ...step, table: 'seen', params: { cutoff: '' } }), {
    code: 'sqlite/no-such-table',
    message: '`seen` is a view, not an ordinary table',
  });
});

test('sqlite.prune works on tables and columns with hostile names', async (t) => {
  const hostile = 'a"b\'; DROP TABLE x --';
  const quoted = `"${hostile.replaceAll('"', '""')}"`;
  const { run, rows } = await workbench(
    t,
    `CREATE TABLE ${quoted}("at ""x" TEXT, k TEXT PRIMARY KEY) WITHOUT ROWID;
     INSERT INTO ${quoted} VALUES ('2026-01-01 00:00:00', 'é'), ('2026-03-01 00:00:00', '\u{1F600}');`,
  );
  const { outputs } = await run('sqlite.prune', {
    target: 'db',
    table: hostile,
    where: '"at ""x" < :cutoff',
    params: { cutoff: '2026-02-01 00:00:00' },
  });
  assert.deepEqual(outputs.deleted, { [hostile]: 1 });
  assert.equal(rows(`SELECT * FROM ${quoted}`).length, 1);
});

test('sqlite.prune fills column names that the table has, and compares their form too', async (t) => {
  const { run } = await workbench(t, events(sqlTime));
  const input = { ...step, where: '"$column" < :cutoff', params: { cutoff: after10 } };
  await assert.rejects(run('sqlite.prune', { ...input, names: { column: 'att' } }), {
    code: 'sqlite/unknown-name',
    message: 'table `events` has no column `att`',
    fix: 'did you mean `at`?',
  });
  await assert.rejects(run('sqlite.prune', input), {
    code: 'sqlite/unknown-name',
    fix: 'add `names: {column: …}`',
  });
  await assert.rejects(run('sqlite.prune', { ...input, names: { column: 'at' }, params: { cutoff: 5 } }), {
    code: 'action/type-mix',
  });
  assert.deepEqual((await run('sqlite.prune', { ...input, names: { column: 'AT' } })).outputs.deleted, {
    events: 10,
  });
});

const forms: readonly [name: string, expression: string, deleted: number][] = [
  ['SQL text', sqlTime, 10],
  ['SQL text with fractions', `${sqlTime} || '.250'`, 10],
  ['ISO text', isoTime, 10],
  ['ISO text with fractions', "strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '+' || i || ' hours')", 10],
  ['Unix seconds', seconds, 10],
  ['Unix milliseconds', `1000 * (${seconds})`, 10],
  ['Julian days', "julianday('2026-01-01 00:00:01') + i / 24.0", 10],
  ['dates', "date('2025-12-30', '+' || i || ' days')", 2],
  ['nothing but NULL', 'NULL', 0],
];

for (const [name, expression, deleted] of forms) {
  test(`sqlite.prune by column and instant takes the form in which the column keeps time: ${name}`, async (t) => {
    const { run, preview } = await workbench(t, events(expression));
    const input = { target: 'db', table: 'events', column: 'AT', before: '2026-01-01T10:00:00Z' };
    const { sql, lines } = await preview('sqlite.prune', input);
    assert.deepEqual(sql, ['DELETE FROM events WHERE "at" < :before']);
    assert.deepEqual(lines, [`\`events\`: ${deleted} rows of 100 (${deleted} %)`]);
    assert.deepEqual((await run('sqlite.prune', input)).outputs.deleted, { events: deleted });
  });
}

const formless: readonly [name: string, schema: string, message: RegExp][] = [
  [
    'two forms of text',
    `${events(sqlTime)} INSERT INTO events VALUES (500, '2026-01-01T00:00:00Z');`,
    /keeps text like .* and text like .* \(such as/,
  ],
  [
    'text and numbers',
    `${events(sqlTime)} INSERT INTO events VALUES (500, 7);`,
    /keeps numbers and text like/,
  ],
  [
    'times of another zone',
    events(`${sqlTime} || '+02:00'`),
    /keeps text \(such as `2026-01-01 00:00:00\+02:00`/,
  ],
  ['numbers that are no time', events('i'), /keeps numbers \(such as `0` and `99`\)/],
  ['bytes', events("x'00'"), /keeps bytes/],
];

for (const [name, schema, message] of formless) {
  test(`sqlite.prune by column and instant refuses a column without one form of time: ${name}`, async (t) => {
    const { run, rows } = await workbench(t, schema);
    const before = rows('SELECT * FROM events').length;
    const input = {
      target: 'db',
      table: 'events',
      column: 'at',
      before: '2026-01-01T10:00:00Z',
      maxShare: 1,
    };
    await assert.rejects(run('sqlite.prune', input), {
      code: 'action/type-mix',
      message,
      state: 'nothing was deleted',
    });
    assert.equal(rows('SELECT * FROM events').length, before);
  });
}

test('sqlite.prune takes one way to choose its rows', () => {
  const input = { target: 'db', table: 'x' };
  assert.deepEqual(problems('sqlite.prune', input), [
    'expected `column` and `before`, or `where`: nothing else says which rows go',
  ]);
  assert.deepEqual(problems('sqlite.prune', { ...input, column: 'a' }).length, 1);
  assert.deepEqual(problems('sqlite.prune', { ...input, column: 'a', before: 'b', where: 'c' }), [
    '`where` and `column` both choose the rows',
  ]);
  assert.deepEqual(problems('sqlite.prune', { ...input, column: 'a', before: 'b', params: {} }), [
    '`params` belongs to `where`, which is not there',
  ]);
  assert.deepEqual(problems('sqlite.prune', { ...input, column: 'a', before: 'b' }), []);
});

test('sqlite.prune takes one predicate that only reads', async (t) => {
  const { run, rows } = await workbench(t, events(sqlTime));
  for (const where of ['id < 5) OR (1 = 1', 'id < 5; DELETE FROM events', 'id < 5 --', '']) {
    const outcome = await run('sqlite.prune', { ...step, where }).then(
      ({ outputs }) => outputs.deleted,
      ({ code }) => code,
    );
    if (where === 'id < 5 --') assert.deepEqual(outcome, { events: 4 });
    else assert.equal(outcome, 'sqlite/syntax', where);
  }
  assert.equal(rows('SELECT * FROM events').length, 96);
});

test('sqlite.prune that finds nothing succeeds without a transaction', async (t) => {
  const { run, commits, preview } = await workbench(t, events(sqlTime));
  const input = { ...step, params: { cutoff: '2025-12-01 00:00:00' } };
  assert.deepEqual((await run('sqlite.prune', input)).outputs.deleted, { events: 0 });
  assert.equal(commits.length, 0);
  assert.equal((await preview('sqlite.prune', input)).changesSomething, false);
});

test('sqlite.prune stopped between chunks says how many rows are gone', async (t) => {
  const { run, rows, progress, warnings } = await workbench(t, events(sqlTime, 3000));
  const stop = new AbortController();
  const push = progress.push.bind(progress);
  progress.push = (...items) => {
    if (items.some(({ done }) => done !== undefined && done > 0))
      stop.abort(new Error('stopped by the test'));
    return push(...items);
  };
  const input = { ...step, maxShare: 1, params: { cutoff: '2027-01-01 00:00:00' } };
  await assert.rejects(run('sqlite.prune', input, stop.signal));
  const gone = 3000 - rows('SELECT * FROM events').length;
  assert.ok(gone > 0 && gone < 3000, `${gone} rows gone`);
  assert.equal(
    warnings.at(-1),
    `${gone.toLocaleString('en-US')} rows of the 3,000 selected in \`events\` are deleted and stay so; the others are untouched`,
  );
});

test('sqlite.prune archives each run and step in a folder of its own, and sqlite.importRows loads it back', async (t) => {
  const { run, rows, folder, warnings } = await workbench(t, events(sqlTime));
  const before = rows('SELECT * FROM events');
  for (const format of ['jsonl', 'csv', 'sql']) {
    const to = join(folder, 'archives', format);
    const { outputs } = await run('sqlite.prune', {
      ...step,
      params: { cutoff: after10 },
      archive: { to, format },
    });
    assert.deepEqual(outputs.archived, { events: 10 });
    assert.equal(outputs.archive, join(to, 'run-20260101-000000-test', 'step'));
    const input = { target: 'db', from: outputs.archive };
    assert.deepEqual((await run('sqlite.importRows', input)).outputs, {
      rows: { events: 10 },
      present: { events: 0 },
    });
    assert.deepEqual((await run('sqlite.importRows', input)).outputs, {
      rows: { events: 0 },
      present: { events: 10 },
    });
    assert.deepEqual(rows('SELECT * FROM events'), before);
    rmSync(join(String(outputs.archive), 'manifest.json'));
    const { warnings: said } = await run('sqlite.importRows', input);
    assert.match(said?.[0] ?? '', /was interrupted/);
  }
  assert.deepEqual(warnings, []);
});

test('the folder of an archive does not repeat the run, and takes any key of an item', () => {
  assert.equal(archiveFolder('/a/run-1', 'run-1', 'prune'), '/a/run-1/prune');
  assert.equal(archiveFolder('/a', 'run-1', 'prune[../x y]'), '/a/run-1/prune[..%2Fx%20y]');
});
