// Every rule fires on its bad example and not on its good one.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isInProfile, profiles, rules } from '../../../src/review/lint/index.ts';
import { lintExample } from './support.ts';

describe('a rule', () => {
  for (const rule of rules) {
    it(`${rule.code} is found in its bad example, at the place where it is`, async () => {
      const { findings, isInvalid } = await lintExample(rule.bad);
      assert.equal(isInvalid, false, JSON.stringify(findings));
      const found = findings.filter(({ code }) => code === rule.code);
      assert.ok(
        found.length > 0,
        `not found, but: ${findings.map(({ code, message }) => `${code}: ${message}`)}`,
      );
      for (const { level, place, message, fix } of found) {
        assert.equal(level, rule.severity);
        assert.ok(
          place !== undefined && place.line > 1 - Number(rule.bad.kind === 'sql') && place.text !== undefined,
        );
        assert.match(message, /^[a-z`A-Z]/);
        assert.doesNotMatch(message, /\.$|undefined|\n/);
        assert.ok(fix !== undefined && fix !== '' && !fix.includes('undefined'), fix);
      }
    });

    it(`${rule.code} is not found in its good example, which has no error at all`, async () => {
      const { findings, isInvalid } = await lintExample(rule.good);
      assert.equal(isInvalid, false, JSON.stringify(findings));
      const wrong = findings.filter(({ code, level }) => code === rule.code || level === 'error');
      assert.deepEqual(
        wrong.map(({ code, message }) => `${code}: ${message}`),
        [],
      );
    });

    it(`${rule.code} is in its profile and in every larger one, and in no smaller one`, async () => {
      for (const profile of profiles) {
        const { findings } = await lintExample(rule.bad, profile);
        assert.equal(
          findings.some(({ code }) => code === rule.code),
          isInProfile(rule, profile),
          profile,
        );
      }
    });
  }
});
