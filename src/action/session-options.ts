// How an action calls a session: stopped by the attempt's signal, progress shown as the step's.

import type { SessionOptions } from '../target/index.ts';
import type { RunContext } from './action.ts';

export function sessionOptions(context: RunContext): Required<SessionOptions> {
  return { signal: context.signal, onProgress: (progress) => context.progress(progress) };
}
