// What was said of the copies is said of the targets; ids of backups that are thrown away are left out, so that one
// cause has one sentence.

import { realPathOf } from '../../target/index.ts';
import type { BenchTarget } from './bench.ts';

/** Of a plain value: it goes through JSON. */
export function sayable<T>(value: T, targets: readonly BenchTarget[]): T {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each !== 'string'
      ? each
      : targets
          .reduce(
            (text, { live, copy }) =>
              text.replaceAll(copy.path, live.path).replaceAll(realPathOf(copy.path), live.path),
            each,
          )
          .replaceAll(/\bbak-\d{8}-\d{6}-[a-z0-9]{4}\b/g, 'bak-…'),
  ) as T;
}
