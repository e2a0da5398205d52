// Every command of `belay`: its name, what it is for, and where it is. Loading the catalogue loads no command.

import type { CatalogueEntry } from './command.ts';

export const catalogue: readonly CatalogueEntry[] = [
  { name: 'list', summary: 'list the runbooks of the project', load: () => import('./commands/list.ts') },
  {
    name: 'show',
    summary: 'show what a runbook does and what it needs',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'docs',
    summary: 'print the page of a runbook: Markdown with a diagram',
    load: () => import('./commands/docs.ts'),
  },
  {
    name: 'actions',
    summary: 'list the actions a step can do, or describe one',
    load: () => import('./commands/actions.ts'),
  },
  {
    name: 'targets',
    summary: 'list the targets in the catalogue of belay.yaml',
    load: () => import('./commands/targets.ts'),
  },
  {
    name: 'validate',
    summary: 'check runbooks and belay.yaml without running anything',
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'lint',
    summary: 'look for risks in runbooks and their SQL',
    load: () => import('./commands/lint.ts'),
  },
  {
    name: 'diff',
    summary: 'say what a change of runbooks means',
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'fmt',
    summary: 'format runbooks, belay.yaml and test cases',
    load: () => import('./commands/fmt.ts'),
  },
  {
    name: 'plan',
    summary: 'show what a run would do, read-only',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'drill',
    summary: 'prove on copies that a runbook leaves its databases before or after, whatever fails',
    load: () => import('./commands/drill.ts'),
  },
  {
    name: 'test',
    summary: 'run the test cases beside runbooks, on scratch databases',
    load: () => import('./commands/test.ts'),
  },
  { name: 'run', summary: 'run a runbook', load: () => import('./commands/run.ts') },
  { name: 'runs', summary: 'list runs and show what they did', load: () => import('./commands/runs.ts') },
  {
    name: 'status',
    summary: 'show the state of targets: last runs, leases, backups',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'approve',
    summary: 'approve a run that waits for other people',
    load: () => import('./commands/approve.ts'),
  },
  {
    name: 'reject',
    summary: 'reject a run that waits for other people',
    load: () => import('./commands/reject.ts'),
  },
  {
    name: 'resume',
    summary: 'go on with an interrupted or waiting run',
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'rollback',
    summary: 'put back what a run changed',
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'cancel',
    summary: 'end a waiting run, and put back what it changed',
    load: () => import('./commands/cancel.ts'),
  },
  {
    name: 'abandon',
    summary: 'give up an interrupted run and free its targets',
    load: () => import('./commands/abandon.ts'),
  },
  {
    name: 'backup',
    summary: 'create, list, verify, find, restore and expire backups',
    load: () => import('./commands/backup.ts'),
  },
  {
    name: 'audit',
    summary: 'prove that the journal has not been altered',
    load: () => import('./commands/audit.ts'),
  },
  {
    name: 'init',
    summary: 'start a project: belay.yaml and an example runbook',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'explain',
    summary: 'explain an error code or an exit code',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    load: () => import('./commands/completion.ts'),
  },
  { name: 'doctor', summary: 'check this machine' },
  { name: 'schedule', summary: 'export schedules to cron or systemd' },
];
