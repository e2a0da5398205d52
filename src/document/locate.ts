// The places of a document's values and keys, by path.

import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Place } from '../diagnostic/index.ts';
import { alignScalar } from './align-scalar.ts';
import type { Document, Path } from './document.ts';
import type { SourceMap } from './source-map.ts';

interface Found {
  readonly node: Node | null;
  readonly key: Node | undefined;
}

type Places = Pick<Document, 'place' | 'keyPlace' | 'offsetPlace'>;

export function locate(root: Node | null, anchored: ReadonlyMap<Alias, Node>, map: SourceMap): Places {
  const follow = (node: Node | null | undefined): Node | null =>
    node && isAlias(node) ? (anchored.get(node) ?? node) : (node ?? null);

  /** The deepest node along `path` that exists. */
  const find = (path: Path): Found => {
    let found: Found = { node: root, key: undefined };
    for (const step of path) {
      const parent = follow(found.node);
      let next: Found | undefined;
      if (isMap(parent)) {
        const pair = (parent.items as Pair<Node, Node | null>[]).find(
          (item) => isScalar(item.key) && item.key.value === String(step),
        );
        if (pair) next = { node: pair.value, key: pair.key };
      } else if (isSeq(parent)) {
        const item = parent.items[Number(step)] as Node | undefined;
        if (item) next = { node: item, key: undefined };
      }
      if (!next) break;
      found = next;
    }
    return found;
  };

  const placeOf = ({ node, key }: Found): Place => {
    const [start, end] = node?.range ?? [0, 0];
    // A value that is not written (`key:`) has no place of its own.
    if ((!node || start === end) && key) return placeOf({ node: key, key: undefined });
    if (isMap(node) && !node.flow) {
      const first = (node.items[0] as Pair<Node, Node> | undefined)?.key;
      if (first) return placeOf({ node: first, key: undefined });
    }
    if (isSeq(node) && !node.flow) return map.at(start, 1);
    return map.at(start, end - start);
  };

  return {
    place: (path) => placeOf(find(path)),
    keyPlace(path) {
      const found = find(path);
      return found.key ? placeOf({ node: found.key, key: undefined }) : placeOf(found);
    },
    offsetPlace(path, offset, length) {
      const found = find(path);
      const node = follow(found.node);
      if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return placeOf(found);
      const [start, end] = node.range;
      const source = map.source.text.slice(start, end);
      const first = alignScalar(source, node.value, offset);
      const last = length > 1 ? alignScalar(source, node.value, offset + length - 1) : first;
      return map.at(start + first, last - first + 1);
    },
  };
}
