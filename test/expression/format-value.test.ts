import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Duration, parseDuration, Timestamp } from '../../src/base/index.ts';
import { formatValue, toJson } from '../../src/expression/index.ts';

test('numbers are written in decimal and read back as the same number', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger()),
      (number) => {
        const text = formatValue(number);
        assert.match(text, /^-?\d+(\.\d+)?$/);
        assert.equal(Number(text), number === 0 ? 0 : number);
      },
    ),
  );
});

test('durations are read back as the same duration', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000_000), (ms) => {
      assert.equal(parseDuration(formatValue(new Duration(ms))), ms);
    }),
  );
  assert.equal(formatValue(new Duration(90 * 86_400_000)), '90d');
  assert.equal(formatValue(new Duration(5_400_500)), '1h30m500ms');
  assert.equal(formatValue(new Duration(-60_000)), '-1m');
  assert.equal(formatValue(new Duration(0)), '0s');
});

test('every other kind has one form', () => {
  assert.equal(formatValue('x'), 'x');
  assert.equal(formatValue(true), 'true');
  assert.equal(formatValue(new Timestamp(0)), '1970-01-01T00:00:00.000Z');
  assert.equal(formatValue([1, { a: new Timestamp(0) }]), '[1,{"a":"1970-01-01T00:00:00.000Z"}]');
  for (const value of [null, new Uint8Array(1)])
    assert.throws(() => formatValue(value), { code: 'expression/evaluation' });
});

test('JSON holds instants, durations and bytes as text', () => {
  assert.deepEqual(
    toJson({ t: new Timestamp(0), d: new Duration(1500), b: new Uint8Array([1, 2, 3]), n: null, l: [true] }),
    {
      t: '1970-01-01T00:00:00.000Z',
      d: '1s500ms',
      b: 'AQID',
      n: null,
      l: [true],
    },
  );
});
