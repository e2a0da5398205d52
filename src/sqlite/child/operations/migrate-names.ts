// Which table a statement writes to by its own words. What triggers and foreign keys reach is not in them, and that is
// the point: a migration may change the rows of a table only when it says so.

import { leadingWords, tokenize } from '../../statements.ts';

export interface OwnTarget {
  readonly verb: 'insert' | 'update' | 'delete' | 'drop' | 'alter' | 'rename';
  readonly table: string;
}

/** Undefined: the statement writes no rows and drops or renames no table. `ALTER TABLE a RENAME TO b` gives both names. */
export function ownTargets(sql: string): OwnTarget[] {
  const words = wordsOf(sql);
  const at = (index: number): string => words[index]?.word ?? '';
  const [first = ''] = leadingWords(sql);
  const found = (verb: OwnTarget['verb'], index: number): OwnTarget[] => {
    const name = nameAt(words, index);
    return name === undefined ? [] : [{ verb, table: name }];
  };
  if (first === 'DROP') return at(1) === 'TABLE' ? found('drop', at(2) === 'IF' ? 4 : 2) : [];
  if (first === 'ALTER') {
    const to = words.findIndex(({ word }, i) => word === 'RENAME' && at(i + 1) === 'TO');
    return [...found('alter', 2), ...(to < 0 ? [] : found('rename', to + 2))];
  }
  if (!['INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'WITH'].includes(first)) return [];
  for (const [i, { word }] of words.entries()) {
    if (word === 'INTO') return found('insert', i + 1);
    if (word === 'DELETE' && at(i + 1) === 'FROM') return found('delete', i + 2);
    if (word === 'UPDATE') return found('update', at(i + 1) === 'OR' ? i + 3 : i + 1);
  }
  return [];
}

interface Word {
  /** Upper-case when it is not quoted; a quoted name is no keyword. */
  readonly word: string;
  readonly name: string;
}

function wordsOf(sql: string): Word[] {
  return tokenize(sql).flatMap(({ kind, start, end }) => {
    const text = sql.slice(start, end);
    if (kind === 'word') return [{ word: text.toUpperCase(), name: text }];
    if (kind === 'quoted') return [{ word: '', name: unquote(text) }];
    // SQLite takes a string for a name where only a name can stand.
    if (kind === 'string') return [{ word: '', name: text.slice(1, -1).replaceAll("''", "'") }];
    return text === '.' ? [{ word: '.', name: '.' }] : [];
  });
}

function nameAt(words: readonly Word[], index: number): string | undefined {
  return words[index + 1]?.word === '.' ? words[index + 2]?.name : words[index]?.name;
}

function unquote(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('[') ? inner : inner.replaceAll(text.charAt(0).repeat(2), text.charAt(0));
}
