// The engine processes of a drill: started when one is needed, used again until a fault kills them, all ended at the end.

import { type NodeProgram, type NodeProgramEnd, startNodeProgram } from '../../process/index.ts';
import type { EngineAnswer, EngineJob } from './fault.ts';

export type EngineEnd =
  | EngineAnswer
  /** By SIGKILL, as the job asked for. */
  | { readonly kind: 'killed' }
  /** It ended without an answer, and nobody had asked for it; or it did not end. */
  | { readonly kind: 'lost'; readonly why: string };

export interface Engines extends AsyncDisposable {
  /** Never rejects for what a job does. */
  perform(job: EngineJob, limitMs: number): Promise<EngineEnd>;
}

export interface EnginesOptions {
  /** The program: it takes what `decide` says first, then jobs one after another. */
  readonly entry: string;
  /** What every process is told before its first job: how to decide the run. */
  readonly decide: object;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts when the drill is given up: all are killed, and no other is started. */
  readonly interrupt: AbortSignal;
}

/** Of what it said last. */
const keptLength = 600;

interface Engine {
  readonly program: NodeProgram;
  work: ((end: EngineEnd) => void) | undefined;
  hasEnded: boolean;
}

export function openEngines(options: EnginesOptions): Engines {
  const all = new Set<Engine>();
  const idle: Engine[] = [];

  const start = async (): Promise<Engine> => {
    const settle = (end: EngineEnd): void => {
      const { work } = engine;
      engine.work = undefined;
      work?.(end);
    };
    const onEnd = (end: NodeProgramEnd): void => {
      engine.hasEnded = true;
      all.delete(engine);
      settle(
        end.signal === 'SIGKILL'
          ? { kind: 'killed' }
          : {
              kind: 'lost',
              why: `the engine ended by itself (${end.signal ?? end.exitCode}): ${end.stderr.trim().slice(-keptLength)}`,
            },
      );
    };
    const engine: Engine = {
      program: await startNodeProgram({
        entry: options.entry,
        env: options.env,
        onMessage: (message) => settle(message as EngineAnswer),
        onEnd: (end) => onEnd(end),
      }),
      work: undefined,
      hasEnded: false,
    };
    all.add(engine);
    engine.program.send(options.decide);
    return engine;
  };

  const endAll = async (): Promise<void> => {
    await Promise.all([...all].map(({ program }) => program.kill()));
  };
  options.interrupt.addEventListener('abort', () => void endAll(), { once: true });

  return {
    async perform(job, limitMs) {
      const stopped: EngineEnd = { kind: 'lost', why: 'the drill was interrupted' };
      if (options.interrupt.aborted) return stopped;
      const engine = idle.pop() ?? (await start());
      if (options.interrupt.aborted) await engine.program.kill();
      if (engine.hasEnded) return stopped;
      let isLate = false;
      const limit = setTimeout(() => {
        isLate = true;
        void engine.program.kill();
      }, limitMs);
      const end = await new Promise<EngineEnd>((resolve) => {
        engine.work = resolve;
        engine.program.send(job);
      });
      clearTimeout(limit);
      if (options.interrupt.aborted) return stopped;
      if (isLate) return { kind: 'lost', why: `it did not end within ${Math.ceil(limitMs / 1000)} s` };
      if (end.kind !== 'killed' && end.kind !== 'lost') idle.push(engine);
      return end.kind === 'killed' && job.strike?.kill?.what !== 'engine'
        ? { kind: 'lost', why: 'the engine was killed by somebody else' }
        : end;
    },
    [Symbol.asyncDispose]: endAll,
  };
}
