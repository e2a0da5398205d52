// `npm run crash -- [--kills N] [--points events|calls] [--faults N|every|all] [--rounds N] [--seed N] [--family 'NAME;NAME']
// [--mode WAL|DELETE] [--shard I/N] [--at-once N] [--only REGEXP] [--test kill|fault|together|writers|damage]`: the crash tests,
// as long as asked for. In `npm test` they run in their short form.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '5000' },
    points: { type: 'string' },
    faults: { type: 'string', default: 'every' },
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string' },
    family: { type: 'string' },
    mode: { type: 'string' },
    shard: { type: 'string' },
    'at-once': { type: 'string' },
    only: { type: 'string' },
    test: { type: 'string', default: '' },
  },
});

const asked = (name: string, value: string | undefined): Record<string, string> =>
  value === undefined ? {} : { [`BELAY_CRASH_${name}`]: value };

const all = ['crash/kill', 'crash/fault', 'crash/together', 'crash/writers', 'backup/damage'];
const tests = all
  .filter((each) => values.test === '' || each.endsWith(`/${values.test}`))
  .map((each) => join(import.meta.dirname, '../test', `${each}.test.ts`));
const { status } = spawnSync(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-timeout=36000000', '--test-reporter=spec', ...tests],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      ...asked('KILLS', values.kills),
      ...asked('POINTS', values.points),
      ...asked('FAULTS', values.faults),
      ...asked('ROUNDS', values.rounds),
      ...asked('SEED', values.seed),
      ...asked('FAMILY', values.family),
      ...asked('MODE', values.mode),
      ...asked('SHARD', values.shard),
      ...asked('AT_ONCE', values['at-once']),
      ...asked('ONLY', values.only),
      ...asked('FLIPS', '1000'),
      ...asked('CUTS', '100'),
    },
  },
);
process.exitCode = status ?? 1;
