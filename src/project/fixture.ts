// What stands for databases and for the outside world where a runbook must not meet the real ones: fixtures, backups of
// them, and stubs, as belay.yaml and test cases declare them. Plain values; no file is opened here.

import { isAbsolute, join } from 'node:path';
import { isRecord } from '../base/index.ts';
import type { Place } from '../diagnostic/index.ts';
import { resolvePath } from './paths.ts';

/** Where the content of a scratch database comes from. */
export type FixtureSource =
  /** An SQL file (`.sql`), or a database; `path` is absolute, `written` as declared, below or beside `folder`. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly written: string;
      readonly folder: string;
      /** As findings call it. */
      readonly shownAs: string;
    }
  | { readonly kind: 'sql'; readonly sql: string }
  /** No file is there. */
  | { readonly kind: 'absent' };

/** Of a target or a step by its name, in one runbook or in all. */
interface Scoped {
  /** Only of this runbook: written `RUNBOOK/NAME`. */
  readonly runbook?: string;
  readonly name: string;
  /** Where it is declared. */
  readonly place: Place;
}

export interface FixtureDeclaration extends Scoped {
  readonly source: FixtureSource;
}

/** A backup that is there before the run: of its own content, taken at its own time. */
export interface FixtureBackup extends Scoped {
  readonly source: FixtureSource;
  readonly at: Date;
  readonly label?: string;
}

export interface StubDeclaration extends Scoped {
  /** Literal values by the name of the output. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Of one output. */
  readonly placeOf: (output: string) => Place;
}

/** A path, `{sql: …}` or `{absent: true}`, as the schema allows it; paths are relative to `folder`, shown as `shownFolder`. */
export function readFixtureSource(written: unknown, folder: string, shownFolder: string): FixtureSource {
  if (isRecord(written))
    return typeof written.sql === 'string' ? { kind: 'sql', sql: written.sql } : { kind: 'absent' };
  const path = String(written);
  return {
    kind: 'file',
    path: resolvePath(folder, path),
    written: path,
    folder,
    shownAs: isAbsolute(path) ? path : join(shownFolder, path),
  };
}

/** `NAME` or `RUNBOOK/NAME`. */
export function readScopedName(key: string): Pick<Scoped, 'runbook' | 'name'> {
  const at = key.indexOf('/');
  return at < 0 ? { name: key } : { runbook: key.slice(0, at), name: key.slice(at + 1) };
}

/** What is declared for one of these names, for this runbook before for all. */
export function findScoped<T extends Scoped>(
  declared: readonly T[],
  runbook: string,
  names: readonly string[],
): T | undefined {
  return (
    declared.find((each) => each.runbook === runbook && names.includes(each.name)) ??
    declared.find((each) => each.runbook === undefined && names.includes(each.name))
  );
}
