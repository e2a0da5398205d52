// Lints one compiled runbook with all SQL that it names. Starts nothing, opens no database and no network; reads SQL files
// of the project and nothing else.

import { type Document, parseDocument } from '../../document/index.ts';
import type { Runbook, Step } from '../../runbook/index.ts';
import { openSqlReader, type TableShape } from '../sql/index.ts';
import type { LintContext, StepAt } from './context.ts';
import { ignoresIn, type Range } from './ignores.ts';
import { judge } from './judge.ts';
import type { LintOptions, LintResult } from './options.ts';
import { projectFiles } from './project-files.ts';
import { collectSql } from './sql-texts.ts';

export async function lintRunbook(runbook: Runbook, options: LintOptions): Promise<LintResult> {
  const steps = stepsOf(runbook);
  const [source] = runbook.files;
  let document: Document | undefined;
  // Only findings inside SQL need the document again.
  const documentOf = () =>
    (document ??= source && parseDocument({ file: runbook.file, text: source.text }).document);
  const { texts, findings, sources } = await collectSql({
    runbook,
    steps,
    document: documentOf,
    files: projectFiles(runbook.projectFolder, options.shownFrom),
    schema: options.schema,
  });
  const context: LintContext = {
    runbook,
    steps,
    sql: texts,
    ...(options.project === undefined ? {} : { project: options.project }),
    ...schemaOf(options.schema),
  };
  const ignores = [
    ...ignoresIn(runbook.file, source?.text ?? '', 'yaml'),
    ...sources.flatMap(({ file, text }) => ignoresIn(file, text, 'sql')),
  ];
  return judge(context, { profile: options.profile, ignores, ranges: rangesOf(steps), before: findings });
}

/** What a real database says of its tables; nothing when none was given. */
export function schemaOf(
  schema: readonly string[] | undefined,
): Pick<LintContext, 'hasSchema' | 'table' | 'tables'> {
  if (schema === undefined) return { hasSchema: false, table: () => undefined, tables: [] };
  using reader = openSqlReader({ schema });
  const tables = reader.tables();
  const shapes = new Map<string, TableShape | undefined>(
    tables.map((name) => [name.toLowerCase(), reader.table(name)]),
  );
  return { hasSchema: true, table: (name) => shapes.get(name.toLowerCase()), tables };
}

function stepsOf(runbook: Runbook): StepAt[] {
  const lists = ['preconditions', 'steps', 'always'] as const;
  return lists.flatMap((key) =>
    runbook[key].flatMap((step, index) => {
      const role = key === 'steps' ? 'step' : key === 'always' ? 'always' : 'precondition';
      const inner = step.preconditions.map(
        (each, at): StepAt => ({
          step: each,
          role: 'precondition',
          path: [key, index, 'preconditions', at],
        }),
      );
      return [...inner, { step, role, path: [key, index] } satisfies StepAt];
    }),
  );
}

/** The lines of each step: from its first key to the next step. */
function rangesOf(steps: readonly StepAt[]): Range[] {
  const starts = steps
    .filter(({ path }) => path.length === 2)
    .map(({ step }) => firstLine(step))
    .sort((a, b) => a - b);
  return starts.map((from, index) => ({ from, to: (starts[index + 1] ?? Number.POSITIVE_INFINITY) - 1 }));
}

function firstLine({ place, places }: Step): number {
  return Math.min(place.line, ...Object.values(places).map(({ line }) => line));
}
