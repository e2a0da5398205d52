// Reads a folder of migrations in whichever of the five forms it keeps. Reads everything before anything is decided.

import { join } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';
import type { SourceFiles } from '../../project/index.ts';
import type { Migration } from './migration.ts';
import { refuseOddMarker } from './odd-marker.ts';
import { inOrder } from './order.ts';
import { parsePart } from './part.ts';
import { shownPath } from './place.ts';
import { type MarkerForm, markerForm, parseSections } from './sections.ts';

type Form = 'plain files' | 'folders with `up.sql`' | '`NAME.up.sql`' | `${MarkerForm} markers`;

interface Found {
  readonly form: Form;
  readonly migration: Migration;
}

/** In order. Fails with `migrate/no-migrations`, `migrate/mixed-forms`, `migrate/ambiguous-order`, `migrate/bad-file`. */
export async function readFolder(folder: string, sources: SourceFiles): Promise<Migration[]> {
  const entries = await entriesOf(sources, folder);
  const files = entries.filter((name) => name.toLowerCase().endsWith('.sql'));
  const found: Found[] = [];
  for (const name of entries.filter((each) => !files.includes(each))) {
    const inside = await entriesOf(sources, join(folder, name)).catch((): string[] => []);
    if (inside.includes('up.sql') || inside.includes('down.sql'))
      found.push({
        form: 'folders with `up.sql`',
        migration: await readPair(sources, name, join(folder, name), ''),
      });
  }
  for (const name of files) {
    if (/\.down\.sql$/i.test(name)) {
      const up = name.replace(/\.down\.sql$/i, '.up.sql');
      if (!files.includes(up)) throw badFile(join(folder, name), `has no \`${up}\` beside it`);
    } else if (/\.up\.sql$/i.test(name)) {
      const stem = name.replace(/up\.sql$/i, '');
      found.push({ form: '`NAME.up.sql`', migration: await readPair(sources, name, folder, stem) });
    } else if (/^U[\d._]+__/.test(name) && files.some((each) => /^V[\d._]+__/.test(each))) {
      throw badFile(join(folder, name), 'takes a migration back, as Flyway names it; Belay would apply it');
    } else found.push(await readFileForm(sources, name, join(folder, name)));
  }
  const [first] = found;
  if (!first) throw noMigrations(folder, 'holds no migration: no `.sql` file, no folder with `up.sql`');
  const other = found.find(({ form }) => form !== first.form);
  if (other)
    throw new Failure(
      'migrate/mixed-forms',
      `\`${shownPath(folder)}\` holds ${first.form} (\`${first.migration.name}\`) and ${other.form} (\`${other.migration.name}\`)`,
      { state: 'nothing was started', fix: 'bring all of them into one form' },
    );
  for (const { migration } of found)
    if (migration.up.statements.length === 0) throw badFile(migration.up.path, 'holds no statement');
  return inOrder(found.map(({ migration }) => migration));
}

async function readFileForm(sources: SourceFiles, name: string, path: string): Promise<Found> {
  const text = await readText(sources, path);
  refuseOddMarker(path, text);
  const markers = markerForm(text);
  return markers
    ? { form: `${markers} markers`, migration: parseSections(name, path, text) }
    : { form: 'plain files', migration: { name, up: parsePart(path, text) } };
}

async function readPair(
  sources: SourceFiles,
  name: string,
  folder: string,
  stem: string,
): Promise<Migration> {
  const read = async (file: string) =>
    parsePart(join(folder, file), await readText(sources, join(folder, file)));
  const entries = await entriesOf(sources, folder);
  const up = await read(`${stem}up.sql`);
  const down = entries.includes(`${stem}down.sql`) ? await read(`${stem}down.sql`) : undefined;
  return { name, up, ...(down && down.statements.length > 0 ? { down } : {}) };
}

async function entriesOf(sources: SourceFiles, folder: string): Promise<string[]> {
  try {
    return await sources.names(folder);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'ENOTDIR'
          ? 'is not a folder'
          : `cannot be read (${code})`;
    throw noMigrations(folder, why);
  }
}

async function readText(sources: SourceFiles, path: string): Promise<string> {
  try {
    return await sources.text(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof TypeError) throw badFile(path, 'is not UTF-8');
    throw badFile(path, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function badFile(path: string, what: string): Failure {
  return new Failure('migrate/bad-file', `\`${shownPath(path)}\` ${what}`, {
    place: { file: shownPath(path), line: 1, column: 1 },
    state: 'nothing was started',
    fix: 'correct the file, or take it out of the folder',
  });
}

function noMigrations(folder: string, what: string): Failure {
  return new Failure('migrate/no-migrations', `the folder of migrations \`${shownPath(folder)}\` ${what}`, {
    state: 'nothing was started',
    fix: 'correct `from`; a relative path starts at the project',
  });
}
