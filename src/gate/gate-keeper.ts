// The contract of asking the operator: a question with everything it is about, an answer, and whether anybody could
// answer at all. Silence is never an answer that means yes.

export interface GateKeeper {
  /** Whether somebody could answer this gate; decided without asking, before a run changes anything. */
  canAnswer(gate: { readonly step: string; readonly hasExpect: boolean }): boolean;
  /** Never rejects for what the operator does; `signal` ends the waiting, which then counts as declined. */
  answer(question: GateQuestion, signal: AbortSignal): Promise<GateAnswer>;
}

export interface GateQuestion {
  readonly runId: string;
  readonly runbook: string;
  readonly step: string;
  readonly title: string;
  /** Resolved and masked, like everything here. */
  readonly message: string;
  /** What has to be typed; absent: yes or no. */
  readonly expect?: string;
  readonly targets: readonly { readonly name: string; readonly path: string }[];
  /** What the step would do now. */
  readonly lines: readonly string[];
  /** The resolved inputs of the step: `key: value`. */
  readonly values: readonly string[];
  readonly timeoutMs: number;
}

export interface GateAnswer {
  readonly decision: 'confirmed' | 'declined' | 'expired';
  /** OS user; `nobody` when the gate expired. */
  readonly by: string;
  /** `hangup`, `nobody`: no person has answered. */
  readonly how: 'typed' | '--yes' | '--confirm' | 'timeout' | 'interrupt' | 'hangup' | 'nobody';
  /** Why it was not confirmed. */
  readonly reason?: string;
}
