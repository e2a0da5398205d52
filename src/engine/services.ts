// What actions use beside their targets: backups and programs, each bound to the step that uses them.

import type { BackupService, ProgramService } from '../action/index.ts';
import { createBackupService } from '../backup/index.ts';
import type { Masker } from '../base/index.ts';
import { neededBackups } from '../journal/index.ts';
import { createProgramService, prepareForPrograms } from '../process/index.ts';
import { openLocalStore } from '../store/index.ts';
import type { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';
import type { Sessions } from './sessions.ts';

export interface Services {
  backupsFor(stepId: string, signal: AbortSignal): BackupService;
  programsFor(stepId: string): ProgramService;
}

export function createServices(
  request: RunRequest,
  recorder: Recorder,
  sessions: Sessions,
  masker: Masker,
  scratchFolder: string,
): Services {
  const { resolved } = request;
  const stores =
    request.stores ??
    new Map(
      Object.values(resolved.project.stores).map(({ name, path }) => [name, openLocalStore(name, path)]),
    );
  const targets = new Map(resolved.targets.map((spec) => [spec.name, spec]));
  const { preconditions, steps, always } = resolved.runbook;
  const named = [...preconditions, ...steps, ...always].flatMap(({ action, rollback }) => [
    action,
    rollback?.kind === 'action' ? rollback.action : undefined,
  ]);
  if (named.includes('command.run')) prepareForPrograms();
  return {
    backupsFor: (stepId, signal) =>
      createBackupService({
        stores,
        targets,
        driver: request.driver,
        facts: (name) => sessions.facts(name),
        writer: (name) => sessions.writer(name),
        release: (name) => sessions.release(name),
        record: (event) => recorder.record(event),
        clock: request.clock,
        runId: recorder.runId,
        stepId,
        scratchFolder,
        belayVersion: request.version,
        pinned: () => neededBackups(request.journal, recorder.runId),
        signal,
        onProgress: (progress) => recorder.show({ type: 'progress', step: stepId, ...progress }),
      }),
    programsFor: (stepId) =>
      createProgramService({
        runId: recorder.runId,
        stepId,
        stateFolder: resolved.project.stateFolder,
        masker,
        onStarted: (process) =>
          recorder.record({ type: 'process-started', role: 'program', ...process, step: stepId }),
      }),
  };
}
