// Which migrations run: a pure decision from the folder, the ledger and the wish. Everything that speaks against it is
// said before anything starts.

import { formatCount, nearestName } from '../../base/index.ts';
import { type Code, Failure } from '../../diagnostic/index.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import { names } from './ledger-entry.ts';
import { type Migration, type Part, stemOf } from './migration.ts';

export interface Wish {
  readonly direction: 'up' | 'down';
  /** Up: the last to be applied. Down: the last that stays; `0`: none stays. */
  readonly to?: string;
}

export interface Choice {
  /** In the order in which they run. */
  readonly steps: readonly { readonly migration: Migration; readonly part: Part }[];
  /** Not applied when all steps are done. */
  readonly pending: readonly string[];
  readonly warnings: readonly string[];
}

/** Fails with `migrate/missing-file`, `edited`, `out-of-order`, `unknown-version` or `no-down`. */
export function choose(migrations: readonly Migration[], ledger: Ledger, wish: Wish): Choice {
  const appliedRows = ledger.rows.filter(({ isApplied }) => isApplied);
  const rowOf = (migration: Migration): LedgerRow | undefined =>
    appliedRows.find(({ key }) => names(key, migration));
  const isApplied = migrations.map((migration) => rowOf(migration) !== undefined);
  const newest = isApplied.lastIndexOf(true);
  refuse(
    'migrate/missing-file',
    appliedRows
      .filter(({ key }) => !migrations.some((each) => names(key, each)))
      .map(({ key }) => String(key)),
    'named by the ledger as applied, but not in the folder',
    'bring the file back, or correct `from`',
  );
  refuse(
    'migrate/edited',
    migrations.filter((each) => isChanged(each, rowOf(each))).map(({ name }) => name),
    'edited after it was applied',
    'bring the text back that was applied, and put the change into a new migration',
  );
  const target = indexOf(migrations, wish);
  if (wish.direction === 'down') {
    const previous = newest <= 0 ? -1 : isApplied.lastIndexOf(true, newest - 1);
    return down(migrations, isApplied, target ?? previous, ledger);
  }
  refuse(
    'migrate/out-of-order',
    migrations.filter((_, i) => !isApplied[i] && i < newest).map(({ name }) => name),
    `not applied, but before \`${migrations[newest]?.name ?? ''}\`, which is`,
    'give it a number after the newest that is applied',
  );
  const end = target ?? migrations.length - 1;
  const steps = migrations.filter((_, i) => !isApplied[i] && i <= end);
  return {
    steps: steps.map((migration) => ({ migration, part: migration.up })),
    pending: migrations.filter((_, i) => !isApplied[i] && i > end).map(({ name }) => name),
    warnings: warningsOf(
      ledger,
      target !== undefined && newest > target ? migrations[newest]?.name : undefined,
    ),
  };
}

function down(
  migrations: readonly Migration[],
  isApplied: readonly boolean[],
  stays: number,
  ledger: Ledger,
): Choice {
  const goes = migrations.filter((_, i) => isApplied[i] && i > stays).reverse();
  refuse(
    'migrate/no-down',
    goes.filter((migration) => !migration.down).map(({ name }) => name),
    'without a down part',
    'restore the backup that was taken before it, or write the down part',
  );
  return {
    steps: goes.map((migration) => ({ migration, part: migration.down ?? migration.up })),
    pending: migrations
      .filter((migration, i) => !isApplied[i] || goes.includes(migration))
      .map(({ name }) => name),
    warnings: warningsOf(ledger, undefined),
  };
}

function isChanged({ up }: Migration, row: LedgerRow | undefined): boolean {
  return row?.checksum !== undefined && row.checksum !== up.checksum;
}

/** Undefined without `to`; -1 for the state before the first migration. */
function indexOf(migrations: readonly Migration[], { to, direction }: Wish): number | undefined {
  if (to === undefined) return undefined;
  if (to === '0' && direction === 'down') return -1;
  const index = migrations.findIndex((migration) => names(to, migration));
  if (index >= 0) return index;
  const near = nearestName(
    to,
    migrations.flatMap(({ name }) => [name, stemOf(name)]),
  );
  throw new Failure('migrate/unknown-version', `no migration is called \`${to}\``, {
    state: 'nothing was started',
    fix: near
      ? `did you mean \`${near}\`?`
      : 'give the name of a file, with or without `.sql`, or its number',
  });
}

function refuse(code: Code, found: readonly string[], what: string, fix: string): void {
  if (found.length === 0) return;
  const shown = found.slice(0, 5).map((name) => `\`${name}\``);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : '';
  throw new Failure(code, `${formatCount(found.length, 'migration')} ${what}: ${shown.join(', ')}${more}`, {
    state: 'nothing was started',
    fix,
    details: { migrations: found },
  });
}

function warningsOf(ledger: Ledger, beyond: string | undefined): string[] {
  const applied = ledger.rows.filter(({ isApplied }) => isApplied);
  const unsigned = applied.filter(({ checksum }) => checksum === undefined).length;
  const failed = ledger.rows.length - applied.length;
  return [
    ...(ledger.columns.checksum
      ? unsigned > 0
        ? [
            `the ledger has no checksum of ${formatCount(unsigned, 'migration')}: edits of those files cannot be seen`,
          ]
        : []
      : ['the ledger has no column for a checksum: edits of applied files cannot be seen']),
    ...(failed > 0
      ? [
          `the ledger names ${formatCount(failed, 'migration')} that failed or was taken back: counted as not applied`,
        ]
      : []),
    ...(beyond === undefined ? [] : [`\`${beyond}\` is applied already, which lies after \`to\``]),
  ];
}
