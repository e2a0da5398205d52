// Labels of the copies that the engine takes for itself: the way back of a run, and what a rollback set aside.

export const preOperationLabel = 'pre-operation';
export const quarantineLabel = 'quarantine';

/** Such a copy is left out of the retention that a runbook or the catalogue asks for. */
export function isOwnCopy(label: string | null): boolean {
  return label === preOperationLabel || label === quarantineLabel;
}
