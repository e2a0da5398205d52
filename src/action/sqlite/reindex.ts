// `sqlite.reindex`: build all indexes anew.

import { defineMaintenance } from './maintenance.ts';

export const sqliteReindex = defineMaintenance({
  name: 'sqlite.reindex',
  summary: 'Build all indexes anew',
  description:
    'Runs REINDEX. Needed after a collation has changed, or when `integrity_check` says that an index does not match its table. Holds the write lock for as long as it takes.',
  work: (session, options) => session.reindex(options),
});
