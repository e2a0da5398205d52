// The process that does all SQL on one target. It acts only when asked, one request after another,
// commits only with a permit, and dies with its engine.

import type { Reply } from '../protocol.ts';
import { createServer } from './server.ts';
import { startWatchdog } from './watchdog.ts';

// Signals of a terminal or of a service manager are meant for the engine; it ends this process when it decides to.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => {});

const send = (reply: Reply): void => {
  process.send?.(reply);
};
await startWatchdog();
process.on('message', createServer(send));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
send({ kind: 'ready', sqliteVersion: process.versions.sqlite ?? 'unknown' });
