// What one evaluation may cost. Every node, every list and every text made or searched is charged, so that no
// expression runs away whatever its data; the units are chosen so that the whole budget is well under a second.

import { Duration, Timestamp, type Value } from '../base/index.ts';
import { EvaluationError } from './evaluation-error.ts';

const totalUnits = 1_000_000;
const maxListLength = 10_000;
export const maxTextLength = 1_048_576;

export class Budget {
  #left = totalUnits;

  /** Fails when the evaluation has cost too much. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw new EvaluationError('it takes too long: it goes through too many values');
  }

  /** Charges for a text that was made, and returns it. */
  text(text: string): string {
    this.spend(text.length / 64);
    if (text.length > maxTextLength)
      throw new EvaluationError(
        `it makes a text longer than ${maxTextLength.toLocaleString('en-US')} characters`,
      );
    return text;
  }

  /** Charges for a list that was made, and returns it. */
  list<T>(list: readonly T[]): readonly T[] {
    this.spend(list.length);
    if (list.length > maxListLength)
      throw new EvaluationError(
        `it makes a list of more than ${maxListLength.toLocaleString('en-US')} values`,
      );
    return list;
  }

  /** Charges for looking for `needle` in `text`; engines are quadratic for texts made to be. */
  search(text: string, needle: string): void {
    this.spend(1 + (text.length * Math.max(1, needle.length)) / 1000);
  }
}

const maxResultUnits = 4_194_304;

/**
 * Fails when a result is too large to be kept or shown. One list may stand in another ten thousand times without
 * costing anything until somebody writes it out.
 */
export function checkResultSize(result: Value): void {
  let units = 0;
  const visit = (value: Value): void => {
    units += typeof value === 'string' || value instanceof Uint8Array ? value.length : 1;
    if (units > maxResultUnits) throw new EvaluationError('its result is too large');
    if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
    if (value instanceof Timestamp || value instanceof Duration) return;
    for (const inner of Object.values(value)) visit(inner as Value);
  };
  visit(result);
}
