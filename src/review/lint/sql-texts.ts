// All SQL that a runbook names: inside its steps, in files, in folders of migrations; read in the order in which it runs.
// Only what is written out is followed, and only inside the project.

import { Failure, type Finding, type Place } from '../../diagnostic/index.ts';
import { lineStartsOf } from '../../document/index.ts';
import { type Migration, type Part, readFolder } from '../../operation/migrate/index.ts';
import { resolvePath } from '../../project/index.ts';
import { isTemplate, type Runbook, type TemplateTree } from '../../runbook/index.ts';
import { openSqlReader, type SqlReader } from '../sql/index.ts';
import { type DocumentOf, hasKey, placeOf, type SqlText, type StepAt, textAt } from './context.ts';
import type { ProjectFiles } from './project-files.ts';
import { textPlaces } from './text-places.ts';

export interface SqlTextsRequest {
  readonly runbook: Runbook;
  readonly steps: readonly StepAt[];
  readonly document: DocumentOf;
  readonly files: ProjectFiles;
  readonly schema: readonly string[] | undefined;
}

export interface SqlTexts {
  readonly texts: readonly SqlText[];
  /** Files that could not be read. */
  readonly findings: readonly Finding[];
  /** Those that were, as shown, with their text: for ignores. */
  readonly sources: readonly SqlSource[];
}

export interface SqlSource {
  readonly file: string;
  readonly text: string;
}

export async function collectSql(request: SqlTextsRequest): Promise<SqlTexts> {
  const texts: SqlText[] = [];
  const findings: Finding[] = [];
  const sources: SqlSource[] = [];
  // One database has one schema, which its steps change one after another.
  const readers = new Map<string, SqlReader>();
  try {
    for (const at of request.steps) {
      const { step } = at;
      if (step.action === undefined || !readsSql.has(step.action)) continue;
      const target = textAt(step.with, 'target') ?? '';
      const reader =
        readers.get(target) ?? openSqlReader(request.schema === undefined ? {} : { schema: request.schema });
      readers.set(target, reader);
      try {
        const found = await sqlOfStep(request, at, reader);
        texts.push(...found.texts);
        sources.push(...found.sources);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (error.code === 'document/outside-project') continue;
        findings.push({
          ...error.toFinding(),
          place: error.place ?? placeOf(step, '/with/from', '/with/file'),
        });
      } finally {
        for (const refusal of request.files.refused())
          findings.push({ ...refusal.toFinding(), place: placeOf(step, '/with/from', '/with/file') });
      }
    }
  } finally {
    for (const reader of readers.values()) reader[Symbol.dispose]();
  }
  return { texts, findings, sources };
}

const readsSql = new Set([
  'sqlite.query',
  'sqlite.export',
  'sqlite.execute',
  'sqlite.prune',
  'sqlite.migrate',
]);

async function sqlOfStep(
  request: SqlTextsRequest,
  at: StepAt,
  reader: SqlReader,
): Promise<{ texts: readonly SqlText[]; sources: readonly SqlSource[] }> {
  const { runbook, files } = request;
  const { step } = at;
  const input = step.with;
  const folder = runbook.projectFolder;
  if (step.action === 'sqlite.migrate') {
    const from = textAt(input, 'from');
    if (from === undefined) return none;
    const migrations = await readFolder(resolvePath(folder, from), files);
    return {
      texts: readMigrations(migrations, reader, files).map((text) => ({ ...text, step })),
      sources: files.taken(),
    };
  }
  const file = step.action === 'sqlite.execute' ? textAt(input, 'file') : undefined;
  if (file !== undefined) {
    const path = resolvePath(folder, file);
    const text = await files.text(path);
    const shown = files.shown(path);
    return {
      texts: [
        {
          ...plain(step),
          role: 'execute',
          reading: reader.read(text),
          place: textPlaces({ file: shown, text }),
          isSingle: hasKey(input, 'params'),
          isChangeBounded: hasKey(input, 'changes'),
        },
      ],
      sources: files.taken(),
    };
  }
  return { texts: inlineSql(request, at, reader), sources: [] };
}

const none = { texts: [], sources: [] };

