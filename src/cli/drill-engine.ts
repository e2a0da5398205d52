// The engine process of a drill, a program of its own: decides the run as the command did, from the same words, and runs
// it on copies, job by job. Ends with the process that started it, and in the middle of a run when a job says so.

import { flushCompileCache } from 'node:module';
import type { EngineAnswer, EngineJob } from '../drill/index.ts';
import { type DrillWords, decideDrill } from './decide-drill.ts';

let decided: ReturnType<typeof decideDrill> | undefined;

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (message: DrillWords | EngineJob) => {
  if ('word' in message) decided = decideDrill(message);
  else void answer(message);
});

async function answer(job: EngineJob): Promise<void> {
  if (decided === undefined) throw new Error('a job came before the words that decide it');
  const { resolved, context } = await decided;
  const [{ performJob }, { onStubs }, { sqliteDriver }] = await Promise.all([
    import('../drill/index.ts'),
    import('./on-fixtures.ts'),
    import('../target/sqlite/index.ts'),
  ]);
  const said: EngineAnswer = await performJob(await onStubs(resolved), job, {
    driver: sqliteDriver,
    env: context.env,
    workingFolder: context.cwd,
  });
  process.send?.(said);
  // A process that is killed leaves no cache; those after it start faster with it.
  flushCompileCache();
}
