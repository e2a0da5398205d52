import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { project, readingRunbook } from './support.ts';

describe('belay run', () => {
  test('runs, says what happened on stderr, gives the outputs on stdout', async () => {
    await using program = project();
    const { stdout, stderr, exitCode } = await program.run(['run', 'look', '-p', 'database=app.db']);
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, 'entries: 200\n');
    assert.match(stderr, /^look: Look at a database\nrun-<id> · db: <folder>\/app\.db/);
    assert.match(stderr, /look succeeded in <took>/);
    assert.match(stderr, /\nnext {6}belay runs show run-<id>\n$/);
  });

  test('a failed step ends with place, cause, state and one command, exit 6', async () => {
    await using program = project();
    const { stderr, exitCode } = await program.run([
      'run',
      'look',
      '-p',
      'database=app.db',
      '-p',
      'least:=1000',
    ]);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /\nstep {6}enough at runbooks\/look\.yaml:\d+:\d+\n/);
    assert.match(stderr, /\ncause {5}.*too few entries/);
    assert.match(stderr, /\ndata {6}.*as before\n/);
  });

  test('changes, and names the backup', async () => {
    await using program = project();
    const { stderr, exitCode } = await program.run([
      'run',
      'purge',
      '-p',
      'database=app.db',
      '--result',
      'result.json',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 50);
    assert.match(stderr, /150 rows changed/);
    const result = JSON.parse(program.read('result.json')) as { state: string; backups: unknown[] };
    assert.equal(result.state, 'succeeded');
    assert.equal(result.backups.length, 1);
  });

  test('JSON is one event per line and nothing else', async () => {
    await using program = project();
    const { lines, stderr } = await program.run(['run', 'look', '-p', 'database=app.db', '--output', 'json']);
    assert.equal(stderr, '');
    const types = lines().map(({ type }) => type);
    assert.equal(types[0], 'run-started');
    assert.ok(types.includes('run-finished'));
  });

  test('quiet is silent on 0 and full otherwise', async () => {
    await using program = project();
    assert.equal((await program.run(['run', 'look', '-p', 'database=app.db', '--quiet'])).stderr, '');
    assert.match(
      (await program.run(['run', 'look', '-p', 'database=app.db', '-p', 'least=1000', '--quiet'])).stderr,
      /FAILED/,
    );
  });

  test('params come from text, from a file, as JSON, and from a params file', async () => {
    await using program = project();
    program.file('path.txt', 'app.db\n').file('params.yaml', 'database: ./app.db\nleast: 5000\n');
    assert.equal((await program.run(['run', 'look', '-p', 'database=@path.txt'])).exitCode, 0);
    assert.equal((await program.run(['run', 'look', '--params-file', 'params.yaml'])).exitCode, 6);
    assert.equal(
      (await program.run(['run', 'look', '--params-file', 'params.yaml', '-p', 'least:=1'])).exitCode,
      0,
    );
    for (const [words, code] of [
      [['-p', 'database'], 'usage/invalid-param'],
      [['-p', 'least:={'], 'usage/invalid-param'],
      [['-p', 'least=1', '-p', 'least=2'], 'usage/duplicate-param'],
      [['-p', 'database=@nowhere'], 'usage/unreadable-file'],
      [['--params-file', 'path.txt'], 'usage/unreadable-file'],
      [['--env', 'prod'], 'usage/unknown-environment'],
      [['--lock-wait', 'x'], 'usage/invalid-value'],
      [['-p', 'database=app.db', '--confirm', 'x'], 'usage/invalid-value'],
    ] as const) {
      const { stderr, exitCode } = await program.run(['run', 'look', ...words]);
      assert.match(stderr, new RegExp(`^error\\[${code}\\]`), words.join(' '));
      assert.equal(exitCode, 2);
    }
  });

  test('an environment gives each runbook the params that it declares', async () => {
    await using program = project();
    program.file(
      'belay.yaml',
      'apiVersion: belay/v1\nenvironments:\n  prod: { params: { database: ./app.db, other: 7 } }\ndefaults: { environment: prod }\n',
    );
    assert.equal((await program.run(['run', 'look'])).exitCode, 0);
  });

  test('a plan is run as planned, and refused when something has changed since', async () => {
    await using program = project();
    assert.equal(
      (await program.run(['plan', 'look', '-p', 'database=app.db', '--out', 'plan.json'])).exitCode,
      0,
    );
    assert.equal((await program.run(['run', '--plan', 'plan.json'])).exitCode, 0);
    program.file('runbooks/look.yaml', readingRunbook.replace('default: 1', 'default: 2'));
    const { stderr, exitCode } = await program.run(['run', '--plan', 'plan.json']);
    assert.equal(exitCode, 4, stderr);
    assert.match(stderr, /plan\/stale/);
  });

  test('--dry-run changes nothing', async () => {
    await using program = project();
    const { stdout, exitCode } = await program.run(['run', 'purge', '-p', 'database=app.db', '--dry-run']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /DELETE FROM entries WHERE id > 50/);
    assert.ok(!program.exists('.belay'));
    assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 200);
  });

  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} stops a program step at once and exits ${exit}`, async () => {
      await using program = project();
      program.file('runbooks/slow.yaml', slowRunbook);
      const running = program.start(['run', 'slow', '-p', 'database=app.db', '--output', 'json']);
      await running.waitFor(/"type":"attempt-started".*"step":"slow"|"step":"slow".*"attempt-started"/);
      running.child.kill(signal);
      const { exitCode, stdout } = await running.ended;
      assert.equal(exitCode, exit, stdout);
      assert.match(stdout, new RegExp(`"type":"signal-received","signal":"${signal}"`));
      assert.match(stdout, /"state":"(aborted|rolled-back)"/);
    });
  }

  test('a second Ctrl-C is told what is still going on', async () => {
    await using program = project();
    // Deaf to the polite signal: it is killed a moment later.
    program.file(
      'runbooks/slow.yaml',
      slowRunbook.replace('["sleep", "60"]', '["sh", "-c", "trap \'\' TERM INT; while :; do sleep 1; done"]'),
    );
    const running = program.start(['run', 'slow', '-p', 'database=app.db', '--output', 'json']);
    await running.waitFor(/"type":"attempt-started"/);
    await running.waitFor(/"type":"process-started"/);
    running.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 150));
    running.child.kill('SIGINT');
    const { exitCode, stderr } = await running.ended;
    assert.equal(exitCode, 130);
    assert.match(stderr, /^(SIGINT: run-<id> waits for step `slow` to stop; .*\n)?$/);
  });

  test('SIGHUP lets the run go on', async () => {
    await using program = project();
    program.file('runbooks/slow.yaml', slowRunbook.replace('["sleep", "60"]', '["sleep", "0.7"]'));
    const running = program.start(['run', 'slow', '-p', 'database=app.db', '--output', 'json']);
    await running.waitFor(/attempt-started/);
    running.child.kill('SIGHUP');
    assert.equal((await running.ended).exitCode, 0);
  });
});

const slowRunbook = `apiVersion: belay/v1
name: slow
title: Wait for a program
params:
  database: { type: path, required: true }
steps:
  - { id: slow, action: command.run, with: { argv: ["sleep", "60"] } }
`;

describe('on a terminal', () => {
  for (const columns of [80, 200]) {
    test(`the picture fits into ${columns} columns`, async (context) => {
      await using program = project();
      const line = `stty cols ${columns} rows 40; '${process.execPath}' '${new URL('../../dist/cli.js', import.meta.url).pathname}' run look -p database=app.db`;
      const output = await new Promise<string | undefined>((resolve) => {
        const { CI: _ci, ...env } = process.env;
        const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: program.folder, env });
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        child.once('error', () => resolve(undefined));
        child.once('close', () => resolve(text));
      });
      if (output === undefined) return context.skip('no `script` on this machine');
      assert.match(output, /✔/);
      const shown = stripVTControlCharacters(output);
      assert.match(shown, /look succeeded/);
      for (const line of shown.split(/\r?\n/)) assert.ok(line.length <= columns, line);
      assert.match(output, /\u001b\[\?25h/, 'the cursor is shown again');
    });
  }
});
