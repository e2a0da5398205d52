import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changingRunbook, project } from '../cli/support.ts';
import { holdDatabase } from './support.ts';

for (const kind of ['EXCLUSIVE', 'IMMEDIATE'] as const) {
  for (const mode of ['DELETE', 'WAL'] as const) {
    describe(`another process holds BEGIN ${kind} (${mode})`, () => {
      test('belay waits as told, then says who it is; nothing changed, no backup that does not exist', async () => {
        await using program = project();
        program.database('app.db', `PRAGMA journal_mode = ${mode}`);
        await using holder = await holdDatabase(program.path('app.db'), `BEGIN ${kind}`);
        const words = ['run', 'purge', '-p', 'database=app.db', '--lock-wait'];
        const short = await timed(() => program.run([...words, '100ms']));
        const long = await timed(() => program.run([...words, '2s']));
        for (const { result } of [short, long]) {
          assert.ok(result.exitCode === 4 || result.exitCode === 6, result.stderr);
          assert.match(
            result.rawStderr.replaceAll(/\s+/g, ' '),
            new RegExp(`by node \\(pid\\s${holder.pid}, write\\slock\\)`),
          );
          assert.match(result.stderr, /as before/);
        }
        // It cannot have given up before it had waited; how much longer it took is the machine's.
        assert.ok(long.ms >= 2000, `waited ${long.ms} ms`);
        const { runs } = (await program.run(['runs', '--output', 'json'])).json() as {
          runs: { id: string }[];
        };
        const { backups } = (await program.run(['backup', 'list', '--output', 'json'])).json() as {
          backups: { id: string }[];
        };
        for (const { id } of runs) {
          const view = (await program.run(['runs', 'show', id, '--output', 'json'])).json();
          for (const recorded of view.backups as { id: string; path: string }[]) {
            assert.ok(backups.some((each) => each.id === recorded.id));
            assert.match(String(program.list()), /manifest\.json/);
          }
        }
        for (const backup of backups)
          assert.equal((await program.run(['backup', 'verify', backup.id, '--path', 'app.db'])).exitCode, 0);
      });

      test('a lock that is given back in time is waited for', async () => {
        await using program = project();
        program
          .database('app.db', `PRAGMA journal_mode = ${mode}`)
          .file('runbooks/purge.yaml', changingRunbook);
        const holder = await holdDatabase(program.path('app.db'), `BEGIN ${kind}`);
        const running = program.start(['run', 'purge', '-p', 'database=app.db', '--lock-wait', '60s']);
        setTimeout(() => void holder[Symbol.asyncDispose](), 700);
        const { exitCode, stderr } = await running.ended;
        assert.equal(exitCode, 0, stderr);
        assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 50);
      });
    });
  }
}

test('two runs at the same instant from two state folders: one works, the other is told who', async () => {
  await using program = project();
  program.file(
    'runbooks/slow.yaml',
    changingRunbook
      .replace('name: purge', 'name: slow')
      .concat('  - { id: pause, action: wait, with: { for: 1s } }\n'),
  );
  const words = ['run', 'slow', '-p', 'database=app.db', '--lock-wait', '0s', '--state'];
  const results = await Promise.all([
    program.run([...words, program.path('one')]),
    program.run([...words, program.path('two')]),
  ]);
  assert.deepEqual(results.map(({ exitCode }) => exitCode).sort(), [0, 4]);
  const refused = results.find(({ exitCode }) => exitCode === 4);
  // Where the lines break depends on the digits of a pid.
  const said = refused?.stderr.replaceAll(/\s+/g, ' ') ?? '';
  assert.match(said, /run `run-<id>` of .* works on `<folder>\/app\.db`.*\[lease\/held\]/);
  assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 50);
});

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}
