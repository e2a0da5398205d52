import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Duration, Timestamp } from '../../src/base/index.ts';
import { evaluateTree, loadRunbook } from '../../src/runbook/index.ts';
import { compile, findings, runbook } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-runbook-'));
after(() => rmSync(folder, { recursive: true }));

const whole = `
title: Prune stale patterns
description: Deletes what nobody uses.
labels: { system: memory, tier: 2 }
links: { docs: "https://example.org" }
timeout: 4h
params:
  database: { type: path, required: true, description: SQLite database }
  olderThan: { type: duration, default: 90d }
  maxShare: { type: number, default: 0.5, minimum: 0, maximum: 1 }
  predicate: { type: sql, default: last_used < :cutoff }
secrets: { token: { env: TOKEN } }
targets:
  db: { driver: sqlite, path: "\${{ params.database }}", backup: { store: local, before: maintain, keep: { last: 3 } } }
defaults: { onFailure: abort, timeout: 10m, retry: { limit: 2, interval: 5s } }
preconditions:
  - { id: healthy, action: sqlite.check, with: { target: db } }
  - { id: room, assert: "\${{ preconditions.healthy.ok && diskFree('.') > target.db.sizeBytes }}", message: No room }
steps:
  - id: count
    action: sqlite.query
    with:
      target: db
      sql: SELECT count(*) AS stale FROM patterns WHERE last_used < :cutoff
      params: { cutoff: "\${{ sqlTime(now - params.olderThan) }}", nothing: null }
    outputs: { stale: "\${{ self.row.stale }}" }
  - id: prune
    name: Delete them
    if: \${{ steps.count.stale > 0 }}
    preconditions:
      - { id: still, assert: "\${{ steps.count.stale < 1000 }}" }
    action: sqlite.prune
    with:
      target: db
      table: patterns
      where: \${{ params.predicate }}
      params: { cutoff: "\${{ unixSeconds(now) }}" }
      maxShare: \${{ params.maxShare }}
    ensure: \${{ self.deleted["patterns"] <= steps.count.stale }}
    message: Deleted \${{ self.deleted["patterns"] }}
    timeout: 30m
    onFailure: rollback
    retry: { limit: 1, interval: 1s, backoff: 3, maxInterval: 1m }
  - id: each
    forEach: { items: ["a", "b"], as: table }
    action: sqlite.query
    with: { target: db, sql: SELECT :t, params: { t: "\${{ table }}" } }
always:
  - id: tell
    action: notify.webhook
    with: { url: "https://example.org/\${{ secrets.token }}", body: { stale: "\${{ steps.count.?stale.orValue(-1) }}" } }
outputs:
  stale: \${{ steps.count.stale }}
  first: \${{ steps.each.items["a"].count }}
`;

test('a whole runbook compiles to what it says, with defaults resolved into the steps', () => {
  const compiled = runbook(whole);
  assert.equal(compiled.title, 'Prune stale patterns');
  assert.equal(compiled.timeoutMs, 4 * 3_600_000);
  assert.deepEqual(compiled.labels, { system: 'memory', tier: 2 });
  assert.deepEqual(
    compiled.files.map(({ path }) => path),
    ['/project/test.yaml'],
  );
  assert.deepEqual(
    compiled.steps.map(({ id, title, kind, effect, targets, onFailure, timeoutMs, retry }) => ({
      id,
      title,
      kind,
      effect,
      targets,
      onFailure,
      timeoutMs,
      retry,
    })),
    [
      {
        id: 'count',
        title: 'Read rows with one SELECT (db)',
        kind: 'action',
        effect: 'read',
        targets: ['db'],
        onFailure: 'abort',
        timeoutMs: 600_000,
        retry: { limit: 2, intervalMs: 5000, backoff: 2 },
      },
      {
        id: 'prune',
        title: 'Delete them',
        kind: 'action',
        effect: 'destroy',
        targets: ['db'],
        onFailure: 'rollback',
        timeoutMs: 1_800_000,
        retry: { limit: 1, intervalMs: 1000, backoff: 3, maxIntervalMs: 60_000 },
      },
      {
        id: 'each',
        title: 'Read rows with one SELECT (db)',
        kind: 'action',
        effect: 'read',
        targets: ['db'],
        onFailure: 'abort',
        timeoutMs: 600_000,
        retry: { limit: 2, intervalMs: 5000, backoff: 2 },
      },
    ],
  );
  assert.equal(
    compiled.preconditions[1]?.title,
    "preconditions.healthy.ok && diskFree('.') > target.db.sizeB…",
  );
  assert.deepEqual(compiled.targets[0]?.backup, {
    kind: 'backup',
    store: 'local',
    before: 'maintain',
    keep: { last: 3 },
  });
  assert.deepEqual(compiled.secrets[0]?.source, { env: 'TOKEN' });
});

