import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type Cli, cli } from '../support/cli.ts';
import { cannotSetClock, testClock, year } from '../support/clock.ts';
import { entriesSql } from './support.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

const asking = `apiVersion: belay/v1
name: asking
params:
  database: { type: path, required: true }
  careful: { type: boolean, default: true }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - id: go
    if: \${{ params.careful }}
    confirm: { message: "Go on with \${{ target.db.name }}?", timeout: TIMEOUT }
  - id: delete
    confirm: { message: "Delete entries of \${{ target.db.name }}?", expect: "\${{ target.db.name }}" }
    action: sqlite.prune
    with: { target: db, table: entries, where: id > 150 }
  - id: last
    if: \${{ params.careful }}
    confirm: { message: "Keep it?" }
`;

const approving = `apiVersion: belay/v1
name: approving
params:
  database: { type: path, required: true }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
  - id: delete
    approval: { message: "Delete from \${{ target.db.name }}?", approvers: [nobody], timeout: TIMEOUT }
    action: sqlite.prune
    with: { target: db, table: entries, where: id > 150 }
`;

function project(timeout = '30s'): Cli {
  return cli()
    .file('asking.yaml', asking.replace('TIMEOUT', timeout))
    .file('approving.yaml', approving.replace('TIMEOUT', timeout))
    .database('app.db', entriesSql);
}

const run = ['run', 'asking.yaml', '-p', 'database=app.db'];
const count = (cli: Cli) => cli.query('app.db', 'SELECT count(*) FROM entries');

interface Event {
  readonly type: string;
  readonly [key: string]: unknown;
}

async function events(cli: Cli): Promise<Event[]> {
  return (await cli.run(['runs', 'events', 'last', '--output', 'json'])).lines() as unknown as Event[];
}

