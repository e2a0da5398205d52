// Whether an UPDATE or DELETE can leave a row alone, and what it compares with parameters: read from the program that
// SQLite makes of it on a table without indexes, keys and triggers, where the program has always the same few forms.

import type { Instruction } from '../../sqlite/index.ts';

export interface PredicateReading {
  readonly hasPredicate: boolean;
  readonly isBounded: boolean;
  /** Place of the column in its table, and number of the parameter, from 1. */
  readonly comparisons: readonly { readonly column: number; readonly parameter: number }[];
}

const comparing = new Set(['Eq', 'Ne', 'Lt', 'Le', 'Gt', 'Ge']);
const seeking = new Set(['SeekRowid', 'SeekGE', 'SeekGT', 'SeekLE', 'SeekLT']);
const deciding = new Set([
  ...comparing,
  ...seeking,
  ...[
    'If',
    'IfNot',
    'IsNull',
    'NotNull',
    'ElseEq',
    'Found',
    'NotFound',
    'Filter',
    'IdxGT',
    'IdxGE',
    'IdxLT',
    'IdxLE',
  ],
]);

/** `rootPage` is that of the table. Undefined when the program has none of the forms. */
export function readPredicate(
  program: readonly Instruction[],
  rootPage: number,
): PredicateReading | undefined {
  if (program.some(({ opcode }) => opcode === 'Clear'))
    return { hasPredicate: false, isBounded: false, comparisons: [] };
  const cursor = program.find(
    ({ opcode, p2, p3 }) => (opcode === 'OpenRead' || opcode === 'OpenWrite') && p2 === rootPage && p3 === 0,
  )?.p1;
  if (cursor === undefined) return undefined;
  const chosen = program.findLast(({ opcode }) => opcode === 'RowSetAdd') ?? rowWrite(program);
  if (chosen === undefined) return undefined;
  const collect = collectingOf(program, chosen);
  const before = program.filter(({ address }) => address < collect.address);
  const hasSeek = before.some(({ opcode, p1 }) => seeking.has(opcode) && p1 === cursor);
  return {
    hasPredicate: hasSeek || loopsAround(program, collect.address).some((loop) => canSkip(before, loop)),
    isBounded: hasLimit(program),
    comparisons: comparisonsOf(program, cursor),
  };
}

/** The first change of a row of the table. */
function rowWrite(program: readonly Instruction[]): Instruction | undefined {
  return program.find(({ opcode, p4 }) => (opcode === 'Delete' || opcode === 'Insert') && p4 !== '');
}

/** Where a row is taken: the change itself, or, when rows are collected first, the note made of it. */
function collectingOf(program: readonly Instruction[], chosen: Instruction): Instruction {
  if (chosen.opcode === 'RowSetAdd') return chosen;
  const [loop] = loopsAround(program, chosen.address);
  if (loop === undefined) return chosen;
  return (
    program.findLast(
      ({ opcode, p1, address }) => opcode === 'Insert' && p1 === loop.next.p1 && address < loop.next.p2,
    ) ?? chosen
  );
}

interface Loop {
  readonly next: Instruction;
}

function loopsAround(program: readonly Instruction[], address: number): Loop[] {
  return program
    .filter(
      ({ opcode, p2, address: at }) =>
        (opcode === 'Next' || opcode === 'Prev') && p2 <= address && address < at,
    )
    .map((next) => ({ next }));
}

/** A jump that goes on with the next row, or out of the loop, because of a value. */
function canSkip(before: readonly Instruction[], { next }: Loop): boolean {
  return before.some(
    ({ opcode, p2, address }) =>
      deciding.has(opcode) &&
      address >= next.p2 &&
      (p2 === next.address || (comparing.has(opcode) && p2 === next.address + 1)),
  );
}

/** A LIMIT, but not the one row of a subquery that stands for a value. */
function hasLimit(program: readonly Instruction[]): boolean {
  return program.some(
    ({ opcode, p1 }) =>
      opcode === 'DecrJumpZero' &&
      !program.some((each) => each.opcode === 'Integer' && each.p2 === p1 && each.p1 === 1),
  );
}

function comparisonsOf(program: readonly Instruction[], cursor: number): PredicateReading['comparisons'] {
  const columns = new Map<number, number>();
  const parameters = new Map<number, number>();
  const found: { column: number; parameter: number }[] = [];
  for (const { opcode, p1, p2 } of program) if (opcode === 'Variable') parameters.set(p2, p1);
  for (const { opcode, p1, p2, p3 } of program) {
    if (opcode === 'Column' && p1 === cursor) columns.set(p3, p2);
    if (!comparing.has(opcode)) continue;
    for (const [a, b] of [
      [p1, p3],
      [p3, p1],
    ] as const) {
      const [column, parameter] = [columns.get(a), parameters.get(b)];
      if (column !== undefined && parameter !== undefined) found.push({ column, parameter });
    }
  }
  return found;
}
