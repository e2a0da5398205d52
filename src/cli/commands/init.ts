// `belay init`: the first two files of a project. Never overwrites one.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitCodes, Failure } from '../../diagnostic/index.ts';
import type { CommandModule } from '../command.ts';

const files: readonly { readonly path: string; readonly text: string }[] = [
  {
    path: 'belay.yaml',
    text: `apiVersion: belay/v1

# Where runbooks are looked for, and where runs are recorded.
runbooks: [runbooks]
state: .belay

# Databases by name, for \`belay backup create --target app\` and \`use: app\` in runbooks.
targets:
  app:
    driver: sqlite
    path: ./app.db
    keep: { last: 7, daily: 30 }
`,
  },
  {
    path: join('runbooks', 'health.yaml'),
    text: `apiVersion: belay/v1
name: health
title: Check a database
description: Reads a database whole and says whether it is sound. Changes nothing.

params:
  database: { type: path, required: true, description: SQLite database to check }

targets:
  db: { driver: sqlite, path: "\${{ params.database }}" }

steps:
  - id: check
    action: sqlite.check
    with: { target: db, mode: quick, foreignKeys: true }

  - id: count
    action: sqlite.stats
    with: { target: db }
`,
  },
];

export const configure: CommandModule['configure'] = (command, handle) => {
  handle(command, (context) => {
    const format = context.format(['text', 'json']);
    const present = files.filter(({ path }) => existsSync(join(context.cwd, path)));
    const [first] = present;
    if (first !== undefined) {
      throw new Failure('usage/output-exists', `\`${first.path}\` is already here`, {
        state: 'nothing was written',
        fix: 'go on from what is here: `belay list`',
      });
    }
    for (const { path, text } of files) {
      mkdirSync(dirname(join(context.cwd, path)), { recursive: true });
      writeFileSync(join(context.cwd, path), text, { flag: 'wx' });
    }
    if (format === 'json') context.printJson({ written: files.map(({ path }) => path) });
    else {
      context.say(`wrote ${files.map(({ path }) => path).join(' and ')}`);
      context.say('next: belay run health -p database=YOUR.db');
    }
    return exitCodes.done;
  });
};
