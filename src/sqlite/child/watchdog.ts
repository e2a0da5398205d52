// Ends this process at once when the engine is gone, whatever SQLite is doing on the main thread.
// An orphan once committed eight million rows two seconds after its engine had died.

import { Worker } from 'node:worker_threads';

/** The other end is held by the engine alone; nobody ever writes to it. */
const pipe = 3;

// Plain text, so that it runs alike from source and from a bundle. A read that ends, or fails, means: no engine any more.
const program = `
const { readSync } = require('node:fs');
const sleep = new Int32Array(new SharedArrayBuffer(4));
const byte = Buffer.alloc(1);
for (;;) {
  try {
    if (readSync(${pipe}, byte) === 0) break;
  } catch (error) {
    if (error.code !== 'EAGAIN' && error.code !== 'EINTR') break;
    Atomics.wait(sleep, 0, 0, 200);
  }
}
process.kill(process.pid, 'SIGKILL');
`;

/** Resolves once the watch stands; only then may a database be opened. */
export async function startWatchdog(): Promise<void> {
  const worker = new Worker(program, {
    eval: true,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
  worker.unref();
}
