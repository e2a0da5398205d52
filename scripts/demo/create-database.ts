// Makes the database of the demo: a year in the life of an agent's memory, the same on every machine up to the instant
// that "now" is. Leaves what a running application leaves: a log that nobody has checkpointed, and free pages.

import { copyFileSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const schema = `
CREATE TABLE patterns (
  id TEXT PRIMARY KEY, type TEXT NOT NULL, pattern_data TEXT NOT NULL, confidence REAL NOT NULL DEFAULT 0.5,
  usage_count INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, last_used TEXT, category TEXT
);
CREATE TABLE pattern_embeddings (
  pattern_id TEXT PRIMARY KEY, embedding BLOB NOT NULL, dimension INTEGER NOT NULL, created_at TEXT NOT NULL,
  FOREIGN KEY (pattern_id) REFERENCES patterns(id) ON DELETE CASCADE
);
CREATE TABLE task_trajectories (
  id TEXT PRIMARY KEY, task_type TEXT NOT NULL, execution_data TEXT NOT NULL, outcome TEXT NOT NULL,
  execution_time_ms INTEGER, created_at TEXT NOT NULL
);
CREATE TABLE verification_history (
  id TEXT PRIMARY KEY, agent_name TEXT NOT NULL, task_id TEXT NOT NULL, truth_score REAL NOT NULL,
  verification_status TEXT NOT NULL, details TEXT, timestamp TEXT NOT NULL
);
CREATE TABLE memory_entries (
  namespace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, ttl INTEGER, created_at TEXT NOT NULL,
  expires_at TEXT, PRIMARY KEY (namespace, key)
);
CREATE TABLE metrics_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, metric_name TEXT NOT NULL, metric_value REAL NOT NULL, timestamp TEXT NOT NULL
);
CREATE TABLE migrations_applied (
  id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL UNIQUE, applied_at TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'success'
);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, agent_name TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL
);
CREATE TABLE scans (
  id TEXT PRIMARY KEY, subject TEXT NOT NULL, result TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE INDEX idx_patterns_confidence ON patterns(confidence DESC);
CREATE INDEX idx_patterns_type ON patterns(type);
CREATE INDEX idx_patterns_category ON patterns(category, confidence DESC);
CREATE INDEX idx_patterns_last_used ON patterns(last_used DESC);
CREATE INDEX idx_task_trajectories_created ON task_trajectories(created_at DESC);
CREATE INDEX idx_verification_history_agent ON verification_history(agent_name, timestamp DESC);
CREATE INDEX idx_memory_entries_expires ON memory_entries(expires_at);
CREATE INDEX idx_sessions_expires ON sessions(expires_at);
CREATE INDEX idx_scans_created ON scans(created_at);
`;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const agents = ['coder', 'reviewer', 'planner', 'researcher', 'tester'];
const kinds = ['refactor', 'bugfix', 'feature', 'migration', 'documentation'];

/** Replaces the database at `path`, with its log. `now` is the newest instant in it. */
export function createDatabase(path: string, now: Date): void {
  const building = `${path}.building`;
  for (const file of [building, path])
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${suffix}`, { force: true });
  const database = new DatabaseSync(building);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = OFF');
    database.exec(schema);
    inTransaction(database, () => fillYear(database, now));
    // Old scans and metrics went long ago: their pages are free.
    inTransaction(database, () => {
      database.exec("DELETE FROM scans WHERE result LIKE 'old %'");
      database.exec('DELETE FROM metrics_log WHERE id % 3 = 0');
    });
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    inTransaction(database, () => fillLastHour(database, now));
    // The copy is taken while the connection is open: closing it would write the log back and remove it.
    copyFileSync(building, path);
    copyFileSync(`${building}-wal`, `${path}-wal`);
  } finally {
    database.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${building}${suffix}`, { force: true });
  }
}

