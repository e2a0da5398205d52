// The schema of a real database, read as a plan reads: nothing is written, nothing locked.

import { resolve } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import type { Context } from './context.ts';
import { createScratchFolder } from './scratch.ts';

/** Its CREATE statements. `word`: a target of the catalogue, or a file. Fails with `target/…`. */
export async function readSchema(context: Context, word: string): Promise<readonly string[]> {
  const project = await context.project();
  const entry = project.targets[word];
  const path = entry?.path ?? resolve(context.cwd, word);
  const { sqliteDriver } = await import('../target/sqlite/index.ts');
  using scratch = createScratchFolder();
  const spec = {
    name: entry?.name ?? word,
    driver: 'sqlite',
    path,
    expect: 'ok',
    store: { name: 'local', path: '' },
  } as const;
  const facts = await sqliteDriver.probe(spec);
  if (facts.condition !== 'ok')
    throw new Failure(
      'usage/unreadable-file',
      `the schema of \`${word}\` cannot be read: it is ${facts.condition}`,
      {
        fix: 'name a database, or a target of belay.yaml',
      },
    );
  await using reader = await sqliteDriver.openPure(spec, scratch.path);
  const { rows } = await reader.query(
    { sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'table' DESC, rowid" },
    { maxRows: 20_000, maxBytes: 16 * 1024 * 1024 },
  );
  return rows.map(({ sql }) => String(sql));
}
