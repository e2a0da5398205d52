// How much a reader may do, counted and not timed, so that the same SQL is read to the same place on every machine.

export interface Work {
  /** Characters compiled again because something was missing. */
  characters: number;
  /** Statements and what views and common table expressions make of them. */
  copies: number;
  /** Objects in the schema, which SQLite looks through for every change of it. */
  objects: number;
  looks: number;
}

const most = { characters: 50_000_000, copies: 200_000, looks: 3_000_000 };

export function newWork(): Work {
  return { characters: 0, copies: 0, objects: 0, looks: 0 };
}

export function isUsedUp(work: Work): boolean {
  return work.characters > most.characters || work.copies > most.copies || work.looks > most.looks;
}

/** `times`: how dear the change is, in looks through the schema. */
export function countChange(work: Work, isNew: boolean, times = 1): void {
  if (isNew) work.objects += 1;
  work.looks += work.objects * times;
}
