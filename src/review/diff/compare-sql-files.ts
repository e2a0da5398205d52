// A file of SQL that runbooks name, before and after. A migration is told as what it does to a database that takes it; its
// way back apart.

import type { Source } from '../../document/index.ts';
import { type Change, change } from './change.ts';
import type { SourcePair } from './compare-sources.ts';
import { compareStatements, type SqlDifference } from './compare-statements.ts';
import { normalSql } from './normal-sql.ts';
import { readSql } from './read-sql.ts';
import { show, showAll } from './show.ts';
import { placesOf } from './text-place.ts';

export interface SqlFilePair extends SourcePair {
  /** Runbooks that run it. */
  readonly users: readonly string[];
  readonly isMigration: boolean;
}

export function compareSqlFiles(pair: SqlFilePair): Change[] {
  const { old, now, users, isMigration } = pair;
  const file = now?.file ?? old?.file ?? '';
  const what = `${isMigration ? 'migration ' : ''}${show(file)}`;
  const used = users.length === 0 ? '' : ` (run by ${showAll(users)})`;
  const top = (source: Source | undefined) =>
    source ? { file: source.file, line: 1, column: 1 } : undefined;
  const where = { ...placed('old', top(old)), ...placed('new', top(now)) };
  if (old !== undefined && now !== undefined && normalSql(old.text) === normalSql(now.text)) return [];
  if (now === undefined)
    return [
      isMigration
        ? change(
            'sql-changed',
            'caution',
            `${what} was removed${used}: databases that have applied it can no longer take it back`,
            where,
          )
        : change('sql-changed', 'danger', `${what} was removed${used}: the run is refused without it`, where),
    ];
  if (!isMigration) return statementsOf(pair, `${show(file)}${used}`).map(({ change: each }) => each);
  const edited =
    old === undefined
      ? []
      : [
          change(
            'sql-changed',
            'caution',
            `${what} was edited${used}: databases that have applied it already refuse to go on`,
            where,
          ),
        ];
  return [...edited, ...compareMigration(pair, what, used, where)];
}

function compareMigration(pair: SqlFilePair, what: string, used: string, where: Partial<Change>): Change[] {
  const { old, now } = pair;
  const found: Change[] = [];
  const [before, after] = [old, now].map((source) => (source === undefined ? undefined : directions(source)));
  if ((before?.up ?? '') !== (after?.up ?? '')) {
    const ways = statementsOf({ ...pair, ...up(old, 'old'), ...up(now, 'now') }, what);
    // A column that is new is filled in every row; rows and tables that go are told one by one.
    const grave = ways.filter(
      ({ found: { level, now: statement } }) => level === 'danger' && statement?.kind !== 'update',
    );
    found.push(...grave.map(({ change: each }) => each));
    const rest = ways
      .filter((each) => !grave.includes(each))
      .map(({ found: { message } }) => withoutName(message, what));
    if (old === undefined)
      found.push(
        change(
          'sql-changed',
          'caution',
          `${what} was added${used}${rest.length === 0 ? '' : `: ${rest.join(', ')}`}`,
          where,
        ),
      );
    else
      found.push(
        ...ways
          .filter((each) => !grave.includes(each))
          .map(({ change: each }) => ({ ...each, level: 'caution' as const })),
      );
  }
  if (normalSql(before?.down ?? '') !== normalSql(after?.down ?? ''))
    found.push(
      before?.down === undefined || before.down === ''
        ? change(
            'sql-changed',
            'info',
            `${what} can now be taken back: ${show(normalSql(after?.down ?? ''))}`,
            where,
          )
        : change(
            'sql-changed',
            'caution',
            `the way back of ${what} changed: ${show(normalSql(before.down))} became ${show(normalSql(after?.down ?? ''))}`,
            where,
          ),
    );
  return found;
}

/** What the migration does and what takes it back: by its name, or by the marks of dbmate and goose. */
function directions({ file, text }: Source): { readonly up: string; readonly down: string } {
  if (/(?:^|[/._-])down\.sql$/i.test(file)) return { up: '', down: text };
  const mark = /^--\s*(?:migrate:down|\+goose\s+down)\b/im.exec(text);
  return mark === null
    ? { up: text, down: '' }
    : { up: text.slice(0, mark.index), down: text.slice(mark.index) };
}

function up(source: Source | undefined, side: 'old' | 'now'): SourcePair {
  return source === undefined ? {} : { [side]: { ...source, text: directions(source).up } };
}

/** `` now runs DROP TABLE `a` `` without whose it is, which the sentence has said. */
function withoutName(message: string, what: string): string {
  return message.startsWith(`${what} now runs `) ? message.slice(`${what} now runs `.length) : message;
}

function statementsOf(
  { old, now }: SourcePair,
  what: string,
): { readonly found: SqlDifference; readonly change: Change }[] {
  const empty = { statements: [], problems: [] };
  const [from, to] = [old, now].map((source) => (source === undefined ? undefined : placesOf(source)));
  return compareStatements(old ? readSql(old.text) : empty, now ? readSql(now.text) : empty, what).map(
    (found) => ({
      found,
      change: change(found.kind, found.level, found.message, {
        ...placed('old', from?.(found.old?.offset ?? 0, found.old?.sql.length ?? 1)),
        ...placed('new', to?.(found.now?.offset ?? 0, found.now?.sql.length ?? 1)),
      }),
    }),
  );
}

function placed(side: 'old' | 'new', place: Change['old']): Partial<Change> {
  return place === undefined ? {} : { [side]: place };
}
