// `sqlite.vacuum`: rewrite the database file without free pages.

import { defineAction } from '../action.ts';
import { count, flag, inputs, optional, outputs, share, target, text } from '../fields.ts';
import { sessionOptions } from '../session-options.ts';
import { freeShare } from './free-share.ts';

export const sqliteVacuum = defineAction({
  name: 'sqlite.vacuum',
  summary: 'Rewrite the database file without free pages',
  description:
    'Runs VACUUM: gives free pages back to the file system and orders the rest. Needs as much free disk as the database, and the write lock for the whole time. With `whenFreeAbove` it runs only when it is worth it, and says why it did not.',
  with: inputs({
    target: target(),
    whenFreeAbove: optional(
      share('Run only when more than this part of the file is free pages. Default: always run.'),
    ),
  }),
  outputs: outputs({
    ran: flag('False when there was too little to gain.'),
    reason: text('Why it ran or did not run.'),
    freeShare: share('Part of the file that was free pages before.'),
    sizeBefore: count('Size of the file before, in bytes.'),
    sizeAfter: count('Size of the file after, in bytes.'),
    freedBytes: count('Bytes given back to the file system.'),
  }),
  effect: 'maintain',
  isIdempotent: true,
  targetKeys: ['target'],
  undo: 'none-needed',
  availability: 'available',
  async preview(input, context) {
    const decision = decide(freeShare(await context.facts(input.target)), input.whenFreeAbove);
    return { state: 'would-run', lines: [decision.reason], changesSomething: decision.runs };
  },
  async run(input, context) {
    const session = await context.writer(input.target);
    const options = sessionOptions(context);
    const facts = await session.facts(options);
    const { runs, reason, share } = decide(freeShare(facts), input.whenFreeAbove);
    if (!runs) {
      context.progress({ message: reason });
      const sizes = { sizeBefore: facts.sizeBytes, sizeAfter: facts.sizeBytes, freedBytes: 0 };
      return { outputs: { ran: false, reason, freeShare: share, ...sizes } };
    }
    const { sizeBefore, sizeAfter } = await session.vacuum(options);
    const freedBytes = Math.max(0, sizeBefore - sizeAfter);
    return {
      outputs: { ran: true, reason, freeShare: share, sizeBefore, sizeAfter, freedBytes },
      measures: [
        { name: 'size before', value: sizeBefore, unit: 'bytes' },
        { name: 'size after', value: sizeAfter, unit: 'bytes' },
        { name: 'freed', value: freedBytes, unit: 'bytes' },
      ],
    };
  },
});

function decide(
  share: number,
  threshold: number | undefined,
): { runs: boolean; reason: string; share: number } {
  const free = `${percent(share)} of the file is free pages`;
  if (threshold === undefined) return { runs: true, reason: free, share };
  const runs = share > threshold;
  return {
    runs,
    reason: `${free}, ${runs ? 'more than' : 'not more than'} ${percent(threshold)}: ${runs ? 'runs' : 'does not run'}`,
    share,
  };
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
