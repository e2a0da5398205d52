// The page of every key of a runbook and of belay.yaml, from their JSON Schemas.

import { projectSchema } from '../../src/project/schema.ts';
import { runbookSchema } from '../../src/runbook/schema.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const sections: readonly (readonly [name: string, title: string])[] = [
  ['param', 'A param'],
  ['secret', 'A secret'],
  ['target', 'A target'],
  ['check', 'A precondition'],
  ['step', 'A step'],
  ['closing', 'A step of `always`'],
  ['undo', 'The `rollback` of a step'],
  ['retry', 'Retries'],
];

export function formatReference(): string {
  const runbook = runbookSchema() as Schema;
  const project = projectSchema() as Schema;
  return [
    '# Format',
    '',
    '<!-- Generated from the JSON Schemas by `npm run generate`. -->',
    '',
    'Every key of a runbook and of belay.yaml. Unknown keys are errors. What `with` takes is in [Actions](actions.md); how the parts',
    'go together, in [Write a runbook](../how-to/write-a-runbook.md). Editors complete and check both files with',
    '`schemas/runbook.schema.json` and `schemas/project.schema.json`.',
    '',
    '## A runbook',
    '',
    ...table(runbook),
    ...sections.flatMap(([name, title]) => {
      const schema = runbook.$defs?.[name];
      if (schema === undefined) throw new Error(`the schema of runbooks has no definition ${name}`);
      return [
        '',
        `## ${title}`,
        '',
        ...(schema.description ? [schema.description, ''] : []),
        ...table(schema),
      ];
    }),
    '',
    '## belay.yaml',
    '',
    ...table(project),
    '',
  ].join('\n');
}

function table(schema: Schema): string[] {
  return ['| key | value | |', '| --- | --- | --- |', ...rows(schema, '')];
}

/** The keys of an object written in place stand below its own, with its name before theirs. */
function rows(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const isRequired = schema.required?.includes(key) === true;
    const own = `| \`${name}\` | ${typeWords(value)}${isRequired ? ', **required**' : ''} | ${cell(meaning(value))} |`;
    return [own, ...nested(value).flatMap(({ schema: inner, suffix }) => rows(inner, `${name}${suffix}`))];
  });
}

function nested(schema: Schema): { readonly schema: Schema; readonly suffix: string }[] {
  const variants = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return variants.flatMap((each) => {
    const { properties, items, additionalProperties: others } = each;
    return [
      ...(properties === undefined ? [] : [{ schema: each, suffix: '.' }]),
      ...(items?.properties === undefined ? [] : [{ schema: items, suffix: '[].' }]),
      ...(typeof others === 'object' && others.properties !== undefined
        ? [{ schema: others, suffix: '.NAME.' }]
        : []),
    ];
  });
}

function typeWords(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (schema.$ref !== undefined) return linkOf(schema.$ref);
  if (schema.type === 'array')
    return schema.items === undefined ? 'list' : `list of ${typeWords(schema.items)}`;
  const others = schema.additionalProperties;
  if (schema.type === 'object' && typeof others === 'object' && others.$ref !== undefined)
    return `by name: ${linkOf(others.$ref)}`;
  const types = [schema.type ?? []].flat();
  const variants = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].map(typeWords);
  const words = [...new Set(types.length > 0 ? types : variants)];
  return words.length === 0
    ? 'any'
    : words.map((word) => (word === 'object' ? 'mapping' : word)).join(' or ');
}

function linkOf(ref: string): string {
  const name = ref.split('/').at(-1) ?? '';
  const title = sections.find(([each]) => each === name)?.[1];
  if (title === undefined) return 'mapping';
  const anchor = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
  return `[${title.toLowerCase()}](#${anchor})`;
}

function meaning({ description = '', examples = [], default: assumed }: Schema): string {
  const shown = examples.filter((each) => typeof each !== 'object').map((each) => `\`${String(each)}\``);
  return [
    description,
    ...(assumed === undefined || typeof assumed === 'object' ? [] : [`Default: \`${String(assumed)}\`.`]),
    ...(shown.length === 0 ? [] : [`Such as ${shown.join(', ')}.`]),
  ].join(' ');
}

function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|').trim();
}