describe('belay run with gates and nobody to ask', () => {
  test('is refused before anything starts, with every gate named', async () => {
    await using here = project();
    const { stderr, exitCode } = await here.run([...run, '--yes']);
    assert.equal(exitCode, 4, stderr);
    assert.match(stderr, /error\[gate\/nobody-to-ask\]: step `delete`/);
    assert.match(stderr, /--confirm delete=TEXT/);
    assert.equal((await here.run(run)).stderr.match(/gate\/nobody-to-ask/g)?.length, 3);
    assert.deepEqual((await here.run(['runs', 'list', '--output', 'json'])).json().runs, []);
  });

  test('a gate that is skipped for sure needs no answer', async () => {
    await using here = project();
    const { stderr, exitCode } = await here.run([
      ...run,
      '-p',
      'careful=false',
      '--confirm',
      'delete=app.db',
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.equal(count(here), 150);
  });

  test('answers of the command line let it through, and are on record', async () => {
    await using here = project();
    const { stderr, exitCode } = await here.run([...run, '--yes', '--confirm', 'delete=app.db']);
    assert.equal(exitCode, 0, stderr);
    const decided = (await events(here)).filter(({ type }) => type === 'gate-decided');
    assert.deepEqual(
      decided.map(({ step, decision, how }) => [step, decision, how]),
      [
        ['go', 'confirmed', '--yes'],
        ['delete', 'confirmed', '--confirm'],
        ['last', 'confirmed', '--yes'],
      ],
    );
    const types = (await events(here)).map(({ type, step }) => `${type} ${step ?? ''}`);
    assert.ok(types.indexOf('gate-asked delete') < types.indexOf('gate-decided delete'));
    assert.ok(types.indexOf('gate-decided delete') < types.indexOf('attempt-started delete'));
    assert.ok(types.indexOf('gate-decided delete') < types.indexOf('backup-created backup.db'));
  });

  test('a wrong text is a no: exit 5, both texts said, nothing changed', async () => {
    await using here = project();
    const { stderr, exitCode } = await here.run([...run, '--yes', '--confirm', 'delete=App']);
    assert.equal(exitCode, 5, stderr);
    assert.match(stderr, /`App`[\s\S]*`app.db`[\s\S]*gate\/declined/);
    assert.match(stderr, /data {6}.*as before/);
    assert.equal(count(here), 200);
  });

  test('an answer to a gate that is not there is a mistake', async () => {
    await using here = project();
    for (const wrong of ['deleet=db', 'go=yes', 'delete']) {
      const { stderr, exitCode } = await here.run([...run, '--confirm', wrong]);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /usage\/invalid-value/);
    }
  });

  test('a declined gate is never continued after', async () => {
    await using here = project();
    here.file(
      'continue.yaml',
      here.read('asking.yaml').replace('  - id: delete\n', '  - id: delete\n    onFailure: continue\n'),
    );
    const { stderr, exitCode } = await here.run([
      'run',
      'continue.yaml',
      '-p',
      'database=app.db',
      '--yes',
      '--confirm',
      'delete=no',
    ]);
    assert.equal(exitCode, 5, stderr);
    assert.deepEqual(
      (await events(here)).filter(({ step }) => step === 'last'),
      [],
    );
  });

  test('one gate asks for all items of a loop, with the preview of each', async () => {
    await using here = cli()
      .file(
        'loop.yaml',
        `apiVersion: belay/v1
name: loop
targets: { db: { driver: sqlite, path: app.db } }
steps:
  - id: delete
    forEach: { items: [1, 2], as: row }
    confirm: { message: Really? }
    action: sqlite.execute
    with: { target: db, sql: "DELETE FROM entries WHERE id = :row", params: { row: "\${{ row }}" } }
`,
      )
      .database('app.db', entriesSql);
    const { stderr, exitCode } = await here.run(['run', 'loop.yaml', '--yes']);
    assert.equal(exitCode, 0, stderr);
    const asked = (await events(here)).filter(({ type }) => type === 'gate-asked');
    assert.equal(asked.length, 1);
    const lines = String(asked[0]?.lines).replaceAll(',', '\n');
    assert.match(lines, /^1: /m);
    assert.match(lines, /^2: /m);
    const shown = await here.run(['runs', 'show', 'last']);
    assert.match(shown.stdout, /gate: Really\? confirmed by .* \(--yes\)/);
  });

  test('an empty text to type stops the step before anybody is asked', async () => {
    await using here = project();
    here.file(
      'empty.yaml',
      here.read('asking.yaml').replace('expect: "${{ target.db.name }}"', 'expect: "${{ \' \' }}"'),
    );
    const { stderr, exitCode } = await here.run([
      'run',
      'empty.yaml',
      '-p',
      'database=app.db',
      '--yes',
      '--confirm',
      'delete= ',
    ]);
    assert.equal(exitCode, 6, stderr);
    assert.match(stderr, /gate\/empty-text/);
  });
});

const hasScript = (() => {
  try {
    execFileSync('script', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

interface OnTerminal {
  readonly exitCode: number | null;
  readonly text: string;
}

/** Runs belay on a terminal of its own; each answer is typed once its question is on the screen. */
function onTerminal(
  here: Cli,
  args: readonly string[],
  answers: readonly [RegExp, string | (() => string)][],
  env: Readonly<Record<string, string>> = {},
): Promise<OnTerminal> {
  const quoted = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', quoted, '/dev/null'], {
    cwd: here.folder,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: here.folder, TERM: 'xterm', ...env },
  });
  const left = [...answers];
  let text = '';
  let from = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const [next] = left;
    if (next === undefined || !next[0].test(text.slice(from))) return;
    from = text.length;
    left.shift();
    if (next[1] === 'hang up') child.kill('SIGKILL');
    else child.stdin.write(typeof next[1] === 'string' ? next[1] : next[1]());
  });
  return new Promise((resolve) =>
    child.once('close', (exitCode) => resolve({ exitCode, text: stripVTControlCharacters(text) })),
  );
}