test('inputs are evaluated with their types, and null counts as absent', () => {
  const [count, prune] = runbook(whole).steps;
  assert.ok(count && prune);
  const bindings = {
    now: new Timestamp(Date.UTC(2026, 3, 1)),
    params: { olderThan: new Duration(86_400_000), maxShare: 0.25, predicate: 'a < 1', database: '/x' },
  };
  assert.deepEqual(evaluateTree(count.with, bindings), {
    target: 'db',
    sql: 'SELECT count(*) AS stale FROM patterns WHERE last_used < :cutoff',
    params: { cutoff: '2026-03-31 00:00:00' },
  });
  assert.deepEqual(evaluateTree(prune.with, bindings), {
    target: 'db',
    table: 'patterns',
    where: 'a < 1',
    params: { cutoff: Date.UTC(2026, 3, 1) / 1000 },
    maxShare: 0.25,
  });
});

test('every key below a step has a place', () => {
  const prune = runbook(whole).steps[1];
  assert.equal(
    prune?.places['/with/params/cutoff']?.text?.trim(),
    'params: { cutoff: "${{ unixSeconds(now) }}" }',
  );
  assert.equal(prune?.places['/timeout']?.text?.trim(), 'timeout: 30m');
});

test('conditions over outputs that are there only sometimes must be guarded', () => {
  const steps = (use: string, more = 'if: "${{ now == now }}"') => `
targets: { db: { driver: sqlite, path: a.db } }
steps:
  - { id: a, action: sqlite.stats, ${more}, with: { target: db } }
  - { id: b, assert: "\${{ ${use} }}" }
`;
  assert.deepEqual(findings(steps('steps.a.sizeBytes > 0')), [
    'expression/unguarded 4:27 `steps.a.sizeBytes` may be missing: step `a` has an `if`',
  ]);
  assert.deepEqual(findings(steps('steps.a.sizeBytes > 0', 'onFailure: continue')), [
    'expression/unguarded 4:27 `steps.a.sizeBytes` may be missing: step `a` may fail and let the run go on',
  ]);
  assert.deepEqual(findings(steps("steps.a.state == 'skipped' && steps.a.attempts == 0")), []);
  assert.deepEqual(findings(steps('has(steps.a.sizeBytes) && steps.a.sizeBytes > 0')), []);
  assert.deepEqual(findings(steps('steps.a.sizeBytes > 0', 'onFailure: abort')), []);
});

test('`always` cannot count on any step', () => {
  assert.deepEqual(
    findings(`
targets: { db: { driver: sqlite, path: a.db } }
steps:
  - { id: a, action: sqlite.stats, with: { target: db } }
always:
  - { id: z, assert: "\${{ steps.a.sizeBytes > 0 && run.failed && steps.a.state == 'failed' }}" }
`),
    [
      'expression/unguarded 5:27 `steps.a.sizeBytes` may be missing: `always` runs also when step `a` did not',
    ],
  );
});

test('places in block text point into the block', () => {
  assert.deepEqual(
    findings(`
steps:
  - id: a
    assert: >-
      \${{ true &&
        parms.x > 0 }}
`),
    ['expression/unknown-name 5:9 `parms` is not a name known here'],
  );
});

test('all findings of a file come at once, sorted by place', () => {
  const { findings: all } = compile(`
params: { n: { type: integer, default: x } }
steps:
  - { id: a, assert: "\${{ params.m }}" }
  - { id: a, assert: "\${{ 1 }}" }
`);
  assert.deepEqual(
    all.map(({ code, place }) => `${code} ${place?.line}`),
    ['runbook/param-default 4', 'expression/unknown-name 6', 'runbook/duplicate-id 7', 'expression/type 7'],
  );
});

test('a file is loaded stage by stage', () => {
  const load = (text: string) => {
    const path = join(folder, 'test.yaml');
    writeFileSync(path, text);
    return loadRunbook(path, { projectFolder: folder, shownAs: 'test.yaml' });
  };
  assert.equal(load('a: [').runbook, undefined);
  assert.deepEqual(
    load('apiVersion: belay/v1\nname: x\nstpes: []')
      .findings.map(({ code }) => code)
      .includes('document/unknown-key'),
    true,
  );
  assert.deepEqual(
    load('apiVersion: belay/v1\nname: x\nsteps: [{ id: a, assert: "${{ b }}" }]').findings.map(
      ({ code }) => code,
    ),
    ['expression/unknown-name'],
  );
  const { runbook: loaded, findings: none } = load(
    'apiVersion: belay/v1\nname: x\nsteps: [{ id: a, assert: "${{ true }}" }]',
  );
  assert.deepEqual(none, []);
  assert.equal(loaded?.title, 'x');
  assert.throws(() => loadRunbook(join(folder, 'no.yaml'), { projectFolder: folder, shownAs: 'no.yaml' }), {
    code: 'document/unreadable',
  });
});
