// Runs the rules of a profile over a context, and takes out what comments with a reason ignore.

import { nearestName } from '../../base/index.ts';
import { compareFindings, type Finding } from '../../diagnostic/index.ts';
import type { LintContext } from './context.ts';
import { covers, type Ignore, type Ignored, type Range } from './ignores.ts';
import type { LintResult } from './options.ts';
import { rules } from './registry.ts';
import { isInProfile, type Profile } from './rule.ts';

export interface Judged {
  readonly profile: Profile;
  readonly ignores: readonly Ignore[];
  readonly ranges: readonly Range[];
  /** Found before any rule looked, such as files that could not be read. */
  readonly before: readonly Finding[];
}

export function judge(context: LintContext, { profile, ignores, ranges, before }: Judged): LintResult {
  const active = rules.filter((rule) => isInProfile(rule, profile));
  const found: Finding[] = [...before];
  for (const rule of active)
    for (const { level, ...each } of rule.check(context))
      found.push({ code: rule.code, level: level ?? rule.severity, ...each });
  const used = new Set<string>();
  const ignored: Ignored[] = [];
  const findings = withoutTwins(found).filter((finding) => {
    const { place, code } = finding;
    if (place === undefined) return true;
    const name = code.slice('lint/'.length);
    const by = ignores.find(
      (each) => each.reason !== '' && each.rules.includes(name) && covers(each, place, ranges),
    );
    if (by === undefined) return true;
    used.add(keyOf(by, name));
    ignored.push({ finding, reason: by.reason, place: by.place });
    return false;
  });
  findings.push(
    ...ignores.flatMap((ignore) =>
      faultsOf(
        ignore,
        used,
        active.map(({ code }) => code),
      ),
    ),
  );
  return { findings: findings.sort(compareFindings), ignored };
}

/** A file that two runbooks name is said once. */
export function withoutTwins(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, message, place }) => {
    const key = JSON.stringify([code, place?.file, place?.line, place?.column, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function keyOf({ place }: Ignore, name: string): string {
  return `${place.file}:${place.line}:${name}`;
}

function faultsOf(ignore: Ignore, used: ReadonlySet<string>, active: readonly string[]): Finding[] {
  const { reason, place } = ignore;
  if (reason === '' || ignore.rules.length === 0)
    return [
      {
        code: 'lint/ignore-without-reason',
        level: 'warning',
        message: `this comment ignores nothing: it does not say ${ignore.rules.length === 0 ? 'which rule' : 'why'}`,
        place,
        fix: `write \`belay-lint-ignore ${ignore.rules.join(', ') || 'RULE'}: reason\``,
      },
    ];
  const known = rules.map(({ code }) => code.slice('lint/'.length));
  return ignore.rules.flatMap((name): Finding[] => {
    // A rule that this profile does not have may well be found under another.
    if (used.has(keyOf(ignore, name)) || (known.includes(name) && !active.includes(`lint/${name}`)))
      return [];
    const near = known.includes(name) ? undefined : nearestName(name, known);
    return [
      {
        code: 'lint/unused-ignore',
        level: 'warning',
        message: known.includes(name)
          ? `\`${name}\` is not found here, so that this comment ignores nothing`
          : `there is no rule \`${name}\`, so that this comment ignores nothing`,
        place,
        fix: near === undefined ? 'remove the comment' : `did you mean \`${near}\`?`,
      },
    ];
  });
}
