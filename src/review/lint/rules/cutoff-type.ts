// A column compared with a value of a type that it does not keep.

import { isTemplate, type TemplateTree } from '../../../runbook/index.ts';
import type { TableShape } from '../../sql/index.ts';
import { constantAt, type LintContext, type SqlText } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';
import { isSame, statementsOf } from '../statements.ts';

export const cutoffType = defineRule({
  code: 'lint/cutoff-type',
  severity: 'error',
  profile: 'safety',
  bad: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < :cutoff", params: { cutoff: "\${{ sqlTime(now) }}" }, maxShare: 0.5 }
`.slice(1),
    { schema: ['CREATE TABLE jobs (id INTEGER PRIMARY KEY, done_at INTEGER)'] },
  ),
  good: runbookExample(
    `
  - id: purge
    confirm: { message: Delete old jobs?, expect: jobs }
    action: sqlite.prune
    with: { target: db, table: jobs, where: "done_at < :cutoff", params: { cutoff: "\${{ unixSeconds(now) }}" }, maxShare: 0.5 }
`.slice(1),
    { schema: ['CREATE TABLE jobs (id INTEGER PRIMARY KEY, done_at INTEGER)'] },
  ),
  *check(context) {
    for (const { text, statement, place } of statementsOf(context)) {
      for (const { table, column, parameter } of statement.comparisons) {
        const declared = shapeOf(context, table)?.columns.find(({ name }) => isSame(name, column))?.type;
        const given = typeOfParameter(text, parameter.slice(1));
        const kept = declared === undefined ? undefined : affinityOf(declared);
        if (given === undefined || kept === undefined || given === kept) continue;
        yield {
          place,
          message: `\`${table}.${column}\` is declared ${declared} and compared with ${given === 'text' ? 'a text' : 'a number'}, \`${parameter}\`: every text is larger than every number, so that it selects all rows or none`,
          fix:
            given === 'text'
              ? 'bind what the column keeps, such as `unixSeconds(…)` or `unixMillis(…)`'
              : 'bind what the column keeps, such as `sqlTime(…)` or `iso(…)`',
        };
      }
    }
  },
});

function shapeOf(context: LintContext, table: string): TableShape | undefined {
  const shape = context.table(table);
  return shape?.isAssumed === true ? undefined : shape;
}

function typeOfParameter(text: SqlText, name: string): 'text' | 'number' | undefined {
  if (text.params === undefined || isTemplate(text.params)) return undefined;
  const template = (text.params as Readonly<Record<string, TemplateTree | undefined>>)[name];
  if (template === undefined || !isTemplate(template)) return undefined;
  if (template.kind === 'constant') {
    const value = constantAt(template);
    // SQLite makes a number of a text that looks like one.
    if (typeof value === 'string')
      return value.trim() !== '' && !Number.isNaN(Number(value)) ? undefined : 'text';
    return typeof value === 'number' ? 'number' : undefined;
  }
  return template.type === 'string' ? 'text' : template.type === 'double' ? 'number' : undefined;
}

/** As SQLite reads a declared type; a type that keeps both says nothing. Source: sqlite.org/datatype3.html, 3.1. */
function affinityOf(declared: string): 'text' | 'number' | undefined {
  if (/INT/i.test(declared)) return 'number';
  if (/CHAR|CLOB|TEXT/i.test(declared)) return 'text';
  return /REAL|FLOA|DOUB/i.test(declared) ? 'number' : undefined;
}
