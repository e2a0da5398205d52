// `sqlite.analyze`: refresh the statistics of the query planner.

import { defineMaintenance } from './maintenance.ts';

export const sqliteAnalyze = defineMaintenance({
  name: 'sqlite.analyze',
  summary: 'Refresh the statistics of the query planner',
  description: "Runs ANALYZE over the whole database. Writes only the planner's own tables (`sqlite_stat*`).",
  work: (session, options) => session.analyze(options),
});
