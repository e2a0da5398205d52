export { type Clock, systemClock } from './clock.ts';
export { formatCount } from './count.ts';
export { durationPattern, formatDuration, parseDuration } from './duration.ts';
export { createId, type IdKind, isId } from './id.ts';
export { Duration, isRecord, type Json, type JsonObject, Timestamp, type Value } from './json.ts';
export { createMasker, type Masker } from './mask.ts';
export { nearestName } from './near.ts';
export { formatSize, parseSize, sizePattern } from './size.ts';
export { version } from './version.ts';