function fillYear(database: DatabaseSync, now: Date): void {
  const random = createRandom(20261121);
  const ago = (days: number) => sqlTime(new Date(now.getTime() - days * dayMs));
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? '';
  const insert = (table: string, columns: number) =>
    database.prepare(`INSERT INTO ${table} VALUES (${Array(columns).fill('?').join(', ')})`);

  const pattern = insert('patterns', 8);
  const embedding = insert('pattern_embeddings', 4);
  for (let i = 0; i < 6000; i++) {
    const created = 365 * random();
    const id = `pattern-${String(i).padStart(6, '0')}`;
    const isStale = random() < 0.3;
    const used = isStale
      ? created - (created - Math.min(created, 120)) * random()
      : Math.min(created, 90 * random());
    pattern.run(
      id,
      pick(kinds),
      text(random, 180),
      random(),
      Math.floor(200 * random() ** 3),
      ago(created),
      ago(used),
      pick(agents),
    );
    embedding.run(id, bytes(random, 384), 96, ago(created));
  }
  const trajectory = insert('task_trajectories', 6);
  for (let i = 0; i < 12_000; i++)
    trajectory.run(
      `task-${i}`,
      pick(kinds),
      text(random, 240),
      random() < 0.87 ? 'success' : 'failure',
      Math.floor(90_000 * random() ** 2),
      ago(365 * random()),
    );
  const verification = insert('verification_history', 7);
  for (let i = 0; i < 14_000; i++) {
    const score = 0.55 + 0.45 * random();
    verification.run(
      `check-${i}`,
      pick(agents),
      `task-${Math.floor(12_000 * random())}`,
      score,
      score > 0.7 ? 'passed' : 'failed',
      text(random, 60),
      ago(365 * random()),
    );
  }
  const metric = database.prepare(
    'INSERT INTO metrics_log(metric_name, metric_value, timestamp) VALUES (?, ?, ?)',
  );
  for (let i = 0; i < 20_000; i++)
    metric.run(
      pick(['latency_ms', 'cache_hits', 'tokens', 'queue_length']),
      1000 * random(),
      ago(365 - (365 * i) / 20_000),
    );
  const migration = database.prepare('INSERT INTO migrations_applied(filename, applied_at) VALUES (?, ?)');
  for (const [i, name] of ['init', 'add_embeddings', 'add_category', 'add_metrics', 'add_sessions'].entries())
    migration.run(`${String(i + 1).padStart(3, '0')}_${name}.sql`, ago(365 - 60 * i));

  const entry = insert('memory_entries', 6);
  for (let i = 0; i < 9000; i++) {
    const created = 365 * random() ** 2;
    // A third lives for ever; of the others most have been dead for long.
    const ttlDays = i % 3 === 0 ? null : Math.ceil(60 * random());
    entry.run(
      `agent/${pick(agents)}`,
      `key-${i}`,
      text(random, 220),
      ttlDays === null ? null : ttlDays * 86_400,
      ago(created),
      ttlDays === null ? null : ago(created - ttlDays),
    );
  }
  const session = insert('sessions', 4);
  for (let i = 0; i < 3000; i++) {
    const created = 60 * random();
    session.run(`session-${i}`, pick(agents), ago(created), ago(created - 30));
  }
  const scan = insert('scans', 4);
  for (let i = 0; i < 2500; i++) {
    const isOld = i % 2 === 0;
    scan.run(
      `scan-${i}`,
      pick(kinds),
      `${isOld ? 'old ' : ''}${text(random, isOld ? 900 : 300)}`,
      ago(isOld ? 200 : 5 * random()),
    );
  }
}

/** What the application wrote since its last checkpoint; it stays in the log. */
function fillLastHour(database: DatabaseSync, now: Date): void {
  const random = createRandom(7);
  const entry = database.prepare('INSERT INTO memory_entries VALUES (?, ?, ?, ?, ?, ?)');
  for (let i = 0; i < 400; i++) {
    const created = new Date(now.getTime() - hourMs * random());
    const expires = new Date(created.getTime() + hourMs * (i % 4 === 0 ? 0 : 24));
    entry.run('agent/live', `recent-${i}`, text(random, 220), 3600, sqlTime(created), sqlTime(expires));
  }
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN');
  work();
  database.exec('COMMIT');
}

/** `YYYY-MM-DD HH:MM:SS`, UTC: as SQLite's own `datetime()` writes it. */
function sqlTime(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}

const words =
  'plan review cache retry schema index merge branch token prompt memory agent tool result score path'.split(
    ' ',
  );

function text(random: () => number, length: number): string {
  let out = '';
  while (out.length < length) out += `${words[Math.floor(random() * words.length)]} `;
  return out.slice(0, length);
}

function bytes(random: () => number, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(256 * random()));
}

/** mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
