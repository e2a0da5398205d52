// The page of all actions, from their declarations.

import { type AnyAction, actions } from '../../src/action/index.ts';

interface Property {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly description?: string;
}

interface Properties {
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

const effects: Readonly<Record<AnyAction['effect'], string>> = {
  read: 'reads',
  maintain: 'maintains (same content afterwards)',
  change: 'changes',
  destroy: 'destroys',
  external: 'external (Belay cannot look into it)',
};
const undos: Readonly<Record<AnyAction['undo'], string>> = {
  'none-needed': 'nothing to take back',
  'rows-or-restore': 'taken back row by row, else from the pre-operation backup',
  restore: 'taken back from the pre-operation backup',
  own: 'takes itself back',
  declared: "only as the step's `rollback` says",
};

export function actionReference(): string {
  const sorted = [...actions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const lines = [
    '# Actions',
    '',
    '<!-- Generated from the declarations in src/action by `npm run generate`. -->',
    '',
    'What a step can do. `belay actions NAME` prints the same on the terminal.',
    '',
    '| action | what it does |',
    '| --- | --- |',
    ...sorted.map(({ name, summary, availability }) => {
      const later = availability === 'planned' ? ' *(not in this version yet)*' : '';
      return `| [\`${name}\`](#${name.replaceAll('.', '').toLowerCase()}) | ${cell(summary)}${later} |`;
    }),
  ];
  for (const action of sorted) lines.push(...section(action));
  return `${lines.join('\n')}\n`;
}

function section(action: AnyAction): string[] {
  const repeat = action.isIdempotent ? 'repeating it changes nothing more' : 'not repeatable';
  return [
    '',
    `## ${action.name}`,
    '',
    `${action.summary}. ${action.description}`,
    '',
    ...(action.availability === 'planned'
      ? ['The format knows it; this version refuses to run it.', '']
      : []),
    `Effect: ${effects[action.effect]}; ${repeat}; ${undos[action.undo]}.`,
    ...table('with', action.with, true),
    ...table('output', action.outputs, false),
  ];
}

function table(title: string, schema: Properties, isInput: boolean): string[] {
  const rows = Object.entries(schema.properties ?? {});
  if (rows.length === 0) return [];
  return [
    '',
    `| ${title} | kind | meaning |`,
    '| --- | --- | --- |',
    ...rows.map(([name, property]) => {
      const required = isInput && schema.required?.includes(name) ? ', required' : '';
      return `| \`${name}\` | ${kindOf(property)}${required} | ${cell(property.description ?? '')} |`;
    }),
  ];
}

function kindOf(property: Property): string {
  if (property.enum) return property.enum.map((value) => `\`${value}\``).join(' or ');
  if (property.format) return property.format;
  if (property.type === 'array') return property.items ? `list of ${kindOf(property.items)}` : 'list';
  if (property.anyOf) return [...new Set(property.anyOf.map(kindOf))].join(' or ');
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    object: 'mapping',
    boolean: 'true or false',
  };
  const types = [property.type ?? 'any value'].flat();
  return types.map((type) => words[type] ?? type).join(' or ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
