// Functions of texts: CEL's own, `matches` behind its fence, and reading numbers, sizes and JSON.

import { parseSize } from '../../base/index.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { valueText } from '../format-value.ts';
import { checkPattern } from '../pattern.ts';
import { admit, isList, isMap, Optional, type RuntimeValue } from '../runtime.ts';
import { type ExpressionFunction, numberAt, textAt } from './signature.ts';

const twoTexts = { args: ['string', 'string'] } as const;

export const textFunctions: readonly ExpressionFunction[] = [
  ...(
    [
      ['startsWith', (text: string, part: string) => text.startsWith(part)],
      ['endsWith', (text: string, part: string) => text.endsWith(part)],
      ['contains', (text: string, part: string) => text.includes(part)],
    ] as const
  ).map(
    ([name, test]): ExpressionFunction => ({
      name,
      form: 'method',
      summary: `CEL's \`${name}\``,
      overloads: [{ ...twoTexts, result: 'bool' }],
      run(args, { budget }) {
        budget.search(textAt(args, 0), textAt(args, 1));
        return test(textAt(args, 0), textAt(args, 1));
      },
    }),
  ),
  ...(
    [
      ['lowerAscii', (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase())],
      ['upperAscii', (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase())],
      ['trim', (text: string) => text.trim()],
    ] as const
  ).map(
    ([name, change]): ExpressionFunction => ({
      name,
      form: 'method',
      summary: `CEL's \`${name}\``,
      overloads: [{ args: ['string'], result: 'string' }],
      run: (args, { budget }) => budget.text(change(textAt(args, 0))),
    }),
  ),
  ...(
    [
      ['indexOf', (text: string, part: string, from: number | undefined) => text.indexOf(part, from)],
      ['lastIndexOf', (text: string, part: string, from: number | undefined) => text.lastIndexOf(part, from)],
    ] as const
  ).map(
    ([name, find]): ExpressionFunction => ({
      name,
      form: 'method',
      summary: `CEL's \`${name}\`: the place of a part, or -1`,
      overloads: [{ args: ['string', 'string', 'double'], required: 2, result: 'double' }],
      run(args, { budget }) {
        budget.search(textAt(args, 0), textAt(args, 1));
        return find(textAt(args, 0), textAt(args, 1), numberAt(args, 2));
      },
    }),
  ),
  {
    name: 'substring',
    form: 'method',
    summary: "CEL's `substring(start, end)`, end excluded",
    overloads: [{ args: ['string', 'double', 'double'], required: 2, result: 'string' }],
    run(args, { budget }) {
      const text = textAt(args, 0);
      const start = numberAt(args, 1) ?? 0;
      const end = numberAt(args, 2) ?? text.length;
      if (
        !(
          Number.isInteger(start) &&
          Number.isInteger(end) &&
          start >= 0 &&
          start <= end &&
          end <= text.length
        )
      )
        throw new EvaluationError(`its range is not inside the text, which has ${text.length} characters`);
      return budget.text(text.substring(start, end));
    },
  },
  {
    name: 'split',
    form: 'method',
    summary: "CEL's `split(separator, limit)`",
    overloads: [{ args: ['string', 'string', 'double'], required: 2, result: { list: 'string' } }],
    run(args, { budget }) {
      const [text, separator, limit] = [textAt(args, 0), textAt(args, 1), numberAt(args, 2)];
      budget.search(text, separator);
      if (limit === 0) return [];
      const parts = text.split(separator);
      if (limit === undefined || limit < 0 || parts.length <= limit) return budget.list(parts);
      return budget.list([...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]);
    },
  },
  {
    name: 'join',
    form: 'method',
    summary: "CEL's `join(separator)` of a list of texts",
    overloads: [{ args: [{ list: 'string' }, 'string'], required: 1, result: 'string' }],
    run(args, { budget }) {
      const list = isList(args[0] ?? null) ? (args[0] as readonly RuntimeValue[]) : [];
      const separator = textAt(args, 1);
      let length = 0;
      for (const item of list) {
        if (typeof item !== 'string')
          throw new EvaluationError('its list holds something that is not a text');
        length += item.length + separator.length;
        budget.spend(1);
      }
      if (length > 2_000_000) budget.spend(Number.POSITIVE_INFINITY);
      return budget.text(list.join(separator));
    },
  },
  {
    name: 'matches',
    form: 'both',
    summary: 'true when a part of the text matches a pattern, which must be a literal and proven harmless',
    overloads: [{ ...twoTexts, result: 'bool' }],
    checkLiterals([, pattern]) {
      if (pattern === undefined)
        return {
          index: 1,
          message: '`matches()` needs its pattern written out, not computed',
          fix: 'write the pattern as a literal, or use `startsWith`, `endsWith` or `contains`',
          isUnsafePattern: true,
        };
      const verdict = checkPattern(pattern);
      if (verdict.isSafe) return undefined;
      return {
        index: 1,
        message: `the pattern is not allowed: ${verdict.reason}`,
        fix: 'use a simpler pattern, or `startsWith`, `endsWith` or `contains`',
        isUnsafePattern: true,
      };
    },
    run(args, { budget }) {
      const [text, pattern] = [textAt(args, 0), textAt(args, 1)];
      const verdict = checkPattern(pattern);
      if (!verdict.isSafe) throw new EvaluationError(`its pattern is not allowed: ${verdict.reason}`);
      budget.spend(1 + (verdict.factor * Math.max(1, text.length) ** verdict.degree) / 100);
      return new RegExp(pattern).test(text);
    },
  },
  {
    name: 'size',
    form: 'both',
    summary: 'characters of a text, bytes, elements of a list, entries of a map',
    overloads: [
      { args: ['string'], result: 'double' },
      { args: ['bytes'], result: 'double' },
      { args: [{ list: 'dyn' }], result: 'double' },
      { args: [{ map: 'dyn' }], result: 'double' },
    ],
    run([value = null], { budget }) {
      if (typeof value === 'string') {
        budget.spend(value.length / 64);
        let count = 0;
        for (const _ of value) count++;
        return count;
      }
      if (value instanceof Uint8Array || isList(value)) return value.length;
      return isMap(value) ? Object.keys(value).length : 0;
    },
  },
  {
    name: 'json',
    form: 'function',
    summary: 'the value of a JSON text',
    overloads: [{ args: ['string'], result: 'dyn' }],
    run(args, { budget }) {
      const text = textAt(args, 0);
      budget.spend(text.length / 16);
      return parseJson(text);
    },
  },
  {
    name: 'int',
    form: 'function',
    summary: 'a whole number from a text of digits, or a number without its fraction',
    overloads: [
      { args: ['string'], result: 'double' },
      { args: ['double'], result: 'double' },
    ],
    checkLiterals: ([text]) =>
      text !== undefined && readInteger(text) === undefined
        ? { index: 0, message: `\`${text}\` is not a whole number that is exact` }
        : undefined,
    run([value]) {
      if (typeof value === 'number') return Math.trunc(value) + 0;
      const number = readInteger(typeof value === 'string' ? value : '');
      if (number === undefined) throw new EvaluationError('its text is not a whole number that is exact');
      return number;
    },
  },
  {
    name: 'double',
    form: 'function',
    summary: 'a number from a text',
    overloads: [
      { args: ['string'], result: 'double' },
      { args: ['double'], result: 'double' },
    ],
    run([value]) {
      if (typeof value === 'number') return value;
      const text = typeof value === 'string' ? value : '';
      const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
      if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
        throw new EvaluationError('its text is not a number that is exact');
      return number;
    },
  },
  {
    name: 'string',
    form: 'function',
    summary: 'the text of a value, as it is written inside a text',
    overloads: (['string', 'double', 'bool', 'timestamp', 'duration'] as const).map((type) => ({
      args: [type],
      result: 'string',
    })),
    run: ([value = null], { budget }) => budget.text(value instanceof Optional ? '' : valueText(value)),
  },
  {
    name: 'bool',
    form: 'function',
    summary: 'true or false from the texts `true` and `false`',
    overloads: [
      { args: ['string'], result: 'bool' },
      { args: ['bool'], result: 'bool' },
    ],
    run([value]) {
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      throw new EvaluationError('its text is neither `true` nor `false`');
    },
  },
  {
    name: 'parseSize',
    form: 'function',
    summary: 'bytes of a size written `64MiB` or `1GB`',
    overloads: [{ args: ['string'], result: 'double' }],
    checkLiterals: ([text]) =>
      text !== undefined && parseSize(text) === undefined
        ? { index: 0, message: `\`${text}\` is not a size`, fix: 'write it as "64MiB" or "1GB"' }
        : undefined,
    run(args) {
      const bytes = parseSize(textAt(args, 0));
      if (bytes === undefined) throw new EvaluationError('its text is not a size such as `64MiB`');
      return bytes;
    },
  },
];

function readInteger(text: string): number | undefined {
  if (!/^[+-]?\d{1,20}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : undefined;
}

function parseJson(text: string): RuntimeValue {
  let value: unknown;
  try {
    value = JSON.parse(text, (key, inner: unknown) => {
      if (key === '__proto__') throw new EvaluationError('its JSON has a key `__proto__`');
      if (typeof inner === 'number' && Number.isInteger(inner) && !Number.isSafeInteger(inner))
        throw new EvaluationError('its JSON has an integer over 2^53, which would be rounded');
      return inner;
    });
  } catch (error) {
    if (error instanceof EvaluationError) throw error;
    // The parser's own message quotes the text, which may be secret.
    throw new EvaluationError('its text is not JSON');
  }
  return admit(value);
}
