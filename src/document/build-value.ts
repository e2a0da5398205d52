// YAML nodes → plain JSON values; reports what YAML allows and a runbook must not contain.

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type Document as YamlDocument,
} from 'yaml';
import { nearestName } from '../base/index.ts';
import type { Code, Finding } from '../diagnostic/index.ts';
import { reservedKeys } from './limits.ts';
import type { SourceMap } from './source-map.ts';

export interface Built {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** The node that an alias stands for. */
  readonly anchored: ReadonlyMap<Alias, Node>;
}

/** Never multiplies: an aliased value is built once and shared. */
export function buildValue(document: YamlDocument.Parsed, map: SourceMap): Built {
  const findings: Finding[] = [];
  const anchors = new Map<string, Node>();
  const anchored = new Map<Alias, Node>();
  const built = new Map<Node, unknown>();
  const open = new Set<Node>();

  const report = (code: Code, node: Node, message: string, fix?: string) => {
    const [start, end] = node.range ?? [0, 1];
    findings.push({
      code,
      level: 'error',
      message,
      place: map.at(start, end - start),
      ...(fix === undefined ? {} : { fix }),
    });
  };

  const build = (node: Node | null | undefined): unknown => {
    if (!node) return null;
    if (isAlias(node)) return buildAlias(node);
    // The nearest anchor of a name before its alias counts; YAML allows to set it again.
    const anchor = (node as { anchor?: string }).anchor;
    if (anchor) anchors.set(anchor, node);
    open.add(node);
    const value = isMap(node)
      ? buildMap(node)
      : isSeq(node)
        ? node.items.map((item) => build(item as Node))
        : isScalar(node)
          ? buildScalar(node.value, node)
          : null;
    open.delete(node);
    if (anchor) built.set(node, value);
    return value;
  };

  const buildAlias = (alias: Alias): unknown => {
    const node = anchors.get(alias.source);
    if (!node) {
      const near = nearestName(alias.source, anchors.keys());
      report(
        'document/unknown-alias',
        alias,
        `the alias \`*${alias.source}\` has no anchor \`&${alias.source}\` before it`,
        near ? `did you mean \`*${near}\`?` : `quote it if it is a text: "*${alias.source}"`,
      );
      return null;
    }
    if (open.has(node)) {
      report(
        'document/circular-alias',
        alias,
        `the alias \`*${alias.source}\` stands inside its own anchor`,
        'write the inner part out',
      );
      return null;
    }
    anchored.set(alias, node);
    return built.get(node);
  };

  const buildMap = (node: YAMLMap): Record<string, unknown> => {
    const value: Record<string, unknown> = {};
    const first = new Map<string, Node>();
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = keyOf(pair.key);
      const before = key === undefined ? undefined : first.get(key);
      if (key === undefined || before) {
        if (key !== undefined && before) {
          const line = map.at(before.range?.[0] ?? 0).line;
          report(
            'document/duplicate-key',
            pair.key,
            `the key \`${key}\` stands twice in the same mapping; the first is in line ${line}`,
            'remove or rename one of them',
          );
        }
        build(pair.value);
        continue;
      }
      first.set(key, pair.key);
      value[key] = build(pair.value);
    }
    return value;
  };

  const keyOf = (node: Node): string | undefined => {
    const key = isScalar(node) ? node.value : undefined;
    if (typeof key !== 'string') {
      const found = isScalar(node) ? `\`${node.source ?? String(key)}\`` : 'a list, a mapping or an alias';
      report(
        'document/bad-key',
        node,
        `a key must be a text; found ${found}`,
        isScalar(node) ? 'quote it' : undefined,
      );
      return undefined;
    }
    if (key === '<<') {
      report('document/merge-key', node, 'the merge key `<<` is not part of YAML 1.2', 'write the keys out');
      return undefined;
    }
    if (reservedKeys.has(key)) {
      report('document/reserved-key', node, `the key \`${key}\` is not allowed`, 'choose another name');
      return undefined;
    }
    return key;
  };

  const buildScalar = (value: unknown, node: Node & { source?: string }): unknown => {
    const source = node.source ?? '';
    if (typeof value !== 'bigint' && typeof value !== 'number') return value;
    if (/^[-+]?0[0-9]/.test(source)) {
      const plain = source.replace(/^([-+]?)0+(?=\d)/, '$1');
      report(
        'document/leading-zero',
        node,
        `the number \`${source}\` begins with a zero, which YAML 1.1 and 1.2 read differently`,
        `write \`${plain}\`, or "${source}" if it is a text`,
      );
    }
    const number = Number(value);
    if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
      report(
        'document/integer-too-large',
        node,
        `the integer \`${source}\` is beyond 2^53 and cannot be kept exactly`,
        `quote it if it is a text: "${source}"`,
      );
    } else if (!Number.isFinite(number)) {
      report(
        'document/not-finite',
        node,
        `\`${source}\` is not a finite number`,
        'write a finite number, or leave the key out',
      );
    }
    return number;
  };

  return { value: build(document.contents), findings, anchored };
}
