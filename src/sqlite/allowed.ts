// What the SQL of a runbook may ask SQLite for: PRAGMAs, functions, modules. The child refuses the rest; lint says so before.

export const readablePragmas = new Set(
  [
    'application_id auto_vacuum collation_list compile_options data_version database_list encoding foreign_key_check',
    'foreign_key_list foreign_keys freelist_count function_list index_info index_list index_xinfo integrity_check',
    'journal_mode journal_size_limit max_page_count module_list page_count page_size pragma_list quick_check',
    'recursive_triggers schema_version synchronous table_info table_list table_xinfo user_version',
  ].flatMap((line) => line.split(' ')),
);
/** These take the name of a table or a limit as argument and change nothing. */
const askingPragmas = new Set(
  'foreign_key_check foreign_key_list index_info index_list index_xinfo integrity_check quick_check table_info table_list table_xinfo'.split(
    ' ',
  ),
);
export const headerPragmas = new Set(['user_version', 'application_id']);
export const refusedFunctions = new Set([
  'load_extension',
  'fts3_tokenizer',
  'sqlite_attach',
  'sqlite_detach',
]);
export const modules = new Set(
  'fts3 fts4 fts4aux fts5 fts5vocab fts3tokenize rtree rtree_i32 geopoly dbstat'.split(' '),
);

/** A PRAGMA that only tells something. */
export function isAsking(name: string, value: string): boolean {
  return readablePragmas.has(name) && (value === '' || askingPragmas.has(name));
}

/** A PRAGMA that the SQL of a step may hold; one that only reads, when `isQuery`. */
export function isPragmaAllowed(name: string, value: string, isQuery: boolean): boolean {
  return isAsking(name, value) || (!isQuery && (headerPragmas.has(name) || name === 'defer_foreign_keys'));
}
