// `belay actions`: the verbs of runbooks; with a name, what the action takes and gives.

import { type AnyAction, actions } from '../../action/index.ts';
import { isRecord, nearestName, wrap } from '../../base/index.ts';
import { exitCodes, Failure } from '../../diagnostic/index.ts';
import { renderTable } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import type { Context } from '../context.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command.argument('[NAME]', 'describe this action');
  handle(command, (context, [name]) => {
    const format = context.format(['text', 'json']);
    const known = [...actions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (name === undefined) {
      if (format === 'json') context.printJson({ actions: known.map(toJson) });
      else context.print(listText(known, context));
      return exitCodes.done;
    }
    const action = actions.get(name);
    if (action === undefined) {
      const near = nearestName(name, actions.keys());
      throw new Failure('usage/unknown-action', `there is no action \`${name}\``, {
        fix: near === undefined ? '`belay actions` lists them' : `did you mean \`belay actions ${near}\`?`,
      });
    }
    if (format === 'json') context.printJson(toJson(action));
    else context.print(describe(action, Math.min(context.resultScreen.width, 100)));
    return exitCodes.done;
  });
};

function toJson(action: AnyAction): object {
  return {
    name: action.name,
    summary: action.summary,
    description: action.description,
    effect: action.effect,
    isIdempotent: action.isIdempotent,
    undo: action.undo,
    availability: action.availability,
    with: action.with,
    outputs: action.outputs,
  };
}

function listText(known: readonly AnyAction[], context: Context): string {
  return renderTable(
    [{ title: 'action' }, { title: 'effect' }, { title: 'what it does', shrink: 'end' }],
    known.map((action) => [
      action.name,
      action.effect,
      action.availability === 'planned' ? `${action.summary} (not in this version yet)` : action.summary,
    ]),
    context.resultScreen,
  );
}

const undoWords: Readonly<Record<AnyAction['undo'], string>> = {
  'none-needed': 'nothing to undo',
  'rows-or-restore': 'its rows are taken back, or the backup is restored',
  restore: 'the backup is restored',
  own: 'the action takes itself back',
  declared: 'only as the step declares with `rollback`',
};

function describe(action: AnyAction, width: number): string {
  const lines = [
    `${action.name}: ${action.summary}`,
    '',
    ...wrap(action.description, width),
    '',
    `effect: ${action.effect} · undo: ${undoWords[action.undo]} · ${action.isIdempotent ? 'idempotent' : 'not idempotent'}`,
  ];
  if (action.availability === 'planned') lines.push('', 'This version of belay does not run it yet.');
  lines.push('', 'with:', ...fields(action.with, width), '', 'outputs:', ...fields(action.outputs, width));
  return lines.join('\n');
}

function fields(schema: unknown, width: number): string[] {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
  const required = isRecord(schema) && Array.isArray(schema.required) ? schema.required : [];
  const entries = Object.entries(properties);
  if (entries.length === 0) return ['  none'];
  return entries.flatMap(([name, field]) => {
    const description = isRecord(field) && typeof field.description === 'string' ? field.description : '';
    const [first = '', ...rest] = wrap(description, width - 6);
    const head = `  ${name} (${typeName(field)}${required.includes(name) ? '' : ', optional'})`;
    return first === '' ? [head] : [head, `      ${first}`, ...rest.map((line) => `      ${line}`)];
  });
}

function typeName(field: unknown): string {
  if (!isRecord(field)) return 'any';
  if (Array.isArray(field.enum)) return field.enum.join(' | ');
  if ('const' in field) return JSON.stringify(field.const);
  const choices = field.anyOf ?? field.oneOf;
  if (Array.isArray(choices)) return [...new Set(choices.map(typeName))].join(' | ');
  const { type, items } = field;
  if (type === 'array') return `list of ${typeName(items)}`;
  return typeof type === 'string' ? type : 'any';
}
