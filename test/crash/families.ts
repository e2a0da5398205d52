// The runs that are disturbed: each changes data in a way of its own. A family is built once in its folder and copied back
// for every round.

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Cli } from '../support/cli.ts';

export interface Family {
  readonly name: string;
  readonly databases: readonly string[];
  /** True when a run of it always fails, so that its only end is the state before. */
  readonly endsAsBefore: boolean;
  /** True when its files are moved aside on the way: a run that keeps what it did may leave them there. */
  readonly setsAside?: true;
  build(world: Cli, mode: JournalMode): Promise<void>;
  command(world: Cli): readonly string[];
}

export type JournalMode = 'WAL' | 'DELETE';

const runbooks = join(import.meta.dirname, '../../runbooks');

const schema = (mode: JournalMode): string => `PRAGMA journal_mode = ${mode};
  CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, visits INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE items(id INTEGER PRIMARY KEY, user INTEGER REFERENCES users(id) ON DELETE CASCADE, body TEXT, at TEXT);
  CREATE TABLE log(n INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT);
  CREATE INDEX items_user ON items(user);
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 120) INSERT INTO users SELECT x, 'user ' || x, x % 7 FROM n;
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 400)
    INSERT INTO items SELECT x, x % 120 + 1, 'body ' || x || hex(zeroblob(60)), '2026-01-' || (10 + x % 20) FROM n;
  INSERT INTO log(what) VALUES ('made'), ('filled');`;

const head = `
apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
params:
  database: { type: path, required: true, description: the database }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }
steps:
`;

const sql = (id: string, text: string, target = 'db'): string =>
  `  - { id: ${id}, action: sqlite.execute, with: { target: ${target}, sql: "${text}" } }\n`;
const visits = sql('visits', 'UPDATE users SET visits = visits + 1 WHERE id < 80');
const drop = sql('drop', 'DELETE FROM users WHERE id > 100');
const note = sql('note', "INSERT INTO log(what) VALUES ('one'), ('two')");
const alter = sql('alter', 'ALTER TABLE users ADD COLUMN age INTEGER NOT NULL DEFAULT 7');
const configure = (mode: JournalMode): string =>
  `  - { id: configure, action: sqlite.configure, with: { target: db, pageSize: 8192, autoVacuum: incremental, journalMode: ${mode === 'WAL' ? 'delete' : 'wal'} } }\n`;
const never = '  - { id: never, assert: "${{ 1 > 2 }}", message: this never holds }\n';
const always = 'always:\n  - { id: tidy, action: wait, with: { for: 1ms } }\n';
const prune = `  - id: prune
    action: sqlite.prune
    with: { target: db, table: users, where: "id > 30", cascade: declared, maxShare: 1, lockTarget: 1ms, archive: { to: ./archives } }
`;

function jobOf(name: string, steps: string, endsAsBefore = false): Family {
  return {
    name,
    databases: ['app.db'],
    endsAsBefore,
    build: async (world, mode) => {
      world.database('app.db', schema(mode)).file('job.yaml', head + steps);
    },
    command: () => ['run', 'job.yaml', '-p', 'database=app.db'],
  };
}

const two: Family = {
  name: 'two targets',
  databases: ['app.db', 'other.db'],
  endsAsBefore: false,
  build: async (world, mode) => {
    const targets = head.replace('steps:', '  other: { driver: sqlite, path: ./other.db }\nsteps:');
    const there = visits.replace('id: visits', 'id: there').replace('target: db', 'target: other');
    const change = alter.replace('target: db', 'target: other');
    world
      .database('app.db', schema(mode))
      .database('other.db', schema(mode))
      .file('job.yaml', `${targets}${visits}${there}${drop}${change}${note}`);
  },
  command: () => ['run', 'job.yaml', '-p', 'database=app.db'],
};

