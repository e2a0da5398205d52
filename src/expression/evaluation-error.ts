// Why an evaluation stopped, before it is known which expression it was in. Never leaves this folder.

/** `message` completes "cannot evaluate `…`: "; it names expressions and kinds, never values, which may be secret. */
export class EvaluationError extends Error {}