/** The SQL that stands in the runbook itself. */
function inlineSql(request: SqlTextsRequest, at: StepAt, reader: SqlReader): SqlText[] {
  const { step } = at;
  const input = step.with;
  const placeIn =
    (...keys: readonly (string | number)[]) =>
    (offset: number, length: number): Place =>
      request.document()?.offsetPlace([...at.path, 'with', ...keys], offset, length) ??
      placeOf(step, `/with/${keys.join('/')}`);
  const params = child(input, 'params');
  if (step.action === 'sqlite.prune') {
    const where = textAt(input, 'where');
    if (where === undefined) return [];
    const head = `DELETE FROM "${(textAt(input, 'table') ?? '(table)').replaceAll('"', '""')}" WHERE (`;
    const reading = reader.read(`${head}${where}\n)`);
    const place = placeIn('where');
    return [
      {
        ...plain(step),
        role: 'prune',
        reading,
        place: (offset, length) =>
          place(
            Math.max(0, Math.min(offset - head.length, where.length - 1)),
            Math.min(length, where.length),
          ),
        ...(params === undefined ? {} : { params }),
        isChangeBounded: hasKey(input, 'maxRows') || hasKey(input, 'maxShare'),
      },
    ];
  }
  const role = step.action === 'sqlite.execute' ? 'execute' : 'query';
  const sql = textAt(input, 'sql');
  const own: SqlText[] =
    sql === undefined
      ? []
      : [
          {
            ...plain(step),
            role,
            reading: reader.read(sql),
            place: placeIn('sql'),
            ...(params === undefined ? {} : { params }),
            isSingle: role === 'query' || params !== undefined,
            isChangeBounded: hasMaximum(input),
          },
        ];
  const listed = child(input, 'statements');
  const statements = Array.isArray(listed) ? (listed as readonly TemplateTree[]) : [];
  return [
    ...own,
    ...statements.flatMap((statement, index): SqlText[] => {
      const text = textAt(statement, 'sql');
      const bound = child(statement, 'params');
      if (text === undefined) return [];
      return [
        {
          ...plain(step),
          role: 'execute',
          reading: reader.read(text),
          place: placeIn('statements', index, 'sql'),
          ...(bound === undefined ? {} : { params: bound }),
          isSingle: true,
          isChangeBounded: hasMaximum(statement) || hasMaximum(input),
        },
      ];
    }),
  ];
}

function plain(step: SqlText['step']): Pick<SqlText, 'foreignKeysOff' | 'isSingle' | 'isChangeBounded'> & {
  readonly step?: NonNullable<SqlText['step']>;
} {
  return { ...(step ? { step } : {}), foreignKeysOff: false, isSingle: false, isChangeBounded: false };
}

function hasMaximum(input: TemplateTree): boolean {
  const changes = child(input, 'changes');
  return changes !== undefined && !isTemplate(changes) && hasKey(changes, 'max');
}

function child(tree: TemplateTree, key: string): TemplateTree | undefined {
  if (isTemplate(tree) || Array.isArray(tree)) return undefined;
  return (tree as Readonly<Record<string, TemplateTree>>)[key];
}

/** Up in their order, then down from the last: as they would run. */
export function readMigrations(
  migrations: readonly Migration[],
  reader: SqlReader,
  files: Pick<ProjectFiles, 'shown' | 'sourceOf'>,
): SqlText[] {
  const one = (part: Part, role: 'migration' | 'down'): SqlText => {
    const file = files.shown(part.path);
    const source = files.sourceOf(part.path) ?? '';
    const starts = part.statements.map(({ line, column }) => ({ line, column }));
    const readings = part.statements.map(({ sql }) =>
      reader.read(sql, { foreignKeysOff: part.foreignKeysOff }),
    );
    // Statements were taken out of the text, so that each is placed by itself: its offset is its index.
    const place = textPlaces({ file, text: source });
    const lineStarts = lineStartsOf(source);
    const offsetOf = ({ line, column }: { line: number; column: number }) =>
      (lineStarts[line - 1] ?? 0) + column - 1;
    const offsets = starts.map(offsetOf);
    return {
      role,
      reading: {
        statements: readings.flatMap(({ statements }, index) =>
          statements.map((statement) => ({ ...statement, offset: (offsets[index] ?? 0) + statement.offset })),
        ),
        problems: readings.flatMap(({ problems }, index) =>
          problems.map((problem) => ({ ...problem, offset: (offsets[index] ?? 0) + problem.offset })),
        ),
      },
      place,
      foreignKeysOff: part.foreignKeysOff,
      isSingle: false,
      isChangeBounded: false,
    };
  };
  return [
    ...migrations.map(({ up }) => one(up, 'migration')),
    ...migrations.toReversed().flatMap(({ down }) => (down === undefined ? [] : [one(down, 'down')])),
  ];
}
