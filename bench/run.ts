// `npm run bench [-- MEGABYTES]`: Belay beside what people do by hand, in the same minutes on the same machine.
// Prints ratios only. Not part of the tests: what a machine takes is not a promise.

import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createDatabase } from './create-database.ts';
import { isInstalled, measure, printRatio, run } from './measure.ts';

const megabytes = Number(process.argv[2] ?? 100);
if (!(megabytes > 0)) throw new Error('usage: npm run bench [-- MEGABYTES]');
const node = process.execPath;
const belay = [node, fileURLToPath(new URL('../bin/belay.js', import.meta.url))];
const folder = mkdtempSync(join(tmpdir(), 'belay-bench-'));
const at = (name: string): string => join(folder, name);

const runbook = (name: string, steps: string): void =>
  writeFileSync(
    at(`${name}.yaml`),
    `apiVersion: belay/v1\nname: ${name}\ntitle: A benchmark\nparams:\n  database: { type: path, default: app.db }\n` +
      `targets:\n  db: { driver: sqlite, path: "\${{ params.database }}" }\ndefaults: { onFailure: abort }\nsteps:\n${steps}`,
  );
const noOp = '  - { id: s, action: command.run, with: { argv: ["true"] } }\n';
const cutoff = 1_735_689_600 - 90 * 86_400;

try {
  createDatabase(at('app.db'), megabytes);
  runbook('one', noOp);
  runbook(
    'many',
    noOp.repeat(21).replaceAll(/id: s/g, (_, offset: number) => `id: s${offset}`),
  );
  runbook(
    'prune',
    `  - id: prune\n    action: sqlite.prune\n    with: { target: db, table: metrics_log, where: "created_at < :cutoff", params: { cutoff: ${cutoff} } }\n` +
      '  - { id: vacuum, action: sqlite.vacuum, with: { target: db } }\n',
  );
  startUp();
  noOpStep();
  if (['bash', 'sqlite3', 'gzip'].every(isInstalled)) database();
  else
    process.stdout.write(
      'bash, sqlite3 or gzip is missing: nothing to compare backup, restore and prune with\n',
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function startUp(): void {
  const times = measure(25, {
    bare: () => run([node, '-e', '0'], folder),
    version: () => run([...belay, '--version'], folder),
    validate: () => run([...belay, 'validate', 'one.yaml'], folder),
  });
  printRatio('belay --version', times.version, times.bare, 'bare Node');
  printRatio('belay validate, one file', times.validate, times.bare, 'bare Node');
}

/** The difference of a run with 21 steps and one with one, beside a spawn with the two commits that its record needs. */
function noOpStep(): void {
  const journal = new DatabaseSync(at('commits.db'));
  journal.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE event(body TEXT)');
  const commit = journal.prepare("INSERT INTO event VALUES ('started or finished')");
  const times = measure(7, {
    one: () => run([...belay, 'run', 'one.yaml'], folder),
    many: () => run([...belay, 'run', 'many.yaml'], folder),
    bare: () => {
      for (let step = 0; step < 20; step++) {
        commit.run();
        run(['true'], folder);
        commit.run();
      }
    },
  });
  journal.close();
  printRatio(
    'a program step that does nothing',
    (times.many ?? 0) - (times.one ?? 0),
    times.bare,
    'a spawn and two durable commits',
  );
}

function database(): void {
  const bash = (script: string): string => run(['bash', '-euc', script], folder);
  const check = (file: string): string => `[ "$(sqlite3 ${file} 'PRAGMA integrity_check')" = ok ]`;
  const backup = measure(3, {
    hand: () =>
      bash(
        `rm -f b b.gz; sqlite3 app.db ".backup b"; ${check('b')}; gzip -6 b; sha256sum b.gz > b.sum; sync b.gz`,
      ),
    belay: () => run([...belay, 'backup', 'create', '--path', 'app.db'], folder),
  });
  printRatio('backup, verified', backup.belay, backup.hand, 'sqlite3 .backup, check, gzip, sha256sum');

  const group = readdirSync(at('.belay/backups'))[0] ?? '';
  const id = readdirSync(at(`.belay/backups/${group}`)).sort()[0] ?? '';
  const step = `  - { id: restore, action: backup.restore, with: { target: db, backup: ${id} } }\n`;
  runbook('restore', step);
  const restore = measure(3, {
    hand: () =>
      bash(`sha256sum --status -c b.sum; gunzip -c b.gz > r; ${check('r')}; sync r; mv r swapped.db; sync .`),
    belay: () => run([...belay, 'run', 'restore.yaml', '--yes'], folder),
  });
  printRatio('restore, verified and proven', restore.belay, restore.hand, 'sha256sum, gunzip, check, swap');

  const prune = measure(1, {
    hand: () => {
      copyFileSync(at('swapped.db'), at('hand.db'));
      bash(
        `sqlite3 hand.db ".backup pre"; ${check('pre')}; sqlite3 hand.db "DELETE FROM metrics_log WHERE created_at < ${cutoff}; VACUUM"; ${check('hand.db')}`,
      );
    },
    belay: () => run([...belay, 'run', 'prune.yaml', '--yes'], folder),
  });
  printRatio(
    'prune and vacuum, with a backup',
    prune.belay,
    prune.hand,
    'sqlite3 .backup, DELETE, VACUUM, check',
  );
}
