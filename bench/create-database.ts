// The database of the benchmarks: the shape of an agent's memory, of a given size, the same for the same seed.
// Written without durability; it is thrown away.

import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const now = 1_735_689_600;
const day = 86_400;
/** On disk, of one pattern with what belongs to it; measured. */
const unitBytes = 3793;
const words =
  'select insert merge retry branch index cache token agent plan test deploy verify review schema'.split(' ');

export function createDatabase(path: string, megabytes: number, seed = 42): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
    CREATE TABLE patterns(id TEXT PRIMARY KEY, type TEXT NOT NULL, pattern_data TEXT NOT NULL, confidence REAL NOT NULL,
      usage_count INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, last_used INTEGER NOT NULL);
    CREATE TABLE pattern_embeddings(id TEXT PRIMARY KEY REFERENCES patterns(id) ON DELETE CASCADE, model TEXT NOT NULL,
      dims INTEGER NOT NULL, vector BLOB NOT NULL, created_at INTEGER NOT NULL);
    CREATE TABLE memory_entries(key TEXT NOT NULL, namespace TEXT NOT NULL, value TEXT NOT NULL, ttl INTEGER,
      created_at INTEGER NOT NULL, last_used INTEGER NOT NULL, PRIMARY KEY(key, namespace));
    CREATE TABLE metrics_log(id INTEGER PRIMARY KEY, name TEXT NOT NULL, value REAL NOT NULL, tags TEXT,
      created_at INTEGER NOT NULL);
    BEGIN`);
  const insert = {
    pattern: db.prepare('INSERT INTO patterns VALUES(?, ?, ?, ?, ?, ?, ?)'),
    embedding: db.prepare('INSERT INTO pattern_embeddings VALUES(?, ?, ?, ?, ?)'),
    memory: db.prepare('INSERT INTO memory_entries VALUES(?, ?, ?, ?, ?, ?)'),
    metric: db.prepare('INSERT INTO metrics_log VALUES(?, ?, ?, ?, ?)'),
  };
  const random = createRandom(seed);
  const text = (bytes: number): string => {
    let made = '';
    while (made.length < bytes) made += `${words[Math.floor(random() * words.length)]} `;
    return made;
  };
  /** Three in ten are older than 90 days. */
  const instant = (): number => {
    const at = random();
    return now - Math.floor((at < 0.7 ? (90 * at) / 0.7 : 90 + (275 * (at - 0.7)) / 0.3) * day);
  };
  const vector = Buffer.alloc(1536);
  for (let i = 0, units = Math.max(1, Math.floor((megabytes * 1e6) / unitBytes)); i < units; i++) {
    const [id, used] = [`p-${(i * 2654435761) % 4294967296}-${i}`, instant()];
    for (let at = 0; at < vector.length; at += 4) vector.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
    insert.pattern.run(id, words[i % words.length] ?? '', text(420), random(), i % 100, used - day, used);
    insert.embedding.run(id, 'minilm', 384, vector, used - day);
    insert.memory.run(`k-${id}`, `ns${i % 20}`, text(550), 3600, used - day, used);
    for (let k = 0; k < 4; k++)
      insert.metric.run(4 * i + k + 1, `metric.${i % 30}`, random(), 'host=a', instant());
  }
  db.exec(`COMMIT; CREATE INDEX idx_patterns_last_used ON patterns(last_used);
    CREATE INDEX idx_memory_namespace ON memory_entries(namespace);
    CREATE INDEX idx_metrics ON metrics_log(name, created_at);
    PRAGMA journal_mode = WAL`);
}

/** mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
