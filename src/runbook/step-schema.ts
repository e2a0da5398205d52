// The JSON Schema of a step and of a check: keys, and the rules between them.

import type { JsonObject } from '../base/index.ts';
import { schemaParts as part } from '../document/index.ts';

const templates = (description: string) => part.mapOf({}, description, 'output');

export function checkProperties(action: JsonObject): Record<string, JsonObject> {
  return {
    id: part.id(
      'Id of the step: unique in the runbook, used by expressions, journal and resume. Never the position counts.',
    ),
    name: part.line('What people see instead of the id.'),
    if: part.expression('Run only when this is true; otherwise the step is skipped.', [
      '${{ steps.count.stale > 0 }}',
    ]),
    action,
    with: { type: ['object', 'null'], description: 'Inputs of the action; `belay actions NAME` lists them.' },
    assert: part.expression('A condition that must be true, instead of an action.', [
      '${{ diskFree(params.archives) > target.db.sizeBytes }}',
    ]),
    ensure: part.expression(
      'Postcondition over the outputs of the action, read as `self`. False: the step has failed.',
      ['${{ self.changes == 1 }}'],
    ),
    message: part.line('Said when `assert` or `ensure` is false.', ['Not enough room for the archive']),
    retry: { $ref: '#/$defs/retry' },
    timeout: part.duration('Time limit of an attempt; then it is really stopped.'),
    outputs: templates('Further outputs of the step, over `self`. Read as `steps.id.name`.'),
  };
}

export function stepProperties(action: JsonObject): Record<string, JsonObject> {
  const {
    id,
    name,
    if: condition,
    action: does,
    with: inputs,
    assert,
    ensure,
    message,
    retry,
    timeout,
    outputs,
  } = checkProperties(action) as Record<string, JsonObject> & { if: JsonObject };
  return {
    ...({ id, name, if: condition } as Record<string, JsonObject>),
    preconditions: part.list(
      { $ref: '#/$defs/check' },
      'Checks directly before this step. Unmet after a change: the step has failed.',
    ),
    confirm: confirmSchema(),
    approval: approvalSchema(),
    ...({ action: does, with: inputs, assert, ensure, message } as Record<string, JsonObject>),
    forEach: forEachSchema(),
    ...({ retry, timeout } as Record<string, JsonObject>),
    onFailure: part.choice(
      ['rollback', 'continue', 'abort'],
      '`rollback` (default) puts all back; `continue` records the failure, goes on and ends with warnings (exit 11); `abort` stops, undoes nothing, keeps and names the backup (exit 9).',
    ),
    rollback: part.wordOr(
      ['auto', 'none'],
      { $ref: '#/$defs/undo' },
      'How the step is taken back. `auto` (default): the backup of the target or the own undo of the action; a mapping: an action for an outside effect; `none`: the point of no return, with a `reason`.',
    ),
    accept: part.flag('Once this step has succeeded, a later failure no longer puts targets back (exit 9).'),
    reason: part.line('Why `rollback: none` is right here.', ['The message has been sent']),
    ...({ outputs } as Record<string, JsonObject>),
    stub: {
      type: 'object',
      description: 'Outputs of an external action where it must not really run: rehearsal, drill, test.',
    },
    rehearse: part.choice(['run'], '`run`: an external action really runs in a rehearsal too.'),
  };
}

export function stepRules(options: { hasGates: boolean }): JsonObject[] {
  const shared = [
    part.exclusive('action', 'assert', 'a step does something or asserts something'),
    part.rule(part.both(part.has('with'), part.lacks('action')), '`with` needs an `action`', ['with']),
    part.rule(
      part.both(part.has('ensure'), part.lacks('action')),
      '`ensure` needs an `action`; a condition alone is an `assert`',
      ['ensure'],
    ),
    part.rule(
      part.both(part.has('message'), part.lacks('assert', 'ensure')),
      '`message` needs an `assert` or `ensure`',
      ['message'],
    ),
  ];
  if (!options.hasGates)
    return [...shared, part.rule(part.lacks('action', 'assert'), 'needs an `action` or an `assert`')];
  const isNone: JsonObject = { properties: { rollback: { const: 'none' } }, required: ['rollback'] };
  return [
    ...shared,
    part.rule(
      part.lacks('action', 'assert', 'confirm', 'approval'),
      'a step needs an `action`, an `assert`, or a gate (`confirm`, `approval`)',
    ),
    part.rule(part.both(isNone, part.lacks('reason')), '`rollback: none` needs a `reason` beside it', [
      'rollback',
    ]),
    part.rule(
      part.both(part.has('reason'), { not: isNone }),
      '`reason` stands only beside `rollback: none`',
      ['reason'],
    ),
  ];
}

function confirmSchema(): JsonObject {
  return part.object(
    {
      message: part.line('The question, with what it is about.', [
        'Delete ${{ steps.count.stale }} patterns?',
      ]),
      expect: part.line('The operator must type this text instead of yes.', ['${{ target.db.name }}']),
      timeout: part.duration('Unanswered for so long means declined (default: 15m).', ['15m']),
    },
    'A gate: the operator answers before the step runs. `--yes` answers gates without `expect`.',
    { required: ['message'] },
  );
}

function approvalSchema(): JsonObject {
  return part.object(
    {
      message: part.line('What is to be approved.'),
      approvers: part.list(
        part.line('A user name, `@group`, or `key:` with an SSH public key.'),
        'Who may approve.',
        {
          minItems: 1,
          uniqueItems: true,
          examples: [['alice', '@dba']],
        },
      ),
      minApprovals: part.integer('How many must approve (default: 1).', 1),
      preventSelfApproval: part.flag('The operator who started the run does not count.'),
      timeout: part.duration('Unanswered for so long means declined.', ['24h']),
      maxRows: part.integer('The approval no longer holds when more rows than this would change.', 0),
    },
    'A gate: other people answer with `belay approve`; the run waits, also over days (exit 8). Silence never means yes.',
    { required: ['message', 'approvers'] },
  );
}

function forEachSchema(): JsonObject {
  return part.object(
    {
      items: {
        description: 'A list, or one expression that gives one; resolved once, at most 10,000.',
        if: { type: 'string' },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: part.expression('One expression that gives a list.', ['${{ params.tables }}']),
        else: {
          type: 'array',
          maxItems: 10_000,
          errorMessage: 'must be a list or one whole expression `${{ … }}`',
        },
      },
      as: part.id('Name of the item in expressions.'),
      key: part.expression('What tells items apart, unique; a scalar item is its own key.', [
        '${{ item.name }}',
      ]),
      maxParallel: part.integer('Items at the same time, on different targets (default: 1).', 1, 64),
    },
    'Run the step once per item. The first failure starts no new item, waits for those running, and fails the step.',
    { required: ['items', 'as'], examples: [{ items: '${{ params.tables }}', as: 'table' }] },
  );
}
