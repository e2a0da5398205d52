// A foreign key whose columns have no index.

import type { TableShape } from '../../sql/index.ts';
import { defineRule, sqlExample } from '../rule.ts';
import { isSame, placeOfStatement } from '../statements.ts';

export const foreignKeyWithoutIndex = defineRule({
  code: 'lint/foreign-key-without-index',
  severity: 'warning',
  profile: 'safety',
  bad: sqlExample(`
CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));
`),
  good: sqlExample(`
CREATE TABLE users (id INTEGER PRIMARY KEY);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));
CREATE INDEX orders_user ON orders (user_id);
`),
  *check(context) {
    // The index may come in a later file: the last shape of a table counts.
    const last = new Map<string, TableShape | undefined>();
    const renamed = new Map<string, string>();
    for (const { role, reading } of context.sql) {
      if (role !== 'execute' && role !== 'migration') continue;
      for (const { kind, object, before, after } of reading.statements) {
        if (kind === 'drop' && object?.type === 'table') last.set(object.name.toLowerCase(), undefined);
        if (after === undefined) continue;
        last.set(after.name.toLowerCase(), after);
        if (before !== undefined && before.name !== after.name)
          renamed.set(before.name.toLowerCase(), after.name.toLowerCase());
      }
    }
    for (const text of context.sql) {
      if (text.role !== 'execute' && text.role !== 'migration') continue;
      for (const statement of text.reading.statements) {
        const { kind, object, after } = statement;
        if (kind !== 'create' || object?.type !== 'table' || after === undefined) continue;
        const name = after.name.toLowerCase();
        const shape = last.get(renamed.get(name) ?? name);
        // Dropped again.
        if (shape === undefined) continue;
        const bare = shape.foreignKeys.find(({ columns }) => !isIndexed(shape, columns));
        if (bare !== undefined)
          yield {
            place: placeOfStatement(text, statement),
            message: `no index on \`${shape.name} (${bare.columns.join(', ')})\`, which refers to \`${bare.table}\`: every DELETE there scans this table`,
            fix: `add \`CREATE INDEX ${shape.name}_${bare.columns.join('_')} ON ${shape.name} (${bare.columns.join(', ')})\``,
          };
      }
    }
  },
});

/** By an index that begins with these columns, or the primary key. */
function isIndexed(shape: TableShape, columns: readonly string[]): boolean {
  const key = shape.columns
    .filter(({ keyPlace }) => keyPlace > 0)
    .toSorted((a, b) => a.keyPlace - b.keyPlace)
    .map(({ name }) => name);
  const lists = [key, ...shape.indexes.filter(({ isPartial }) => !isPartial).map((index) => index.columns)];
  return lists.some((list) =>
    columns.every((column) =>
      list.slice(0, columns.length).some((each) => isSame(each ?? undefined, column)),
    ),
  );
}
