// The JSON Schema of `environments.NAME.policy`. Each description is what the rule means: the reference is made from it.

import type { JsonObject } from '../base/index.ts';
import { schemaParts as part } from '../document/index.ts';
import { weekdays } from './policy.ts';

export function policySchema(): JsonObject {
  return part.object(
    {
      approvalFor: part.list(
        part.choice(['maintain', 'change', 'destroy', 'external'], 'An effect, as `belay actions` shows it.'),
        'Steps with one of these effects need an `approval`: their own, or that of a step which is only a gate, has no `if`, and stands before them with no step in between that changes anything (`change`, `destroy`, `external`). Each effect is named by itself. Steps under `always` count too, and cannot have one.',
        { minItems: 1, uniqueItems: true, examples: [['change', 'destroy', 'external']] },
      ),
      minApprovals: part.integer('Every `approval` of the runbook asks for at least so many people.', 1),
      noYes: part.flag(
        '`--yes` and `--confirm` are refused, also of `belay approve`, `belay rollback` and `belay backup restore`: a person at a terminal answers.',
      ),
      noBackupNone: part.flag('No target of the runbook may say `backup: none`.'),
      noDiscardForeignWrites: part.flag(
        'What others have written is never discarded: neither by `onForeignWrites: discard` in a runbook nor by `belay rollback --discard-foreign-writes`.',
      ),
      requirePlan: part.flag('Only `belay run --plan FILE`: what runs is what somebody could read before.'),
      requireCommitted: part.flag(
        'Every file that makes the run (runbook, SQL files, migrations, belay.yaml, params file) is committed in git and unchanged, byte for byte. Where git cannot say, the run is refused.',
      ),
      windows: part.list(
        windowSchema(),
        'A run starts, and is gone on with by `belay resume`, only inside one of these. A rollback may be at any time.',
        { minItems: 1 },
      ),
      lint: part.choice(
        ['basic', 'safety', 'production'],
        'The runbook has no error and no warning under this profile of `belay lint`.',
      ),
    },
    'Rules that runs in this environment keep, or are refused with exit 4 before anything happens. `belay backup create` and rehearsals are free of them.',
    {
      examples: [
        {
          approvalFor: ['destroy'],
          minApprovals: 2,
          noYes: true,
          windows: [
            {
              days: ['mon', 'tue', 'wed', 'thu'],
              from: '22:00',
              to: '05:00',
              zone: 'Europe/Berlin',
            },
          ],
        },
      ],
    },
  );
}

function windowSchema(): JsonObject {
  const time = (description: string, pattern: string): JsonObject => ({
    ...part.text(description),
    pattern,
    errorMessage: 'must be a time of day such as "22:00"',
  });
  return part.object(
    {
      days: part.list(
        part.choice([...weekdays.slice(1), weekdays[0]], 'A day.'),
        'Days on which it begins (default: every day).',
        { minItems: 1, uniqueItems: true },
      ),
      from: time('From this time of day on, as `22:00`.', '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      to: time(
        'Up to this time of day, itself excluded; of the next day when it is not after `from`.',
        '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
      ),
      zone: part.line('Time zone of both: an IANA name or `UTC`.', ['Europe/Berlin']),
    },
    'A time of the day, in a time zone.',
    { required: ['from', 'to', 'zone'] },
  );
}
