// SQL in one form, for comparing: without comments, spaces and semicolons at the end, keywords in capitals.
// Judges nothing; names keep their case, because outputs carry it.

import { tokenize } from '../../sqlite/index.ts';

const keywords = new Set(
  `ABORT ADD AFTER ALL ALTER ANALYZE AND AS ASC BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT
  CONFLICT CONSTRAINT CREATE CROSS CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DEFAULT DEFERRABLE DEFERRED DELETE DESC
  DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXISTS FOR FOREIGN FROM FULL GLOB GROUP HAVING IF IN INDEX INDEXED INNER
  INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LEFT LIKE LIMIT MATCH NATURAL NOT NOTNULL NULL OF OFFSET ON OR ORDER
  OUTER OVER PARTITION PRAGMA PRIMARY RECURSIVE REFERENCES REINDEX RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW
  ROWS SELECT SET TABLE TEMP TEMPORARY THEN TO TRANSACTION TRIGGER UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL
  WHEN WHERE WINDOW WITH WITHOUT COUNT SUM MIN MAX AVG`.split(/\s+/),
);

export function normalSql(sql: string): string {
  const parts: string[] = [];
  for (const token of tokenize(sql)) {
    if (token.kind === 'space') continue;
    const text = sql.slice(token.start, token.end);
    const isName = parts.at(-1) === 'AS';
    parts.push(
      !isName && token.kind === 'word' && keywords.has(text.toUpperCase()) ? text.toUpperCase() : text,
    );
  }
  while (parts.at(-1) === ';') parts.pop();
  return parts.join(' ');
}