describe('belay run on a terminal', { skip: !hasScript && 'no `script` to make a terminal with' }, () => {
  test('shows what is at stake, takes the answers, and goes on', async () => {
    await using here = project();
    const { exitCode, text } = await onTerminal(here, run, [
      [/Go on\? yes or no/, 'yes\r'],
      [/Type `app.db` to go on/, 'app.db\r'],
      [/Go on\? yes or no/, 'y\r'],
    ]);
    assert.equal(exitCode, 0, text);
    assert.match(text, /Gate before step delete/);
    assert.match(text, /`entries`: 50 rows of 200/);
    assert.match(text, /DELETE FROM entries WHERE id > 150/);
    assert.equal(count(here), 150);
  });

  test('another text is a no: exit 5', async () => {
    await using here = project();
    const { exitCode, text } = await onTerminal(here, run, [
      [/Go on\? yes or no/, 'yes\r'],
      [/Type `app.db` to go on/, 'yes\r'],
    ]);
    assert.equal(exitCode, 5, text);
    assert.equal(count(here), 200);
  });

  test('a no after a change puts the change back: exit 5, as before', async () => {
    await using here = project();
    const { exitCode, text } = await onTerminal(here, run, [
      [/Go on\? yes or no/, 'yes\r'],
      [/Type `app.db` to go on/, 'app.db\r'],
      [/Go on\? yes or no/, 'no\r'],
    ]);
    assert.equal(exitCode, 5, text);
    assert.equal(count(here), 200);
  });

  test('Ctrl-C at a gate ends the run: exit 130', async () => {
    await using here = project();
    const { exitCode, text } = await onTerminal(here, run, [[/Go on\? yes or no/, '\u0003']]);
    assert.equal(exitCode, 130, text);
    assert.equal(count(here), 200);
  });

  test('nobody answers in time: exit 5, and the record says nobody', async () => {
    await using here = project('400ms');
    const { exitCode, text } = await onTerminal(here, run, []);
    assert.equal(exitCode, 5, text);
    assert.match(text, /gate\/expired/);
    assert.ok((await events(here)).some(({ type, by }) => type === 'gate-decided' && by === 'nobody'));
  });

  test('has the time that it was given, wherever the clock is set meanwhile', {
    skip: cannotSetClock,
  }, async () => {
    for (const by of [year, -year]) {
      await using here = project();
      const clock = testClock();
      const jump = (): string => {
        clock.set(by);
        return 'yes\r';
      };
      const answers: [RegExp, string | (() => string)][] = [
        [/Go on\? yes or no/, jump],
        [/Type `app.db` to go on/, 'app.db\r'],
        [/Go on\? yes or no/, 'yes\r'],
      ];
      const { exitCode, text } = await onTerminal(here, run, answers, clock.env);
      assert.equal(exitCode, 0, text);
      assert.equal(count(here), 150);
    }
    await using here = project('1500ms');
    const clock = testClock();
    const silent: [RegExp, () => string][] = [
      [
        /Go on\? yes or no/,
        () => {
          clock.set(-year);
          return '';
        },
      ],
    ];
    const { exitCode, text } = await onTerminal(here, run, silent, clock.env);
    assert.equal(exitCode, 5, text);
    assert.match(text, /gate\/expired/);
  });

  test('a terminal that goes away at a gate ends the run: exit 129 on record', async () => {
    await using here = project();
    const { exitCode } = await onTerminal(here, run, [[/Go on\? yes or no/, 'hang up']]);
    assert.equal(exitCode, null);
    for (let i = 0; i < 100; i++) {
      if ((await events(here)).some(({ type }) => type === 'lease-released')) break;
    }
    const finished = (await events(here)).find(({ type }) => type === 'run-finished');
    assert.equal(finished?.exitCode, 129);
    assert.equal(count(here), 200);
  });

  test('--non-interactive does not ask, terminal or not', async () => {
    await using here = project();
    const { exitCode, text } = await onTerminal(here, [...run, '--non-interactive'], []);
    assert.equal(exitCode, 4, text);
  });
});

const nobodySkip = nobodyIsHere() ? false : 'needs root, setpriv and the user `nobody`';

function nobodyIsHere(): boolean {
  try {
    return asNobody(process.cwd(), ['-e', 'console.log(process.geteuid())']).trim() === '65534';
  } catch {
    return false;
  }
}

function asNobody(cwd: string, args: readonly string[]): string {
  const drop = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', process.execPath];
  return execFileSync('setpriv', [...drop, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
  });
}

