// One entry of a store, as far as it can be known without reading the artifact.

import { dirname } from 'node:path';
import { isRecord } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import type { Store } from '../store/index.ts';
import type { BackupEntry, Manifest } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';

export const manifestFile = 'manifest.json';
export const artifactFile = 'database.sqlite.zst';
export const restoreFile = 'RESTORE.txt';

/** A backup where it lies. */
export interface FoundBackup {
  readonly store: Store;
  readonly group: string;
  readonly entry: BackupEntry;
  /** Absent when it is incomplete, unreadable or newer than this Belay. */
  readonly manifest?: Manifest;
  readonly isNewer: boolean;
}

/** Never fails for a bad entry: it says `verified: no` and the problem. */
export async function readBackup(store: Store, group: string, id: string): Promise<FoundBackup> {
  const files = new Map((await store.files(group, id)).map((file) => [file.name, file.sizeBytes]));
  const path = dirname(await store.localPath(group, id, manifestFile));
  const bad = (problem: string, isNewer = false): FoundBackup => ({
    store,
    group,
    isNewer,
    entry: {
      id,
      target: group,
      createdAt: instantOf(id),
      path,
      label: null,
      run: null,
      sizeBytes: [...files.values()].reduce((sum, size) => sum + size, 0),
      databaseBytes: 0,
      verified: 'no',
      contentHash: null,
      problem,
    },
  });
  if (!files.has(manifestFile)) return bad('it has no manifest');
  const text = await store.readText(group, id, manifestFile).catch(unreadable);
  if (text === undefined) return bad('its manifest cannot be read');
  const parsed = parseManifest(text);
  if (parsed.kind !== 'manifest') return bad(parsed.problem, parsed.kind === 'newer');
  const { manifest } = parsed;
  if (manifest.id !== id) return bad(`its manifest is that of \`${manifest.id}\``);
  const problem = problemOf(manifest, files.get(manifest.artifact.file));
  const { database } = manifest;
  return {
    store,
    group,
    isNewer: false,
    manifest,
    entry: {
      id,
      target: manifest.target.name,
      createdAt: manifest.createdAt,
      path,
      label: manifest.label,
      run: manifest.run,
      sizeBytes: manifest.artifact.sizeBytes,
      databaseBytes: database.sizeBytes,
      verified: problem === undefined ? manifest.verification.level : 'no',
      contentHash: database.contentHash,
      ...(problem === undefined ? {} : { problem }),
    },
  };
}

function problemOf(manifest: Manifest, artifactBytes: number | undefined): string | undefined {
  if (artifactBytes === undefined) return `its artifact \`${manifest.artifact.file}\` is missing`;
  if (artifactBytes !== manifest.artifact.sizeBytes)
    return `its artifact has ${artifactBytes} bytes, expected ${manifest.artifact.sizeBytes}`;
  const first = manifest.verification.problems[0];
  return first === undefined ? undefined : `its check found problems: ${first}`;
}

/** A single unreadable manifest must not hide the other backups. */
function unreadable(error: unknown): undefined {
  if (error instanceof Failure || (isRecord(error) && 'code' in error)) return undefined;
  throw error;
}

/** The second in the id, so that an entry without a manifest still sorts among the others. */
function instantOf(id: string): string {
  const match = /^bak-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-/.exec(id);
  if (!match) return new Date(0).toISOString();
  const [, year, month, day, hour, minute, second] = match;
  const parsed = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`);
  return Number.isNaN(parsed.getTime()) ? new Date(0).toISOString() : parsed.toISOString();
}
