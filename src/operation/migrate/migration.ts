// A migration as it was read: what goes up, what comes down, and where it stands in the order.

import type { MigrationStatement } from '../../target/index.ts';

export interface Migration {
  /** Name of the file, or of the folder that holds `up.sql`. */
  readonly name: string;
  readonly up: Part;
  readonly down?: Part;
}

export interface Part {
  /** Absolute path of the file. */
  readonly path: string;
  readonly statements: readonly MigrationStatement[];
  readonly foreignKeysOff: boolean;
  readonly legacyAlterTable: boolean;
  /** sha256 of the text, without differences of line ends and trailing space. */
  readonly checksum: string;
}

/** The leading number of a name, such as `20251015120000` of `20251015120000_add_index.sql`; Flyway's `V1.2__x.sql` has two. */
export function versionOf(name: string): string | undefined {
  return /^[vV]?(\d+(?:\.\d+)*)/.exec(name)?.[1];
}

/** The name without `.sql`. */
export function stemOf(name: string): string {
  return name.replace(/(?:\.up)?\.sql$/i, '');
}
