// Lints SQL files that were given by themselves: as migrations, in the order of their names.

import { Failure, type Finding } from '../../diagnostic/index.ts';
import { markerForm, parsePart, parseSections } from '../../operation/migrate/index.ts';
import { openSqlReader } from '../sql/index.ts';
import { ignoresIn } from './ignores.ts';
import { judge } from './judge.ts';
import { schemaOf } from './lint-runbook.ts';
import type { LintOptions, LintResult } from './options.ts';
import { projectFiles } from './project-files.ts';
import { readMigrations } from './sql-texts.ts';

/** `folder`: what may be read; all `paths` lie in it. */
export async function lintSql(
  paths: readonly string[],
  folder: string,
  options: LintOptions,
): Promise<LintResult> {
  const files = projectFiles(folder, options.shownFrom);
  const before: Finding[] = [];
  const migrations = [];
  for (const path of paths) {
    const place = { file: files.shown(path), line: 1, column: 1 };
    try {
      const text = await files.text(path);
      migrations.push(
        markerForm(text) === undefined
          ? { name: path, up: parsePart(path, text) }
          : parseSections(path, path, text),
      );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      before.push({
        ...error.toFinding(),
        place: error.place ? { ...error.place, file: place.file } : place,
      });
    }
  }
  using reader = openSqlReader(options.schema === undefined ? {} : { schema: options.schema });
  const sql = readMigrations(migrations, reader, files);
  const ignores = files.taken().flatMap(({ file, text }) => ignoresIn(file, text, 'sql'));
  return judge(
    {
      steps: [],
      sql,
      ...(options.project === undefined ? {} : { project: options.project }),
      ...schemaOf(options.schema),
    },
    { profile: options.profile, ignores, ranges: [], before },
  );
}
