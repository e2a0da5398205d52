// Documentation as a test reads it: fenced blocks with their info strings, and the project in which their commands run.
//
// What an info string says: `sh` is run line by line, each line must exit with 0 or with what `# exit N` at its end says;
// `sh needs NAME…` only where those programs are installed; `sh elsewhere` is for another machine and is not run.
// `yaml` whose first line is `# PATH` is put there. `yaml workflow`, `cron`, `ini`: the commands in it are run.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const root = join(import.meta.dirname, '..', '..');

export interface Block {
  readonly info: string;
  readonly text: string;
  readonly line: number;
}

/** README.md and every page of docs/how-to, from the root of the repository. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs', 'how-to'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/how-to/${name}`),
];

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const info = /^```(\S.*)$/.exec(lines[i] ?? '')?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    blocks.push({ info, text: `${lines.slice(i + 1, end).join('\n')}\n`, line: i + 2 });
    i = end;
  }
  return blocks;
}

/** Where the first line of a YAML block says that it belongs. */
export function pathOf(block: Block): string | undefined {
  return block.info === 'yaml' ? /^# (\S+\.yaml)\n/.exec(block.text)?.[1] : undefined;
}

export interface Command {
  readonly text: string;
  readonly exit: number;
  readonly line: number;
}

/** The commands of a block that is run, with the line of each in its page. */
export function commandsOf(block: Block): Command[] {
  const commands: Command[] = [];
  let open = '';
  for (const [i, raw] of block.text.split('\n').entries()) {
    if (raw.endsWith('\\')) {
      open += `${raw.slice(0, -1)} `;
      continue;
    }
    const text = commandIn(block.info, (open + raw).trim());
    open = '';
    if (text === undefined || text === '' || text.startsWith('#')) continue;
    const exit = Number(/# exit (\d+)/.exec(text)?.[1] ?? 0);
    commands.push({ text, exit, line: block.line + i });
  }
  return commands;
}

function commandIn(info: string, line: string): string | undefined {
  if (info === 'sh' || info.startsWith('sh needs ')) return line;
  if (info === 'yaml workflow') return /^(?:- )?run: (belay .*)$/.exec(line)?.[1];
  if (info === 'cron') return /^(?:\S+\s+){5}(cd .*)$/.exec(line)?.[1];
  if (info === 'ini') return /^ExecStart=\/usr\/local\/bin\/(belay .*)$/.exec(line)?.[1];
  return undefined;
}

/** False: a program that the block needs is not installed here. */
export function canRun(block: Block): boolean {
  const needed = /^sh needs (.+)$/.exec(block.info)?.[1]?.split(' ') ?? [];
  return needed.every((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);
}

export interface DocsProject extends Disposable {
  readonly folder: string;
  write(path: string, text: string): void;
  /** Throws with what the program said when a command exits with another code than the page promises. */
  runBlock(block: Block): void;
}

/** The project of the pages: `belay.yaml` with a target `app`, and `app.db` with accounts, orders and sessions. */
export function docsProject(): DocsProject {
  const folder = mkdtempSync(join(tmpdir(), 'belay-docs-'));
  const bin = join(folder, '.bin');
  mkdirSync(bin);
  const program = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('belay', `exec '${process.execPath}' '${join(root, 'bin', 'belay.js')}' "$@"`);
  program(
    'newest-backup',
    `cd '${folder}' && belay backup list --path app.db --output json | grep -o 'bak-[0-9]*-[0-9]*-[a-z0-9]*' | head -n 1`,
  );
  const database = new DatabaseSync(join(folder, 'app.db'));
  database.exec(databaseSql);
  database.close();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('belay.yaml', projectFile);
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder, TMPDIR: tmpdir() };
  return {
    folder,
    write,
    runBlock(block) {
      const script = commandsOf(block).map(({ text, exit, line }) => {
        // Ids on a page are examples; here they name the newest backup. /srv/app is where the pages keep their project.
        const real = text
          .replaceAll('/srv/app', folder)
          .replaceAll(/\bbak-\d{8}-\d{6}-[a-z0-9]{4}\b/g, '$(newest-backup)');
        return `${real}\ncode=$?; if [ $code -ne ${exit} ]; then echo "line ${line} exits with $code instead of ${exit}" >&2; exit 99; fi`;
      });
      const ran = spawnSync('sh', ['-c', script.join('\n')], { cwd: folder, env, encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(`${script.join('\n')}\n\n${ran.stdout}\n${ran.stderr}`);
    },
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const projectFile = `apiVersion: belay/v1
targets:
  app: { driver: sqlite, path: ./app.db, keep: { last: 7, daily: 30 }, maxBackupAge: 26h }
`;

const databaseSql = `PRAGMA journal_mode = WAL;
CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, last_seen TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, total REAL NOT NULL);
CREATE TABLE sessions (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, expires_at TEXT NOT NULL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
INSERT INTO accounts SELECT i, 'account ' || i, datetime('now', '-' || (i * 2) || ' days') FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
INSERT INTO orders SELECT i, 1 + i % 400, i * 1.5 FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
INSERT INTO sessions SELECT i, 1 + i % 400, datetime('now', (i - 100) || ' hours') FROM n;
`;
