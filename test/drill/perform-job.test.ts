// One job of an engine process, in this process: the failure that it injects is on record as one, and retries do not heal it.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/base/index.ts';
import { type EngineJob, performJob } from '../../src/drill/index.ts';
import { openJournal } from '../../src/journal/index.ts';
import { resolveRun } from '../../src/plan/index.ts';
import { loadProject } from '../../src/project/index.ts';
import { loadRunbook } from '../../src/runbook/index.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';
import { type Cli, cli } from '../support/cli.ts';

const runbook = `apiVersion: belay/v1
name: job
title: A job
description: Changes rows.
targets: { db: { driver: sqlite, path: ./app.db } }
steps:
  - { id: drop, action: sqlite.execute, with: { target: db, sql: "DELETE FROM t" }, retry: { limit: 9, interval: 1h } }
`;

function jobIn(work: Cli, strike: NonNullable<EngineJob['strike']>) {
  work.database('app.db', 'CREATE TABLE t(x); INSERT INTO t VALUES (1), (2);').file('job.yaml', runbook);
  const { project } = loadProject({ cwd: work.folder, env: {} });
  const loaded = loadRunbook(work.path('job.yaml'), { projectFolder: work.folder, shownAs: 'job.yaml' });
  assert.ok(project !== undefined && loaded.runbook !== undefined);
  const now = new Date();
  const resolved = resolveRun({ runbook: loaded.runbook, project, params: {}, now });
  const targets = resolved.targets.map((spec) => ({ live: spec, copy: spec }));
  const job: EngineJob = {
    verb: 'run',
    folder: work.path('round'),
    targets,
    stores: project.stores,
    runId: 'run-20260101-000000-drll',
    now: now.toISOString(),
    clockAt: now.toISOString(),
    strike,
  };
  return { resolved, job };
}

for (const moment of ['before', 'after'] as const)
  test(`a step that is made to fail ${moment} it acts fails for good, and is put back`, async () => {
    await using work = cli();
    const { resolved, job } = jobIn(work, { fail: { step: 'drop', moment } });
    mkdirSync(job.folder);
    const answer = await performJob(resolved, job, {
      driver: sqliteDriver,
      env: {},
      workingFolder: work.folder,
    });
    assert.equal(answer.kind === 'ended' ? answer.exitCode : answer.kind, 6);
    assert.equal(work.query('app.db', 'SELECT count(*) FROM t'), 2);
    assert.ok(existsSync(join(job.folder, 'state', 'journal.db')));
    using journal = openJournal(join(job.folder, 'state'), { clock: systemClock, readOnly: true });
    const failures = journal
      .events(job.runId)
      .flatMap(({ event }) => (event.type === 'attempt-finished' ? [event.failure?.code] : []));
    // The first attempt and one retry; the backup before the change is the engine's own.
    assert.deepEqual(
      failures.filter((code) => code !== undefined),
      ['drill/injected-failure', 'drill/injected-failure'],
    );
  });
