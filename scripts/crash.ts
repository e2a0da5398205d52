// `npm run crash -- [--kills N] [--faults N|all] [--rounds N] [--seed N] [--family NAME]`: the crash tests, as long as asked
// for. In `npm test` they run in their short form.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '5000' },
    faults: { type: 'string', default: 'all' },
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string' },
    family: { type: 'string' },
  },
});

const tests = ['crash/*.test.ts', 'backup/damage.test.ts'].map((each) =>
  join(import.meta.dirname, '../test', each),
);
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-timeout=36000000', ...tests],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      BELAY_CRASH_KILLS: values.kills,
      BELAY_CRASH_FAULTS: values.faults,
      BELAY_CRASH_ROUNDS: values.rounds,
      BELAY_CRASH_FLIPS: '1000',
      BELAY_CRASH_CUTS: '100',
      ...(values.seed === undefined ? {} : { BELAY_CRASH_SEED: values.seed }),
      ...(values.family === undefined ? {} : { BELAY_CRASH_FAMILY: values.family }),
    },
  },
);
process.exitCode = status ?? 1;
