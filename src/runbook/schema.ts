// The JSON Schema of a runbook, assembled from the format's keys and the declarations of the actions.
// The one source of validators, of `schemas/runbook.schema.json` and of what editors show.

import { actions } from '../action/index.ts';
import type { JsonObject } from '../base/index.ts';
import { schemaParts as part } from '../document/index.ts';
import { paramSchema, targetSchema } from './declaration-schema.ts';
import { checkProperties, stepProperties, stepRules } from './step-schema.ts';
import { writtenSchema } from './with-schema.ts';

/** Complete, for editors: `with` depends on `action`. */
export function runbookSchema(): JsonObject {
  const inputs: Record<string, JsonObject> = {};
  const branches: JsonObject[] = [];
  for (const action of actions.values()) {
    const key = `with.${action.name}`;
    const schema = writtenSchema(action.with);
    inputs[key] = { ...schema, description: `${action.summary}. ${action.description}` };
    branches.push({
      if: { properties: { action: { const: action.name } }, required: ['action'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: {
        properties: { with: { $ref: `#/$defs/${key}` } },
        ...(Array.isArray(schema.required) && schema.required.length > 0 ? { required: ['with'] } : {}),
      },
    });
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'runbook.schema.json',
    title: 'Belay runbook',
    ...structure(),
    $defs: {
      ...definitions(
        {
          type: 'string',
          description: 'What the step does: `domain.verb`. `belay actions` lists them.',
          oneOf: [...actions.values()].map((action) => ({ const: action.name, description: action.summary })),
        },
        branches,
      ),
      ...inputs,
    },
  };
}

/** The same without the actions: the validator looks up each `with` by itself and so loads and says less. */
export function runbookStructure(): JsonObject {
  const action: JsonObject = { type: 'string', description: 'What the step does: `domain.verb`.' };
  return { ...structure(), $defs: definitions(action, []) };
}

function structure(): JsonObject {
  return part.object(
    {
      apiVersion: { const: 'belay/v1', description: 'Version of the format: `belay/v1`.' },
      name: part.name('Name of the runbook, by which it is run: `belay run NAME`.', ['daily-maintenance']),
      title: part.line('One line for lists and headings.', ['Daily maintenance']),
      description: part.text('What it is for, for someone who has never seen it.'),
      labels: part.mapOf(
        { type: ['string', 'number', 'boolean'] },
        'Free labels for lists and reports.',
        'any',
        { examples: [{ system: 'neural-memory', cadence: 'daily' }] },
      ),
      links: part.mapOf(
        part.line('An address.'),
        'Documentation, contacts, dashboards; printed when a run fails.',
        'any',
        {
          examples: [{ dashboard: 'https://grafana.example.org/d/abc' }],
        },
      ),
      params: part.mapOf(
        { $ref: '#/$defs/param' },
        'What can be given to a run: `-p name=value`, `--params-file`, an environment. Read as `params.name`.',
      ),
      secrets: part.mapOf(
        { $ref: '#/$defs/secret' },
        'Values read at run time, never shown in plan or journal, masked in every output. Read as `secrets.name`.',
      ),
      targets: part.mapOf(
        { $ref: '#/$defs/target' },
        'The databases that this runbook works on, by the name its steps use.',
      ),
      defaults: part.object(
        {
          timeout: part.duration('Time limit of an attempt of every step.'),
          retry: { $ref: '#/$defs/retry' },
          onFailure: part.choice(
            ['rollback', 'abort'],
            'What the failure of any step means, unless the step says otherwise.',
          ),
        },
        'Apply to all steps that do not say otherwise.',
      ),
      timeout: part.duration('Time limit of the whole run; never of a rollback.', ['1h', '4h']),
      preconditions: part.list(
        { $ref: '#/$defs/check' },
        'Checks before anything starts. One that is not met refuses the run: exit 4, nothing changed.',
      ),
      steps: part.list({ $ref: '#/$defs/step' }, 'What is done, in order.', { minItems: 1 }),
      always: part.list(
        { $ref: '#/$defs/closing' },
        'Runs last, also after a failure or a rollback; only reads and external actions; cannot change the outcome.',
      ),
      outputs: part.mapOf({}, 'Results of the whole run, over the outputs of its steps.', 'output', {
        examples: [{ deleted: '${{ steps.prune.deleted }}' }],
      }),
    },
    'A runbook: what is done to a database, with its checks, backups and gates.',
    { required: ['apiVersion', 'name', 'steps'] },
  );
}

function definitions(action: JsonObject, branches: readonly JsonObject[]): Record<string, JsonObject> {
  const step = stepProperties(action);
  const {
    confirm: _confirm,
    approval: _approval,
    rollback: _rollback,
    accept: _accept,
    reason: _reason,
    ...closing
  } = step;
  return {
    param: paramSchema(),
    secret: part.object(
      {
        env: part.line('Name of the environment variable that holds it.', ['SLACK_WEBHOOK']),
        file: part.line('Path of the file that holds it; a final newline is dropped.', [
          '/run/secrets/token',
        ]),
      },
      'Where a secret value comes from. At least 6 characters.',
      {
        allOf: [
          part.exclusive('env', 'file', 'a secret has one source'),
          part.rule(part.lacks('env', 'file'), 'a secret needs `env` or `file`'),
        ],
      },
    ),
    target: targetSchema(),
    retry: part.object(
      {
        limit: part.integer('Retries after the first attempt.', 0, 100),
        interval: part.duration('Wait before the first retry (default: 1s).', ['1s', '10s']),
        backoff: {
          type: 'number',
          minimum: 1,
          maximum: 10,
          description: 'Each wait is this times the last (default: 2).',
        },
        maxInterval: part.duration('No wait is longer than this.', ['1m']),
      },
      'Try again after a failure.',
      { required: ['limit'], examples: [{ limit: 3, interval: '5s', backoff: 2 }] },
    ),
    check: part.object(checkProperties(action), 'A check that must hold. It only reads.', {
      required: ['id'],
      allOf: [...stepRules({ hasGates: false }), ...branches],
    }),
    step: part.object(step, 'One step: an action or an assert, with its gates and conditions.', {
      required: ['id'],
      allOf: [...stepRules({ hasGates: true }), ...branches],
    }),
    closing: part.object(closing, 'A step that runs whatever happened before.', {
      required: ['id'],
      allOf: [...stepRules({ hasGates: false }), ...branches],
    }),
    undo: part.object(
      { action, with: { type: 'object', description: 'Inputs of the action.' } },
      'The action that takes this step back.',
      { required: ['action'], ...(branches.length > 0 ? { allOf: branches } : {}) },
    ),
  };
}
