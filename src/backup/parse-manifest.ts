// manifest.json as read from a store: text that somebody may have changed. Anything unexpected is a problem in words,
// never a guess.

import { isRecord } from '../base/index.ts';
import type { Manifest } from './manifest.ts';

export type ParsedManifest =
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
  | { readonly kind: 'newer'; readonly problem: string }
  | { readonly kind: 'unreadable'; readonly problem: string };

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const textOrNull: Check = (value) => value === null || typeof value === 'string';
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const integer: Check = (value) => Number.isSafeInteger(value);
const sha256: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const instant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const fileName: Check = (value) => typeof value === 'string' && /^[^./\\\0][^/\\\0]*$/.test(value);
const listOf =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);

const shape: Readonly<Record<string, Check>> = {
  id: text,
  createdAt: instant,
  'target.group': text,
  'target.name': text,
  'target.realPath': text,
  'target.device': text,
  'target.inode': text,
  'target.ownerId': count,
  'target.groupId': count,
  'target.mode': count,
  run: textOrNull,
  step: textOrNull,
  label: textOrNull,
  belayVersion: text,
  'database.sizeBytes': count,
  'database.pageSize': count,
  'database.pageCount': count,
  'database.encoding': text,
  'database.journalMode': text,
  'database.applicationId': integer,
  'database.userVersion': integer,
  'database.contentHash': sha256,
  'database.sha256': sha256,
  'database.tables': listOf((item) => isRecord(item) && text(item.table) && count(item.rows)),
  'artifact.file': fileName,
  'artifact.compression': (value) => value === 'zstd',
  'artifact.sizeBytes': count,
  'artifact.sha256': sha256,
  'verification.level': (value) => value === 'quick' || value === 'integrity',
  'verification.at': instant,
  'verification.problems': listOf(text),
};

export function parseManifest(source: string): ParsedManifest {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return { kind: 'unreadable', problem: 'its manifest is no JSON' };
  }
  if (!isRecord(value)) return { kind: 'unreadable', problem: 'its manifest is no JSON object' };
  if (typeof value.version === 'number' && value.version > 1)
    return {
      kind: 'newer',
      problem: `its manifest has version ${value.version}; this Belay knows version 1`,
    };
  if (value.version !== 1) return { kind: 'unreadable', problem: 'its manifest has no version' };
  for (const [path, check] of Object.entries(shape)) {
    if (!check(at(value, path)))
      return { kind: 'unreadable', problem: `\`${path}\` in its manifest is missing or not valid` };
  }
  return { kind: 'manifest', manifest: value as unknown as Manifest };
}

function at(value: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), value);
}
