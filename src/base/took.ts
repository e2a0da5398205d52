// How long something took, as far as its record can say.

/** Undefined while it is not over, and where a clock that was set back is all there is. */
export function tookMs(recorded: {
  readonly startedAt: string;
  readonly endedAt?: string;
  /** By a clock that nobody sets. */
  readonly durationMs?: number;
}): number | undefined {
  const { startedAt, endedAt, durationMs } = recorded;
  if (endedAt === undefined) return undefined;
  const ms = durationMs ?? Date.parse(endedAt) - Date.parse(startedAt);
  return ms < 0 ? undefined : ms;
}
