// What a gate asks: message, inputs and preview of its step, all computed anew at this moment, and the digest that binds
// an answer to exactly this. Reads only.

import { createHash } from 'node:crypto';
import { type Action, type AnyAction, actionOf, type PreviewContext } from '../action/index.ts';
import { isRecord, type Json, type JsonObject, type Value } from '../base/index.ts';
import { Failure } from '../diagnostic/index.ts';
import { toJson } from '../expression/index.ts';
import type { GateQuestion } from '../gate/index.ts';
import { neededBackups } from '../journal/index.ts';
import { type ActionInput, canonical, resolveInput, stepReferences } from '../plan/index.ts';
import { pinnedFiles } from '../project/index.ts';
import type { Gate, Step } from '../runbook/index.ts';
import { maskJson } from './attempt.ts';
import { bindingsOf, type Execution, refreshFacts } from './execution.ts';
import { type Item, resolveItems } from './items.ts';

export interface AskedGate {
  readonly question: GateQuestion;
  /** sha256 over run, step, message, inputs and preview. */
  readonly digest: string;
  /** sha256 over the inputs alone. */
  readonly inputs: string;
  /** Rows that the step would change, where its preview counts them. */
  readonly rows?: number;
}

/** Fails with `gate/empty-text`, or when message or inputs cannot be computed; nothing has been asked then. */
export async function askedGate(execution: Execution, step: Step, gate: Gate): Promise<AskedGate> {
  await refreshFacts(execution, stepReferences(step));
  const mask = execution.masker;
  const bindings = bindingsOf(execution);
  const message = mask(String(gate.message.evaluate(bindings)));
  const expect = gate.kind === 'confirm' ? expected(step, gate.expect?.evaluate(bindings)) : undefined;
  const planned = await whatItWouldDo(execution, step);
  const lines = planned.lines.map(mask);
  const { resolved, recorder } = execution;
  return {
    question: {
      runId: recorder.runId,
      runbook: resolved.runbook.name,
      step: step.id,
      title: step.title,
      message,
      ...(expect === undefined ? {} : { expect }),
      targets: resolved.targets
        .filter(({ name }) => step.targets.includes(name))
        .map(({ name, path }) => ({ name, path })),
      lines,
      values: Object.entries(planned.with).map(([name, value]) => `${name}: ${shown(value)}`),
      timeoutMs: gate.timeoutMs,
    },
    digest: sha256(
      canonical({
        run: recorder.runId,
        step: step.id,
        kind: gate.kind,
        message,
        expect: expect ?? null,
        with: planned.with,
        lines,
      }),
    ),
    inputs: sha256(canonical(planned.with)),
    ...(planned.rows === undefined ? {} : { rows: planned.rows }),
  };
}

/** An empty text would be confirmed by pressing Enter. */
function expected(step: Step, value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value === null ? '' : String(value).trim();
  if (text !== '') return text;
  throw new Failure('gate/empty-text', `the text to type at the gate of step \`${step.id}\` is empty`, {
    place: step.places['/confirm/expect'] ?? step.place,
    state: 'nothing of this step was done',
  });
}

interface WouldDo {
  readonly with: JsonObject;
  readonly lines: readonly string[];
  readonly rows?: number;
}

async function whatItWouldDo(execution: Execution, step: Step): Promise<WouldDo> {
  const action = step.action === undefined ? undefined : actionOf(step.action);
  if (action === undefined) return { with: {}, lines: [] };
  if (step.forEach === undefined) return await previewOf(execution, step, action, {});
  const items = resolveItems(execution, step);
  const each: WouldDo[] = [];
  for (const { item } of items.slice(0, mostItems))
    each.push(await previewOf(execution, step, action, { [step.forEach.as]: item }));
  return together(items, each);
}

const mostItems = 50;

/** One gate for all items; of more than fifty the rest is only named. */
function together(items: readonly Item[], each: readonly WouldDo[]): WouldDo {
  const isCounted = each.length === items.length && each.every(({ rows }) => rows !== undefined);
  return {
    with: Object.fromEntries(items.map(({ key, item }, i) => [key, each[i]?.with ?? toJson(item)])),
    lines: each.flatMap(({ lines }, i) => lines.map((line) => `${items[i]?.key ?? ''}: ${line}`)),
    ...(isCounted ? { rows: each.reduce((sum, { rows = 0 }) => sum + rows, 0) } : {}),
  };
}

async function previewOf(
  execution: Execution,
  step: Step,
  action: AnyAction,
  loop: Readonly<Record<string, Value>>,
): Promise<WouldDo> {
  const bindings = bindingsOf(execution, loop);
  const input = resolveInput(step, action, bindings, execution.resolved.project.folder);
  const kept = maskJson(execution, toJson(input as Value) as JsonObject);
  if (action.preview === undefined) return { with: kept, lines: [] };
  try {
    const preview = await runPreview(execution, step, action.preview, input);
    const rows = plannedRows(preview.facts);
    return {
      with: kept,
      lines: [...preview.lines, ...(preview.sql ?? [])],
      ...(rows === undefined ? {} : { rows }),
    };
  } catch (error) {
    // Only the preview is missing: whoever answers is told so.
    if (!(error instanceof Failure)) throw error;
    return { with: kept, lines: [`not known: ${error.message}`] };
  }
}

function runPreview(
  execution: Execution,
  step: Step,
  preview: NonNullable<Action['preview']>,
  input: ActionInput,
): ReturnType<NonNullable<Action['preview']>> {
  const { resolved, sessions } = execution;
  const context: PreviewContext = {
    clock: execution.clock,
    now: execution.now,
    files: pinnedFiles(resolved.files),
    target: (name) => {
      const spec = resolved.targets.find((each) => each.name === name);
      if (spec === undefined) throw new Error(`no target ${name}`);
      return spec;
    },
    facts: (name) => sessions.facts(name),
    reader: (name) => sessions.reader(name),
    schema: async (name) => (await sessions.reader(name)).schema(),
    backups: (name, store) => execution.backupsFor(step.id, execution.interrupt).list(name, store),
    neededBackups: async () => neededBackups(execution.journal, execution.recorder.runId),
    mayProbeExternal: false,
  };
  return preview(input as never, context);
}

/** Previews that count say `table: {planned: n}`. */
function plannedRows(facts: JsonObject | undefined): number | undefined {
  const counts = Object.values(facts ?? {}).flatMap((each) =>
    isRecord(each) && typeof each.planned === 'number' ? [each.planned] : [],
  );
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
