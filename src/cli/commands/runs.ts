// `belay runs`: what the journal knows. Reads only.

import type { CommandModule } from '../command.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  const list = command
    .command('list', { isDefault: true })
    .description('list runs, newest first')
    .option('--failed', 'only those that did not succeed')
    .option('--since <AGE>', 'only those started within this time, such as 24h')
    .option('--runbook <NAME>', 'only those of this runbook')
    .option('--limit <N>', 'at most this many', '50');
  handle(list, async (context, _words, options) =>
    (await import('./runs/list.ts')).listRuns(context, options),
  );
  const show = command
    .command('show')
    .description('show what a run did, step by step')
    .argument('<RUN>', 'an id, its end, or `last`');
  handle(show, async (context, [run = '']) => (await import('./runs/show.ts')).showRun(context, run));
  const events = command
    .command('events')
    .description('print the journal of a run')
    .argument('<RUN>', 'an id, its end, or `last`');
  handle(events, async (context, [run = '']) => (await import('./runs/events.ts')).printEvents(context, run));
  const logs = command
    .command('logs')
    .description('print what the program of a step wrote')
    .argument('<RUN>', 'an id, its end, or `last`')
    .argument('<STEP>', 'the id of the step; `step[key]` for one of several');
  handle(logs, async (context, [run = '', step = '']) =>
    (await import('./runs/logs.ts')).printLogs(context, run, step),
  );
  const watch = command
    .command('watch')
    .description('follow a run until it ends')
    .argument('<RUN>', 'an id, its end, or `last`');
  handle(watch, async (context, [run = '']) => (await import('./runs/watch.ts')).watchRun(context, run));
};
