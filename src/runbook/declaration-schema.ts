// The JSON Schema of params and targets.

import type { JsonObject } from '../base/index.ts';
import { schemaParts as part } from '../document/index.ts';
import { paramTypes } from './param-types.ts';

export function paramSchema(): JsonObject {
  const isType = (...types: string[]): JsonObject => ({
    properties: { type: { enum: types } },
    required: ['type'],
  });
  const only = (key: string, types: readonly string[], words: string) =>
    part.rule(
      part.both(part.has(key), part.has('type'), { not: isType(...types) }),
      `\`${key}\` belongs to ${words}`,
      [key],
    );
  const measured = ['integer', 'number', 'duration', 'size', 'timestamp'];
  const textual = ['string', 'path', 'identifier', 'sql'];
  const bound = (description: string): JsonObject => ({ type: ['number', 'string'], description });
  return part.object(
    {
      type: part.choice(
        paramTypes,
        'What is accepted. `identifier` is checked against the live schema and quoted; `sql` is one whole predicate that may only read; `size` is a number of bytes; relative paths given with `-p` are relative to the working folder.',
      ),
      required: part.flag('A run without it is refused.'),
      default: { description: 'Used when nothing is given. Without it the param is null.' },
      description: part.line('For people who run the runbook.'),
      enum: part.list({ type: ['string', 'number'] }, 'The values allowed.', {
        minItems: 1,
        uniqueItems: true,
      }),
      items: { $ref: '#/$defs/param', description: 'What every item of the list is.' },
      properties: part.mapOf({ $ref: '#/$defs/param' }, 'The keys of the object.'),
      minimum: bound('Smallest value allowed.'),
      maximum: bound('Largest value allowed.'),
      minLength: part.integer('Fewest characters, or items of a list.', 0),
      maxLength: part.integer('Most characters, or items of a list.', 0),
      pattern: part.line('Regular expression that the whole text must match.', ['[a-z]+']),
    },
    'A param of the runbook.',
    {
      required: ['type'],
      allOf: [
        part.rule(
          part.both(isType('enum'), part.lacks('enum')),
          'a param of type `enum` needs `enum`, the list of its values',
          ['type'],
        ),
        only(
          'enum',
          ['enum', 'string', 'integer', 'number'],
          'params of type `enum`, `string`, `integer` or `number`',
        ),
        only('items', ['list'], 'params of type `list`'),
        only('properties', ['object'], 'params of type `object`'),
        only('minimum', measured, 'numbers, durations, sizes and timestamps'),
        only('maximum', measured, 'numbers, durations, sizes and timestamps'),
        only('minLength', [...textual, 'list'], 'texts and lists'),
        only('maxLength', [...textual, 'list'], 'texts and lists'),
        only('pattern', textual, 'texts'),
        part.rule(
          { properties: { required: { const: true } }, required: ['required', 'default'] },
          '`required` and `default` exclude each other: a param with a default is never missing',
          ['default'],
        ),
      ],
      examples: [{ type: 'duration', default: '90d', description: 'Delete what nobody used for so long' }],
    },
  );
}

export function targetSchema(): JsonObject {
  const isNone: JsonObject = { properties: { backup: { const: 'none' } }, required: ['backup'] };
  const notBesideUse = (key: string) =>
    part.exclusive('use', key, 'belay.yaml says it for a target of the catalogue');
  return part.object(
    {
      driver: part.choice(['sqlite'], 'Kind of database.'),
      path: part.line(
        'The database file; relative to the project: the folder of belay.yaml, else of the runbook.',
        ['${{ params.database }}', './data/app.db'],
      ),
      use: part.line('Name of a target in the catalogue of belay.yaml.', ['nerve', '${{ params.target }}']),
      expect: part.choice(
        ['ok', 'any'],
        '`ok` (default): it must be a readable database. `any`: it may be absent, empty or unreadable, as for a recovery.',
      ),
      exclusive: part.flag('No other connection from the pre-operation backup to `accept` or the end.'),
      onForeignWrites: part.choice(
        ['stop', 'discard'],
        'When others have written since the backup: `stop` (default) asks a person before their rows are lost, `discard` restores all the same.',
      ),
      backup: part.wordOr(
        ['none'],
        part.object(
          {
            store: part.line('Name of a store of belay.yaml; `local` is built in.', ['local']),
            before: part.choice(
              ['change', 'maintain'],
              'From which effect on a backup is taken first (default: `change`).',
            ),
            verify: part.choice(
              ['quick', 'integrity'],
              'How thoroughly the copy is checked (default: `quick`).',
            ),
            keep: part.keep('Which pre-operation backups stay.'),
          },
          'The backup that is taken before the first change.',
        ),
        'The backup taken before the first change; `none` with a `reason` for a database that can be made again.',
      ),
      reason: part.line('Why `backup: none` is right here.', ['The cache is rebuilt by the application']),
      scratch: part.flag(
        'Made by the run in its temporary folder, without backup, lease or gate; removed at the end.',
      ),
    },
    'A database that the runbook works on: `driver` and `path`, or `use`.',
    {
      allOf: [
        notBesideUse('driver'),
        notBesideUse('path'),
        notBesideUse('scratch'),
        part.rule(part.lacks('use', 'driver'), 'a target needs `driver` and `path`, or `use`'),
        part.rule(
          part.both(part.has('driver'), part.lacks('path', 'use'), {
            not: { properties: { scratch: { const: true } }, required: ['scratch'] },
          }),
          'a target with `driver` needs a `path`',
          ['driver'],
        ),
        part.rule(part.both(isNone, part.lacks('reason')), '`backup: none` needs a `reason` beside it', [
          'backup',
        ]),
        part.rule(
          part.both(part.has('reason'), { not: isNone }),
          '`reason` stands only beside `backup: none`',
          ['reason'],
        ),
      ],
      examples: [{ driver: 'sqlite', path: '${{ params.database }}' }, { use: 'nerve' }],
    },
  );
}
