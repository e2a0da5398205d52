// `npm start`: makes `demo/` with a realistic database and runs the daily maintenance on it through the real program.
// May be run again and again: the database is made anew, the journal and the backups stay.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase } from './demo/create-database.ts';

const root = join(import.meta.dirname, '..');
const demo = join(root, 'demo');

if (!existsSync(join(root, 'dist', 'cli.js'))) node([join(root, 'scripts', 'build.ts')], root);
mkdirSync(demo, { recursive: true });
createDatabase(join(demo, 'memory.db'), new Date());
writeFileSync(
  join(demo, 'belay.yaml'),
  `apiVersion: belay/v1

# The database of the demo, by name: \`belay status memory\`, \`belay backup list --target memory\`.
targets:
  memory:
    driver: sqlite
    path: ./memory.db
    keep: { last: 30 }
    maxBackupAge: 26h

# What the runbooks are told about it; \`-p\` on the command line wins over this.
environments:
  demo:
    params:
      database: ./memory.db
      tables: [patterns, pattern_embeddings, task_trajectories, verification_history, memory_entries, metrics_log]
      sessions: sessions
      scans: scans
      entries: memory_entries

defaults: { environment: demo }
`,
);
const code = node([join(root, 'bin', 'belay.js'), 'run', 'daily-maintenance'], demo);
if (code === 0) {
  process.stderr.write(`
Three commands to try next, in the folder demo/:
  cd demo && npx belay runs show last
  cd demo && npx belay plan weekly-optimization
  cd demo && npx belay backup list --path memory.db
`);
}
process.exitCode = code;

/** With the Node that runs this script; its exit code. */
function node(args: readonly string[], cwd: string): number {
  const { status, error } = spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}
