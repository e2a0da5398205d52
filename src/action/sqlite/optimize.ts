// `sqlite.optimize`: let SQLite refresh what has gone stale.

import { defineMaintenance } from './maintenance.ts';

export const sqliteOptimize = defineMaintenance({
  name: 'sqlite.optimize',
  summary: 'Let SQLite refresh what has gone stale',
  description:
    'Runs `PRAGMA optimize`, which analyzes those tables whose statistics no longer fit, with a bounded amount of work. The cheap companion of `sqlite.analyze`.',
  work: (session, options) => session.optimize(options),
});
