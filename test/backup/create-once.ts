// A process that makes one backup after another until it is killed: argv is database, store folder, scratch folder.

import { createBackup } from '../../src/backup/create.ts';
import { systemClock } from '../../src/base/index.ts';
import { takeLease } from '../../src/lease/index.ts';
import { openLocalStore } from '../../src/store/index.ts';
import type { TargetSpec } from '../../src/target/index.ts';
import { sqliteDriver } from '../../src/target/sqlite/index.ts';

const [path = '', storeFolder = '', scratchFolder = ''] = process.argv.slice(2);
const spec: TargetSpec = {
  name: 'app',
  driver: 'sqlite',
  path,
  expect: 'ok',
  store: { name: 'local', path: storeFolder },
};
const session = await sqliteDriver.openForWriting(spec, {
  busyTimeoutMs: 500,
  scratchFolder,
  lease: await leaseOf(),
  announce: async () => {},
  committed: () => {},
});
console.log('ready');
for (;;) {
  await createBackup({
    session,
    spec,
    facts: await session.facts(),
    store: openLocalStore('local', storeFolder),
    verify: 'quick',
    clock: systemClock,
    runId: null,
    stepId: null,
    belayVersion: '0.0.0',
  });
}

/** A lease of its own: the test holds the lease of the database itself; this process works under one beside it. */
async function leaseOf(): Promise<{ path: string; token: number }> {
  const lease = await takeLease(`${path}-${process.pid}`, {
    runId: 'run-20260101-000000-kill',
    stateFolder: scratchFolder,
    operator: 'tester',
    host: 'here',
    waitMs: 1000,
  });
  return { path: lease.path, token: lease.token };
}
