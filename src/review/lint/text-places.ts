// Places in a text of its own, such as an SQL file.

import type { Place } from '../../diagnostic/index.ts';
import { lineStartsOf, mapSource, type Source } from '../../document/index.ts';

export function textPlaces(source: Source): (offset: number, length: number) => Place {
  const map = mapSource(source, lineStartsOf(source.text));
  return (offset, length) => map.at(offset, length);
}
