// What is known of a target without writing anything. Never throws for a bad target: says so.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../diagnostic/index.ts';
import type { DatabaseFacts } from '../../sqlite/index.ts';
import type { TargetFacts } from '../facts.ts';
import type { SessionOptions } from '../session.ts';
import type { TargetSpec } from '../target.ts';
import { conditionOf, type FileFacts, inspectFile } from './inspect-file.ts';
import { holdPure } from './pure-session.ts';

export async function probe(spec: TargetSpec, options: SessionOptions = {}): Promise<TargetFacts> {
  let file: FileFacts | undefined;
  try {
    file = await inspectFile(spec.path);
    return { ...known(spec, file), condition: 'ok', ...(await read(spec, file, options)) };
  } catch (error) {
    // Being stopped says nothing about the target.
    if (!(error instanceof Failure) || options.signal?.aborted) throw error;
    return { ...known(spec, file), condition: conditionOf(error.code), problem: error.toFinding() };
  }
}

async function read(spec: TargetSpec, file: FileFacts, options: SessionOptions): Promise<DatabaseFacts> {
  const scratch = await mkdtemp(join(tmpdir(), 'belay-probe-'));
  const holder = holdPure(spec.name, file, scratch);
  try {
    return await holder.call('facts', {}, options);
  } finally {
    await holder.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

function known(spec: TargetSpec, file: FileFacts | undefined): Omit<TargetFacts, 'condition'> {
  return {
    name: spec.name,
    path: spec.path,
    ...(file ? { identity: file.identity } : {}),
    sizeBytes: file?.sizeBytes ?? 0,
    walBytes: file?.walBytes ?? 0,
    freeBytes: 0,
    pageSize: 0,
    pageCount: 0,
    journalMode: file ? (file.isWal ? 'wal' : 'delete') : 'unknown',
    encoding: 'unknown',
    applicationId: 0,
    userVersion: 0,
    schemaHash: '',
  };
}
