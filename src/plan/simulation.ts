// What a plan knows while it walks through the steps, and what it lets actions use: pure readers, nothing that acts.

import type { PreviewContext, RunContext } from '../action/index.ts';
import { createMasker } from '../base/index.ts';
import { Failure, type Finding } from '../diagnostic/index.ts';
import { pinnedFiles } from '../project/index.ts';
import type { Step } from '../runbook/index.ts';
import type { ReadSession, TargetFacts, TargetSpec } from '../target/index.ts';
import type { StepBinding } from './bindings.ts';
import type { PlanRequest } from './request.ts';

/** What is known while walking through the steps. */
export interface Simulation {
  readonly request: PlanRequest;
  readonly facts: Readonly<Record<string, TargetFacts>>;
  readonly readers: Map<string, ReadSession>;
  readonly known: {
    readonly steps: Record<string, StepBinding>;
    readonly preconditions: Record<string, StepBinding>;
  };
  /** Targets that an earlier step would change: what is read of them now says nothing about then. */
  readonly changed: Set<string>;
  readonly neededOutputs: ReadonlySet<string>;
  readonly refusals: Finding[];
  readonly failures: Finding[];
  readonly warnings: Finding[];
}

function specOf(simulation: Simulation, name: string): TargetSpec {
  const spec = simulation.request.resolved.targets.find((each) => each.name === name);
  if (spec === undefined) throw new Error(`no target ${name}`);
  return spec;
}

async function readerOf(simulation: Simulation, name: string): Promise<ReadSession> {
  const open = simulation.readers.get(name);
  if (open !== undefined) return open;
  const reader = await simulation.request.driver.openPure(
    specOf(simulation, name),
    simulation.request.scratchFolder,
  );
  simulation.readers.set(name, reader);
  return reader;
}

export function previewContext(simulation: Simulation): PreviewContext {
  const { request } = simulation;
  return {
    clock: request.clock,
    now: request.now,
    files: pinnedFiles(request.resolved.files),
    target: (name) => specOf(simulation, name),
    facts: async (name) => simulation.facts[name] ?? (await request.driver.probe(specOf(simulation, name))),
    reader: (name) => readerOf(simulation, name),
    schema: async (name) => (await readerOf(simulation, name)).schema(),
    backups: (name, store) => request.listBackups(specOf(simulation, name), store),
    neededBackups: async () => (await request.neededBackups?.()) ?? new Map(),
    mayProbeExternal: request.mayProbeExternal,
  };
}

/** A run context that can only read. */
export function readContext(simulation: Simulation, step: Step): RunContext {
  const { request } = simulation;
  const never = (what: string) => (): never => {
    throw new Error(`a plan does not ${what}`);
  };
  return {
    ...previewContext(simulation),
    runId: '',
    stepId: step.id,
    signal: AbortSignal.timeout(2 ** 31 - 1),
    masker: createMasker(new Map()),
    projectFolder: request.resolved.project.folder,
    scratchFolder: request.scratchFolder,
    writer: never('write'),
    holders: never('look at processes'),
    progress: () => {},
    output: () => {},
    record: () => {},
    warn: () => {},
    backups: {
      create: never('back up'),
      verify: async () => {
        throw new Failure('target/not-simulated', 'a plan does not read backups whole', {
          state: 'nothing was changed',
        });
      },
      expire: never('expire backups'),
      expireOwn: never('expire backups'),
      restore: never('restore'),
      quarantine: never('move files'),
      putBack: never('move files'),
      list: (name, store) => request.listBackups(specOf(simulation, name), store),
    },
    programs: { run: never('start programs') },
  };
}
