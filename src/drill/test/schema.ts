// The JSON Schema of NAME.test.yaml: the cases beside a runbook.

import type { JsonObject } from '../../base/index.ts';
import { schemaParts as part } from '../../document/index.ts';
import { caseStates } from './states.ts';

export function testSchema(): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'test.schema.json',
    title: 'Belay test cases',
    ...part.object(
      {
        apiVersion: { const: 'belay/v1', description: 'Version of the format: `belay/v1`.' },
        cases: part.list(
          caseSchema(),
          'Each runs the runbook of the same name for real, on scratch databases.',
          {
            minItems: 1,
          },
        ),
      },
      'Cases of the runbook that lies beside this file: `prune.test.yaml` tests `prune.yaml`.',
      { required: ['cases'] },
    ),
  };
}

function caseSchema(): JsonObject {
  return part.object(
    {
      name: part.line('What the runbook does in this case; unique in the file.', [
        'deletes what is older than the cutoff',
      ]),
      fixture: {
        description:
          'What stands for the database: an SQL file or a database (relative to the project), `{sql: …}` or `{absent: true}`; for a runbook with several targets a mapping of each to one of these.',
        if: { type: 'object' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: {
          if: {
            anyOf: [
              { required: ['sql'], properties: { sql: { type: 'string' } } },
              { required: ['absent'], properties: { absent: { type: 'boolean' } } },
            ],
          },
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: part.fixture(),
          else: part.mapOf(part.fixture(), 'By target.'),
        },
        else: part.fixture(),
      },
      backups: {
        description:
          'Backups that are there beforehand: a list, or for several targets a mapping of each to a list.',
        if: { type: 'object' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: part.mapOf(part.backups(), 'By target.'),
        else: part.backups(),
      },
      now: part.instant('The instant that `now` is; default: that of the environment, else the clock.'),
      params: part.mapOf({}, 'Values of params; relative paths are relative to the project.'),
      stubs: part.mapOf(
        { type: 'object', description: 'Values by the name of the output.' },
        'What steps with an effect outside the targets yield, by step; goes before the `stub` of the step. Without either they do not run.',
      ),
      confirm: part.mapOf(
        { type: ['string', 'boolean'], description: '`yes`, `no`, or the text that the gate asks for.' },
        'Answers to gates, by step. A gate without an answer is declined, an approval without one is waited for.',
      ),
      expect: expectSchema(),
    },
    'One run.',
    { required: ['name', 'expect'] },
  );
}

function expectSchema(): JsonObject {
  return part.object(
    {
      exit: part.integer('The exit code of the run (default: 0).', 0, 255),
      failure: part.line('Text that the message of the failure contains, or its code.', [
        'run/precondition-unmet',
      ]),
      states: part.mapOf(
        part.choice(caseStates, 'State of the step at the end.'),
        'States of steps; those that are not named may have any.',
        'any',
        { examples: [{ delete: 'succeeded', vacuum: 'skipped' }] },
      ),
      outputs: part.mapOf({}, 'Outputs of the runbook; those that are not named may have any value.'),
      rows: part.list(
        part.object(
          {
            target: part.id('Target to ask; may be left out when the runbook has only one.'),
            sql: part.line('One query; it runs on the scratch database after the run, and can only read.', [
              'SELECT count(*) FROM patterns',
            ]),
            equals: {
              description:
                'All rows in their order, each a mapping of column to value; or the one value of the only row.',
            },
          },
          'What a query must give.',
          { required: ['sql', 'equals'] },
        ),
        'What must be in the databases afterwards.',
      ),
    },
    'What must have come of it.',
  );
}