const migrate: Family = {
  name: 'safe-migration.yaml',
  databases: ['app.db'],
  endsAsBefore: false,
  build: async (world, mode) => {
    world
      .database('app.db', `${schema(mode)} CREATE TABLE migrations_applied(filename TEXT PRIMARY KEY);`)
      .file(
        'migrations/001_age.sql',
        'ALTER TABLE users ADD COLUMN age INTEGER;\nUPDATE users SET age = id % 90;\n',
      )
      .file(
        'migrations/002_tags.sql',
        'CREATE TABLE tags(id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO tags SELECT id, name FROM users;\n',
      )
      .file('migrations/003_index.sql', 'CREATE INDEX users_age ON users(age);\n');
  },
  command: () => [
    'run',
    join(runbooks, 'safe-migration.yaml'),
    '-p',
    'database=app.db',
    '-p',
    'migrations=./migrations',
  ],
};

const pruneRunbook: Family = {
  name: 'prune.yaml',
  databases: ['app.db'],
  endsAsBefore: false,
  build: async (world, mode) => {
    world.database('app.db', schema(mode)).file('archives/.keep', '');
  },
  command: () => [
    ...[
      'run',
      join(runbooks, 'prune.yaml'),
      '-p',
      'database=app.db',
      '-p',
      'table=users',
      '-p',
      'where=id > 60',
    ],
    ...[
      '-p',
      'maxShare=1',
      '-p',
      'vacuumAbove=0',
      '-p',
      'archives=./archives',
      '--confirm',
      'byPredicate=app.db',
    ],
  ],
};

const restore: Family = {
  name: 'restore.yaml',
  databases: ['app.db'],
  endsAsBefore: false,
  build: async (world, mode) => {
    world.database('app.db', schema(mode));
    const made = await world.run(['backup', 'create', '--path', 'app.db', '--output', 'json']);
    const id = /bak-\d{8}-\d{6}-[a-z0-9]{4}/.exec(made.rawStdout + made.rawStderr)?.[0];
    if (id === undefined) throw new Error(`no backup: ${made.rawStdout}${made.rawStderr}`);
    world
      .file('backup.id', id)
      .database(
        'app.db',
        'DELETE FROM users WHERE id % 3 = 0; CREATE TABLE later(x); INSERT INTO later VALUES (1);',
      );
  },
  command: (world) => [
    ...[
      'run',
      join(runbooks, 'restore.yaml'),
      '-p',
      'database=app.db',
      '-p',
      `backup=${world.read('backup.id')}`,
    ],
    ...['--confirm', 'restore=app.db'],
  ],
};

const disaster: Family = {
  name: 'disaster-recovery.yaml',
  databases: ['app.db'],
  endsAsBefore: false,
  setsAside: true,
  build: async (world, mode) => {
    world.database('app.db', schema(mode));
    const made = await world.run(['backup', 'create', '--path', 'app.db']);
    if (made.exitCode !== 0) throw new Error(`no backup: ${made.rawStderr}`);
    const file = openSync(world.path('app.db'), 'r+');
    writeSync(file, 'no database any more', 0);
    closeSync(file);
  },
  command: () => ['run', join(runbooks, 'disaster-recovery.yaml'), '-p', 'database=app.db'],
};

const configured: Family = {
  name: 'configure, then failure',
  databases: ['app.db'],
  endsAsBefore: true,
  build: async (world, mode) => {
    world.database('app.db', schema(mode)).file('job.yaml', head + visits + configure(mode) + note + never);
  },
  command: () => ['run', 'job.yaml', '-p', 'database=app.db'],
};

const replaced: Family = {
  ...restore,
  name: 'quarantine, then failure',
  endsAsBefore: true,
  build: async (world, mode) => {
    await restore.build(world, mode);
    const aside = '  - { id: aside, action: backup.quarantine, with: { target: db } }\n';
    const back = `  - { id: back, action: backup.restore, with: { target: db, backup: ${world.read('backup.id')} } }\n`;
    world.file('job.yaml', head.replace('}}" }', '}}", expect: any }') + aside + back + visits + never);
  },
  command: () => ['run', 'job.yaml', '-p', 'database=app.db'],
};

export const families: readonly Family[] = [
  jobOf('execute', visits + drop + note),
  jobOf('prune', visits + prune),
  jobOf('ddl', visits + alter + drop),
  jobOf('rows, then failure', `${visits}${drop}${note}${never}${always}`, true),
  jobOf('ddl, then failure', visits + alter + note + never, true),
  two,
  migrate,
  pruneRunbook,
  restore,
  disaster,
  replaced,
  configured,
];
