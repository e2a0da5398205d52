// The two clocks: wall time for records, monotonic time for durations. Injected, so that tests can fix them.

export interface Clock {
  /** Wall time; goes into records and expressions, never into measuring how long something took. */
  now(): Date;
  /** Milliseconds since an arbitrary start; never jumps back. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
