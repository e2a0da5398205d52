// The pages of lint rules: one per rule with its examples, and an index. Made from the rules themselves.

import { codes } from '../../src/diagnostic/index.ts';
import { type Example, profiles, type Rule, rules } from '../../src/review/lint/index.ts';

const notice = '<!-- Generated from src/review/lint by `npm run generate`. -->';

/** Pages by path. */
export function lintReference(): Readonly<Record<string, () => string>> {
  return {
    'docs/reference/lint/index.md': index,
    ...Object.fromEntries(
      rules.map((rule) => [`docs/reference/lint/${nameOf(rule)}.md`, () => page(rule)] as const),
    ),
  };
}

function index(): string {
  const groups = profiles.flatMap((profile) => [
    '',
    `## \`${profile}\``,
    '',
    '| rule | level | what it finds |',
    '| --- | --- | --- |',
    ...rules
      .filter((rule) => rule.profile === profile)
      .map(
        (rule) => `| [${nameOf(rule)}](${nameOf(rule)}.md) | ${rule.severity} | ${codes[rule.code].title} |`,
      ),
  ]);
  return lines([
    '# Lint rules',
    '',
    notice,
    '',
    '`belay lint` looks for risks in runbooks and in the SQL that they name. SQL is read by SQLite itself, in an empty database in',
    'memory; nothing of it runs. Errors and warnings end the command with 12, what is only worth knowing (`info`) does not.',
    '',
    'A profile has the rules of those before it: `basic` is what is wrong wherever it stands, `safety` (the default) what loses data on',
    'a bad day, `production` what a team agrees on before it runs a runbook on a database that matters.',
    '',
    'A finding that was decided about is ignored by a comment with the reason, above the step, line or statement:',
    '',
    '```yaml',
    '  # belay-lint-ignore destroy-without-gate: the table is filled again every night',
    '  - id: clear',
    '```',
    '',
    'In SQL the comment begins with `--`. What is ignored is listed with its reason; a comment without a reason, or one that ignores',
    'nothing, is a finding itself.',
    ...groups,
  ]);
}

function page(rule: Rule): string {
  const { title, help } = codes[rule.code];
  return lines([
    `# ${nameOf(rule)}`,
    '',
    notice,
    '',
    `**${sentence(title)}** Level ${rule.severity}, from profile \`${rule.profile}\`.`,
    '',
    help,
    ...example('Found', rule.bad),
    ...example('Not found', rule.good),
    '',
    '## When it is right as it is',
    '',
    `\`${rule.bad.kind === 'sql' ? '--' : '#'} belay-lint-ignore ${nameOf(rule)}: reason\` above it. [All rules](index.md)`,
  ]);
}

function example(title: string, { kind, text, files = {}, schema }: Example): string[] {
  return [
    '',
    `## ${title}`,
    '',
    ...(schema === undefined
      ? []
      : ['With a database that has', '', '```sql', ...schema.map((sql) => `${sql};`), '```', '']),
    ...Object.entries(files).flatMap(([path, content]) => [
      `With \`${path}\`:`,
      '',
      '```yaml',
      content.trimEnd(),
      '```',
      '',
    ]),
    `\`\`\`${kind === 'sql' ? 'sql' : 'yaml'}`,
    text.trimEnd(),
    '```',
  ];
}

function nameOf({ code }: Pick<Rule, 'code'>): string {
  return code.slice('lint/'.length);
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
