// The JSON Schema of belay.yaml.

import type { JsonObject } from '../base/index.ts';
import { schemaParts as part } from '../document/index.ts';
import { policySchema } from './policy-schema.ts';

export function projectSchema(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'project.schema.json',
    title: 'Belay project',
    ...part.object(
      {
        apiVersion: { const: 'belay/v1', description: 'Version of the format: `belay/v1`.' },
        state: part.line(
          'Folder of the journal and of what runs leave behind; relative to this file. `--state` and BELAY_STATE go before it.',
          ['.belay'],
        ),
        runbooks: part.list(
          part.line('A folder.'),
          'Folders in which runbooks are found by name, in this order (default: `./runbooks`).',
          {
            minItems: 1,
            uniqueItems: true,
            examples: [['./runbooks']],
          },
        ),
        stores: part.mapOf(
          storeSchema(),
          'Places for backups. `local` is built in: `backups` in the state folder.',
          'catalogue',
        ),
        targets: part.mapOf(
          targetSchema(),
          'Databases by name: for `use:` in runbooks and `--target` on the command line.',
          'catalogue',
        ),
        environments: part.mapOf(
          environmentSchema(),
          'Sets of params and rules, chosen with `--env NAME`.',
          'catalogue',
        ),
        defaults: part.object(
          {
            environment: part.line('Environment of a run without `--env`.'),
            lockWait: part.duration('How long a run waits for a lock that somebody else holds.', ['5m']),
          },
          'What commands assume when nothing is said.',
        ),
        schedules: part.list(scheduleSchema(), 'When runbooks are to run, for `belay schedule export`.'),
      },
      'The project file: where state, runbooks, stores and databases are.',
      { required: ['apiVersion'] },
    ),
  };
}

function storeSchema(): JsonObject {
  return part.object(
    {
      driver: part.choice(['local'], 'Kind of store.'),
      path: part.line('Folder; relative to this file.', ['/var/backups/belay']),
      keep: part.keep('Which backups stay in this store, unless a target says otherwise.'),
    },
    'A place for backups.',
    { required: ['driver', 'path'] },
  );
}

function targetSchema(): JsonObject {
  return part.object(
    {
      driver: part.choice(['sqlite'], 'Kind of database.'),
      path: part.line('The database file; relative to this file.', ['./data/app.db']),
      store: part.line('Name of the store for its backups (default: `local`).'),
      keep: part.keep('Which of its backups stay.'),
      maxBackupAge: part.duration(
        '`belay status --check` complains when the newest verified backup is older; copies that runs take for themselves do not count.',
        ['26h'],
      ),
      environment: part.line(
        'The environment it belongs to: a run that works on it, by its name here or by its path, is in this environment, or is refused.',
      ),
    },
    'A database of this project.',
    { required: ['driver', 'path'] },
  );
}

function environmentSchema(): JsonObject {
  return part.object(
    {
      params: part.mapOf({}, 'Values of params; `-p` and `--params-file` go before them.'),
      policy: policySchema(),
      now: part.instant(
        'The instant that `now` is in plans, rehearsals, drills and tests in this environment; a run takes the clock.',
      ),
      fixtures: part.mapOf(
        part.fixture(),
        'What stands for databases in plans, rehearsals, drills and tests in this environment, by target: the name in the runbook or in the catalogue, or `RUNBOOK/TARGET` for one runbook only. Never used by a run.',
        'scoped',
        { examples: [{ db: './test/app.sql', 'restore/db': './test/damaged.db' }] },
      ),
      backups: part.mapOf(
        part.backups(),
        'Backups that are there beforehand, by target, as in `fixtures`.',
        'scoped',
      ),
      stubs: part.mapOf(
        { type: 'object', description: 'Values by the name of the output.' },
        'What steps with an effect outside the targets yield where they must not really run, by step, or `RUNBOOK/STEP` for one runbook only. Goes before the `stub` of the step.',
        'scoped',
        { examples: [{ health: { status: 200 } }] },
      ),
    },
    'An environment.',
  );
}

function scheduleSchema(): JsonObject {
  return part.object(
    {
      runbook: part.line('Name of the runbook.'),
      params: part.mapOf({}, 'Values of its params.'),
      env: part.line('Environment.'),
      cron: {
        ...part.line('When, as five fields of cron.', ['0 3 * * *']),
        pattern: '^\\s*(\\S+\\s+){4}\\S+\\s*$',
        errorMessage: 'must have the five fields of cron: minute, hour, day of month, month, day of week',
      },
      timezone: part.line('Time zone of the fields (default: that of the host).', ['Europe/Berlin']),
    },
    'When a runbook is to run.',
    { required: ['runbook', 'cron'] },
  );
}
