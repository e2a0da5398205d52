// The audit database of `elspeth`: pipeline runs with all that hangs on them, with declared keys or without.

const tables: readonly [name: string, columns: string, keys: readonly string[]][] = [
  [
    'runs',
    'run_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, completed_at TEXT, config TEXT, status TEXT',
    [],
  ],
  [
    'nodes',
    'node_id TEXT NOT NULL, run_id TEXT NOT NULL, plugin_name TEXT, PRIMARY KEY (node_id, run_id)',
    ['run_id REFERENCES runs (run_id)'],
  ],
  [
    'edges',
    'edge_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, from_node_id TEXT, to_node_id TEXT, label TEXT',
    [
      'run_id REFERENCES runs (run_id)',
      'from_node_id, run_id REFERENCES nodes (node_id, run_id)',
      'to_node_id, run_id REFERENCES nodes (node_id, run_id)',
    ],
  ],
  [
    'rows',
    'row_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, source_node_id TEXT, row_index INTEGER',
    ['run_id REFERENCES runs (run_id)', 'source_node_id, run_id REFERENCES nodes (node_id, run_id)'],
  ],
  [
    'tokens',
    'token_id TEXT PRIMARY KEY, row_id TEXT NOT NULL, parent_token_id TEXT, branch_name TEXT',
    ['row_id REFERENCES rows (row_id)', 'parent_token_id REFERENCES tokens (token_id)'],
  ],
  [
    'token_outcomes',
    'outcome_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, token_id TEXT NOT NULL, outcome TEXT',
    ['run_id REFERENCES runs (run_id)', 'token_id REFERENCES tokens (token_id)'],
  ],
  [
    'node_states',
    'state_id TEXT PRIMARY KEY, token_id TEXT NOT NULL, node_id TEXT NOT NULL, run_id TEXT NOT NULL, duration_ms REAL, error_json TEXT',
    ['token_id REFERENCES tokens (token_id)', 'node_id, run_id REFERENCES nodes (node_id, run_id)'],
  ],
  [
    'routing_events',
    'event_id TEXT PRIMARY KEY, state_id TEXT NOT NULL, edge_id TEXT NOT NULL',
    ['state_id REFERENCES node_states (state_id)', 'edge_id REFERENCES edges (edge_id)'],
  ],
  [
    'artifacts',
    'artifact_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, produced_by_state_id TEXT, content_hash BLOB',
    ['run_id REFERENCES runs (run_id)', 'produced_by_state_id REFERENCES node_states (state_id)'],
  ],
  [
    'checkpoints',
    'checkpoint_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, token_id TEXT, sequence_number INTEGER',
    ['run_id REFERENCES runs (run_id)', 'token_id REFERENCES tokens (token_id)'],
  ],
];

export function elspeth(options: {
  readonly declared: boolean;
  readonly indexed: boolean;
  readonly runs: number;
}): string {
  const sql = tables.flatMap(([name, columns, keys]) => [
    `CREATE TABLE ${name} (${[columns, ...(options.declared ? keys.map((key) => `FOREIGN KEY (${key.replace(' REF', ') REF')}`) : [])].join(', ')});`,
    ...(options.indexed
      ? keys.map((key, i) => `CREATE INDEX ix_${name}_${i} ON ${name} (${key.split(' REFERENCES')[0]});`)
      : []),
  ]);
  return `PRAGMA journal_mode = WAL; ${sql.join('\n')}
    CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 20) SELECT i FROM c;
    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT ${options.runs})
    INSERT INTO runs SELECT 'run-' || i, datetime('now', '-' || (i * 180 / ${options.runs}) || ' days', '-1 hour'), NULL, '{"i":' || i || '}', 'completed' FROM c;
    INSERT INTO nodes SELECT 'node-' || i, run_id, 'plugin' FROM runs, n WHERE i <= 3;
    INSERT INTO edges SELECT run_id || '-e' || i, run_id, 'node-' || i, 'node-' || (i + 1), 'next' FROM runs, n WHERE i <= 2;
    INSERT INTO rows SELECT run_id || '-r' || i, run_id, 'node-1', i FROM runs, n;
    INSERT INTO tokens SELECT row_id || '-t1', row_id, NULL, NULL FROM rows;
    INSERT INTO tokens SELECT row_id || '-t2', row_id, row_id || '-t1', 'left' FROM rows WHERE row_index % 5 = 0;
    INSERT INTO token_outcomes SELECT token_id || '-o', run_id, token_id, 'completed' FROM tokens JOIN rows USING (row_id);
    INSERT INTO node_states SELECT token_id || '-s' || i, token_id, 'node-' || i, run_id, i + 0.5, NULL FROM tokens JOIN rows USING (row_id), n WHERE i <= 3;
    INSERT INTO routing_events SELECT state_id || '-v', state_id, run_id || '-e1' FROM node_states WHERE node_id = 'node-1';
    INSERT INTO artifacts SELECT run_id || '-a', run_id, run_id || '-r1-t1-s3', randomblob(32) FROM runs;
    INSERT INTO checkpoints SELECT run_id || '-c', run_id, run_id || '-r20-t1', 20 FROM runs WHERE rowid % 2;
    DROP TABLE n;`;
}

/** What the nine DELETE statements of its maintenance page say, as `children`. */
export const elspethChildren = [
  { table: 'checkpoints', key: 'run_id' },
  { table: 'token_outcomes', key: 'run_id' },
  { table: 'artifacts', key: 'run_id' },
  { table: 'nodes', key: 'run_id' },
  { table: 'edges', key: 'run_id' },
  { table: 'rows', key: 'run_id' },
  { table: 'tokens', key: 'row_id', parent: 'rows' },
  { table: 'node_states', key: 'token_id', parent: 'tokens' },
  { table: 'routing_events', key: 'state_id', parent: 'node_states' },
] as const;

/** The page's own statements, for comparison. */
export const elspethDeletes = `
  CREATE TEMP TABLE gone AS SELECT run_id FROM runs WHERE started_at < datetime('now', '-90 days');
  DELETE FROM checkpoints WHERE run_id IN gone;
  DELETE FROM routing_events WHERE state_id IN (SELECT state_id FROM node_states WHERE token_id IN (SELECT token_id FROM tokens WHERE row_id IN (SELECT row_id FROM rows WHERE run_id IN gone)));
  DELETE FROM token_outcomes WHERE run_id IN gone;
  DELETE FROM node_states WHERE token_id IN (SELECT token_id FROM tokens WHERE row_id IN (SELECT row_id FROM rows WHERE run_id IN gone));
  DELETE FROM tokens WHERE row_id IN (SELECT row_id FROM rows WHERE run_id IN gone);
  DELETE FROM artifacts WHERE run_id IN gone;
  DELETE FROM rows WHERE run_id IN gone;
  DELETE FROM nodes WHERE run_id IN gone;
  DELETE FROM edges WHERE run_id IN gone;
  DELETE FROM runs WHERE run_id IN gone;
  DROP TABLE gone;`;
