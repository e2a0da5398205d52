import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { cannotMount } from '../backup/support.ts';
import { entriesSql, project } from '../cli/support.ts';
import type { Cli } from '../support/cli.ts';

interface Case {
  readonly what: string;
  readonly code: string;
  readonly command: 'look' | 'purge';
  readonly make: (program: Cli) => void;
}

const cases: readonly Case[] = [
  { what: 'a missing file', code: 'target/missing', command: 'look', make: () => undefined },
  {
    what: 'an empty file',
    code: 'target/empty',
    command: 'look',
    make: (program) => program.file('odd.db', ''),
  },
  {
    what: 'no database',
    code: 'target/not-a-database',
    command: 'look',
    make: (program) => program.file('odd.db', 'a shopping list\n'.repeat(400)),
  },
  {
    what: 'an encrypted file',
    code: 'target/encrypted',
    command: 'look',
    make: (program) => writeFileSync(program.path('odd.db'), randomBytes(65536)),
  },
  {
    what: 'a damaged database',
    code: 'target/corrupt',
    command: 'look',
    make(program) {
      program.database('odd.db', entriesSql.replace('WAL', 'DELETE'));
      const bytes = readFileSync(program.path('odd.db'));
      bytes.fill(0xa5, 100, 4000);
      writeFileSync(program.path('odd.db'), bytes);
    },
  },
  {
    what: 'a truncated database',
    code: 'target/truncated',
    command: 'look',
    make(program) {
      program.database('odd.db', `PRAGMA page_size = 4096; ${entriesSql}`);
      truncateSync(program.path('odd.db'), 5000);
    },
  },
  {
    what: 'a folder',
    code: 'target/directory',
    command: 'look',
    make: (program) => mkdirSync(program.path('odd.db')),
  },
  {
    what: 'a hard link',
    code: 'lease/hard-linked-target',
    command: 'purge',
    make: (program) => linkSync(program.path('app.db'), program.path('odd.db')),
  },
];

