// Takes the right to work on every target that a step may write, in one order for all runs, so that two runs
// with two targets each never wait for one another.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../diagnostic/index.ts';
import { finalRunStates } from '../journal/index.ts';
import { clearLease, inspectLease, type Lease, type LeaseRow, leasePath, takeLease } from '../lease/index.ts';
import { needsLease } from '../plan/index.ts';
import { operatorName, thisProcess } from '../process/index.ts';
import { realPathOf, type TargetSpec } from '../target/index.ts';
import type { Recorder } from './recorder.ts';
import type { RunRequest } from './request.ts';

/** Fills `leases` by target name. Fails with `lease/…` (exit 4); those already taken stay for the caller to release. */
export async function takeLeases(
  request: RunRequest,
  recorder: Recorder,
  leases: Map<string, Lease>,
): Promise<void> {
  const { resolved } = request;
  const wanted = resolved.targets
    .filter((spec) => needsLease(resolved, spec.name))
    .map((spec) => ({ spec, realPath: realPathOf(spec.path) }))
    .sort((a, b) => (a.realPath < b.realPath ? -1 : 1));
  for (const spec of resolved.targets) if (!needsLease(resolved, spec.name)) sayWhoWorks(recorder, spec);
  for (const { spec, realPath } of wanted) {
    const lease = await take(request, recorder, realPath);
    leases.set(spec.name, lease);
    recorder.record({ type: 'lease-taken', target: spec.name, path: lease.path, token: lease.token });
  }
}

/** A run that only reads takes no lease, and says who holds one. */
function sayWhoWorks(recorder: Recorder, spec: TargetSpec): void {
  const status = inspectLease(realPathOf(spec.path));
  if (status.state === 'free') return;
  const { row } = status;
  const who = `run \`${row.runId}\` of ${row.operator} on ${row.host}`;
  const message =
    status.state === 'held'
      ? `\`${spec.name}\` is being worked on by ${who}: what is read may change`
      : `\`${spec.name}\` was left by ${who}, which did not finish: \`belay runs show ${row.runId}\``;
  recorder.record({ type: 'warning', message });
}

async function take(request: RunRequest, recorder: Recorder, realPath: string): Promise<Lease> {
  const { stateFolder } = request.resolved.project;
  const ask = (): Promise<Lease> =>
    takeLease(realPath, {
      runId: recorder.runId,
      stateFolder,
      operator: operatorName(),
      host: thisProcess().host,
      ...(request.lostHost === undefined ? {} : { lostHost: request.lostHost }),
      waitMs: request.lockWaitMs,
      signal: request.interrupt,
      onWait: (row) =>
        recorder.show({
          type: 'progress',
          step: 'lease',
          message: `waiting for ${row.runId} of ${row.operator} (pid ${row.pid} on ${row.host})`,
        }),
    });
  try {
    return await ask();
  } catch (error) {
    // Crash: a run that recorded its end and died before it gave the lease back has left nothing to recover.
    if (!(error instanceof Failure) || error.code !== 'lease/interrupted-run') throw error;
    const left = String(error.details?.runId ?? '');
    const state = request.journal.look(left)?.state;
    if (state !== undefined && finalRunStates.has(state) && clearLease(realPath, left)) return ask();
    throw isForgotten(error, request) ? forgotten(error, left, realPath) : error;
  }
}

/** Nobody can say any more what that run did. Where this user may not look, it is not known to be so. */
function isForgotten({ details }: Failure, { journal, resolved }: RunRequest): boolean {
  const { runId = '', stateFolder = '' } = (details?.holder ?? {}) as Partial<LeaseRow>;
  if (stateFolder === resolved.project.stateFolder) return journal.look(runId) === undefined;
  try {
    return statSync(join(stateFolder, 'journal.db'), { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function forgotten(cause: Failure, run: string, realPath: string): Failure {
  const { stateFolder = '' } = (cause.details?.holder ?? {}) as Partial<LeaseRow>;
  return new Failure(
    'lease/interrupted-run',
    `run \`${run}\` did not finish and still claims \`${realPath}\`, and its state folder \`${stateFolder}\` knows nothing of it`,
    {
      state: 'nothing has been changed; what that run did is not recorded there any more',
      fix: `put the state folder back; or look at the database, and when it is as you want it: \`rm ${leasePath(realPath)}\``,
      cause,
    },
  );
}
