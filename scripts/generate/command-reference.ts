// The page of all commands, from the declarations that read the command line: what `--help` prints.

import { Command } from 'commander';
import { catalogue } from '../../src/cli/catalogue.ts';

const globalOptions: readonly (readonly [string, string])[] = [
  ['--state <DIR>', 'state folder (`BELAY_STATE`; else `state:` of belay.yaml, else `.belay`)'],
  ['--project <FILE>', 'project file (else the nearest belay.yaml)'],
  ['--output <FORMAT>', '`text` or `json`; some commands have more'],
  ['--quiet', 'say nothing unless something is wrong'],
  ['--verbose', 'say more; print the stack of a defect'],
  ['--no-color', 'no colours (`NO_COLOR`, `FORCE_COLOR`)'],
];

export async function commandReference(): Promise<string> {
  const lines = [
    '# Commands',
    '',
    '<!-- Generated from the declarations in src/cli by `npm run generate`. -->',
    '',
    '`belay COMMAND --help` prints the same. RUNBOOK is a name (`belay list`) or a path; RUN an id, the end of one, or `last`.',
    '',
    '## Options of every command',
    '',
    ...optionTable(globalOptions),
  ];
  const reserved: string[] = [];
  for (const { name, summary, load } of catalogue) {
    if (load === undefined) {
      reserved.push(`\`${name}\` (${summary})`);
      continue;
    }
    const command = new Command(name).description(summary).helpOption(false).helpCommand(false);
    (await load()).configure(command, () => undefined, catalogue);
    lines.push('', `## belay ${name}`, '', `${sentence(summary)}`, ...describe(command, `belay ${name}`));
    for (const each of command.commands) {
      const title = `belay ${name} ${each.name()}`;
      lines.push(
        '',
        `### ${title}`,
        '',
        sentence(each.description()),
        ...describe(each.helpOption(false), title),
      );
    }
  }
  if (reserved.length > 0)
    lines.push(
      '',
      '## Reserved',
      '',
      `Not in this version, and refused with a sentence: ${reserved.join(', ')}.`,
    );
  return `${lines.join('\n')}\n`;
}

function describe(command: Command, title: string): string[] {
  const { registeredArguments: declared, options } = command;
  const words = declared.map(
    (each) =>
      `${each.required ? '<' : '['}${each.name()}${each.variadic ? '…' : ''}${each.required ? '>' : ']'}`,
  );
  const lines = [
    '',
    '```text',
    [title, ...words, ...(options.length > 0 ? ['[options]'] : [])].join(' '),
    '```',
  ];
  const rows = [
    ...declared.map((each) => [each.name(), each.description] as const),
    ...options.map(
      (each) =>
        [
          each.flags,
          each.defaultValue === undefined || each.defaultValue === false
            ? each.description
            : `${each.description} (default: ${each.defaultValue})`,
        ] as const,
    ),
  ];
  return rows.length === 0 ? lines : [...lines, '', ...optionTable(rows)];
}

function optionTable(rows: readonly (readonly [string, string])[]): string[] {
  return ['| | |', '| --- | --- |', ...rows.map(([flag, text]) => `| \`${cell(flag)}\` | ${cell(text)} |`)];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