describe('a target that cannot be worked on', () => {
  for (const { what, code, command, make } of cases) {
    test(`${what}: ${code}, exit 4, nothing made beside it`, async () => {
      await using program = project();
      make(program);
      const before = program.list();
      const { stderr, exitCode } = await program.run(['run', command, '-p', 'database=odd.db']);
      assert.equal(exitCode, 4, stderr);
      assert.ok(stderr.includes(`[${code}]`) || stderr.includes(`error[${code}]`), stderr);
      const made = program.list().filter((name) => !before.includes(name) && !name.startsWith('.belay'));
      assert.deepEqual(made, []);
    });
  }

  test('a folder that is to be written is a folder, and no file with many names', async () => {
    await using program = project();
    mkdirSync(program.path('odd.db/inside'), { recursive: true });
    const { stderr, exitCode } = await program.run(['run', 'purge', '-p', 'database=odd.db']);
    assert.equal(exitCode, 4, stderr);
    assert.match(stderr, /target\/directory/);
  });

  test('a file that is mounted by itself has two names: it is refused, and nothing is written', {
    skip: cannotMount(),
  }, async (t) => {
    const program = project();
    const other = program.path('other ü/app.db');
    mkdirSync(dirname(other));
    writeFileSync(other, '');
    execFileSync('mount', ['--bind', program.path('app.db'), other]);
    t.after(async () => {
      execFileSync('umount', ['-l', other]);
      await program[Symbol.asyncDispose]();
    });
    const { stderr, exitCode } = await program.run(['run', 'purge', '-p', `database=${other}`]);
    assert.equal(exitCode, 4, stderr);
    assert.match(stderr, /lease\/hard-linked-target/);
    assert.match(stderr.replaceAll(/\s+/g, ' '), /mount the folder that the database lies in/);
    assert.equal((await program.run(['run', 'purge', '-p', 'database=app.db'])).exitCode, 0);
  });

  test('a symbolic link is followed: lease and backup are of the file that it names', async () => {
    await using program = project();
    symlinkSync('app.db', program.path('odd.db'));
    const { stderr, exitCode } = await program.run(['run', 'purge', '-p', 'database=odd.db']);
    assert.equal(exitCode, 0, stderr);
    assert.equal(program.query('app.db', 'SELECT count(*) FROM entries'), 50);
    const listed = await program.run(['backup', 'list', '--path', 'app.db', '--output', 'json']);
    assert.equal((listed.json().backups as unknown[]).length, 1);
  });

  test('a restore through a symbolic link names the file that it overwrites, and takes either name', async () => {
    await using program = project();
    symlinkSync('app.db', program.path('odd.db'));
    await program.run(['backup', 'create', '--path', 'odd.db']);
    const listed = await program.run(['backup', 'list', '--path', 'app.db', '--output', 'json']);
    const [{ id }] = listed.json().backups as [{ id: string }];
    program.database('app.db', 'DELETE FROM entries');
    const args = ['backup', 'restore', id, '--path', 'odd.db'];
    const asked = await program.run(args);
    assert.equal(asked.exitCode, 4, asked.stderr);
    const words = asked.stderr.replaceAll(/\s+/g, ' ');
    assert.match(words, /<folder>\/app\.db, which <folder>\/odd\.db leads to, would be put back to backup/);
    assert.match(asked.stderr, /give `--confirm app\.db`/);
    assert.equal((await program.run([...args, '--confirm', 'other.db'])).exitCode, 5);
    for (const name of ['app.db', 'odd.db']) {
      const { exitCode, stderr } = await program.run([...args, '--confirm', name]);
      assert.equal(exitCode, 0, stderr);
      assert.notEqual(program.query('app.db', 'SELECT count(*) FROM entries'), 0);
    }
  });

  test('as another user: read-only, unreadable, and a write-ahead log in a folder that cannot be written', {
    skip: process.getuid?.() !== 0 && 'needs root to become another user',
  }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'belay-other-'));
    try {
      chmodSync(folder, 0o755);
      for (const name of ['home', 'rw']) {
        mkdirSync(join(folder, name));
        chownSync(join(folder, name), 65534, 65534);
      }
      using made = disposable(project());
      for (const name of ['look', 'purge'])
        writeFileSync(join(folder, `${name}.yaml`), made.program.read(`runbooks/${name}.yaml`));
      mkdirSync(join(folder, 'ro'));
      writeFileSync(join(folder, 'ro/wal.db'), readFileSync(made.program.path('app.db')));
      writeFileSync(join(folder, 'rw/kept.db'), readFileSync(made.program.path('app.db')));
      chmodSync(join(folder, 'rw/kept.db'), 0o444);
      writeFileSync(join(folder, 'rw/closed.db'), readFileSync(made.program.path('app.db')), { mode: 0o600 });
      chmodSync(join(folder, 'rw/closed.db'), 0o600);
      for (const [command, file, code] of [
        ['look', 'ro/wal.db', 'target/wal-needs-folder'],
        ['purge', 'ro/wal.db', 'lease/unwritable-folder'],
        ['purge', 'rw/kept.db', 'target/read-only'],
        ['look', 'rw/closed.db', 'target/unreadable'],
      ] as const) {
        const { stderr, status } = asNobody(folder, [
          'run',
          join(folder, `${command}.yaml`),
          '-p',
          `database=${join(folder, file)}`,
        ]);
        assert.equal(status, 4, stderr);
        assert.ok(stderr.includes(`[${code}]`), `${command} ${file}: ${stderr}`);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

function disposable(program: Cli): Disposable & { readonly program: Cli } {
  return { program, [Symbol.dispose]: () => rmSync(program.folder, { recursive: true, force: true }) };
}

function asNobody(folder: string, words: readonly string[]): { stderr: string; status: number | null } {
  const main = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
  const { stderr, status } = spawnSync(process.execPath, [main, ...words], {
    cwd: join(folder, 'home'),
    uid: 65534,
    gid: 65534,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), COLUMNS: '200' },
  });
  return { stderr, status };
}