describe('belay approve', () => {
  const start = ['run', 'approving.yaml', '-p', 'database=app.db'];

  test('a run that needs it waits: exit 8, target kept, and says who does what', async () => {
    await using here = project();
    const { stderr, exitCode } = await here.run(start);
    assert.equal(exitCode, 8, stderr);
    assert.match(stderr, /waits {5}delete: Delete from app\.db\?/);
    assert.match(stderr, /1 approval of nobody, before/);
    assert.match(stderr, /identity by operating system only/);
    assert.match(stderr, /next {6}belay approve run-<id> delete\n {10}belay resume run-<id>\n/);
    const second = await here.run(start);
    assert.equal(second.exitCode, 4, second.stderr);
    assert.equal(count(here), 200);
    const { runs } = (await here.run(['runs', 'list', '--output', 'json'])).json() as {
      runs: { state: string }[];
    };
    assert.deepEqual(
      runs.map(({ state }) => state),
      ['aborted', 'waiting'],
    );
  });

  test('an approval after a rejection says that the rejection stands', async () => {
    await using here = project();
    here.file(
      'own.yaml',
      here
        .read('approving.yaml')
        .replace(/approvers: \[[^\]]*\]/, `approvers: [${userInfo().username}], preventSelfApproval: false`),
    );
    const waiting = await here.run(['run', 'own.yaml', '-p', 'database=app.db']);
    assert.equal(waiting.exitCode, 8, waiting.stderr);
    assert.equal((await here.run(['reject', 'last', '--reason', 'no', '--yes'])).exitCode, 0);
    const { stderr, exitCode } = await here.run(['approve', 'last', '--yes']);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /rejected by \S+ before, which stands: the step will not run/);
    assert.equal((await here.run(['resume', 'last'])).exitCode, 5);
  });

  test('refuses who is not in the list, a step that does not wait, and a run that does not', async () => {
    await using here = project();
    await here.run(start);
    for (const [words, code] of [
      [['approve', 'last', '--yes'], 'gate/not-approver'],
      [['reject', 'last', '--yes', '--reason', 'no'], 'gate/not-approver'],
      [['approve', 'last', 'other', '--yes'], 'gate/not-waiting'],
      [['approve', 'run-nowhere', '--yes'], 'journal/unknown-run'],
    ] as const) {
      const { stderr, exitCode } = await here.run(words);
      assert.equal(exitCode, code === 'journal/unknown-run' ? 2 : 4, stderr);
      assert.match(stderr, new RegExp(`^error\\[${code}\\]`), words.join(' '));
    }
    await using other = project();
    await other.run([...run, '--yes', '--confirm', 'delete=app.db']);
    const { stderr, exitCode } = await other.run(['approve', 'last', '--yes']);
    assert.equal(exitCode, 4);
    assert.match(stderr, /gate\/not-waiting.*it is succeeded/);
  });

  test('is refused once the time has run out', async () => {
    await using here = project('1ms');
    await here.run(start);
    const { stderr, exitCode } = await here.run(['approve', 'last', '--yes']);
    assert.equal(exitCode, 5, stderr);
    assert.match(stderr, /gate\/expired/);
  });

  test('another user sees what it is about and approves, and reads nothing else', {
    skip: nobodySkip,
  }, async () => {
    await using here = project();
    chmodSync(here.folder, 0o755);
    await here.run(start);
    const [id = ''] = readdirSync(here.path('.belay/inbox'));
    assert.throws(() => asNobody(here.folder, [program, 'approve', id]), /nobody-to-ask[\s\S]*--yes/);
    const said = execFileSync(
      'sh',
      [
        '-c',
        `setpriv --reuid nobody --regid nogroup --clear-groups "$0" "$1" approve ${id} --yes 2>&1`,
        process.execPath,
        program,
      ],
      { cwd: here.folder, encoding: 'utf8', env: { PATH: process.env.PATH } },
    );
    assert.match(said, /`entries`: 50 rows of 200/);
    assert.match(said, /approved by nobody/);
    assert.match(said, new RegExp(`next: belay resume ${id}`));
    const [file = ''] = readdirSync(here.path(`.belay/inbox/${id}`)).filter((name) =>
      name.startsWith('decision-'),
    );
    assert.ok(file.startsWith('decision-65534-'));
    for (const path of ['journal.db', 'journal.db-wal', 'tmp', 'backups'])
      assert.throws(
        () => asNobody(here.folder, ['-e', `require('fs').readdirSync('.belay/${path}')`]),
        /EACCES|ENOENT|ENOTDIR/,
      );
    assert.throws(
      () => asNobody(here.folder, ['-e', "require('fs').readFileSync('.belay/journal.db')"]),
      /EACCES/,
    );
    assert.throws(
      () => asNobody(here.folder, ['-e', `require('fs').rmSync('.belay/inbox/${id}/question.json')`]),
      /EPERM|EACCES/,
    );
  });
});
