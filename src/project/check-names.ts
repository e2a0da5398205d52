// The names that belay.yaml uses must be names that it declares, and its folders of runbooks its own; the names of time
// zones, names that there are.

import { nearestName } from '../base/index.ts';
import { type Code, compareFindings, type Finding } from '../diagnostic/index.ts';
import { belongsTo, type Document, type Path } from '../document/index.ts';
import { resolvePath } from './paths.ts';
import type { Project } from './project.ts';
import type { WrittenProject } from './read-project.ts';

export function checkNames(document: Document, written: WrittenProject, project: Project): Finding[] {
  const findings: Finding[] = [];
  const check = (code: Code, kind: string, name: string | undefined, known: object, path: Path) => {
    if (name === undefined || Object.hasOwn(known, name)) return;
    const near = nearestName(name, Object.keys(known));
    findings.push({
      code,
      level: 'error',
      message: `there is no ${kind} \`${name}\``,
      place: document.place(path),
      label: `not under \`${kind}s\``,
      fix: near ? `did you mean \`${near}\`?` : `declare it under \`${kind}s\``,
    });
  };
  const { stores, environments } = project;
  for (const [name, target] of Object.entries(written.targets ?? {})) {
    check('project/unknown-store', 'store', target.store, stores, ['targets', name, 'store']);
    const path = ['targets', name, 'environment'];
    check('project/unknown-environment', 'environment', target.environment, environments, path);
  }
  const ofDefaults = written.defaults?.environment;
  check('project/unknown-environment', 'environment', ofDefaults, environments, ['defaults', 'environment']);
  for (const [index, schedule] of (written.schedules ?? []).entries()) {
    const path = ['schedules', index, 'env'];
    check('project/unknown-environment', 'environment', schedule.env, environments, path);
  }
  for (const [name, environment] of Object.entries(written.environments ?? {}))
    for (const [index, { zone }] of (environment.policy?.windows ?? []).entries()) {
      if (isZone(zone)) continue;
      findings.push({
        code: 'project/unknown-zone',
        level: 'error',
        message: `\`${zone}\` is not a time zone`,
        place: document.place(['environments', name, 'policy', 'windows', index, 'zone']),
        fix: 'write an IANA name such as `Europe/Berlin`, or `UTC`',
      });
    }
  for (const [index, folder] of (written.runbooks ?? []).entries()) {
    if (belongsTo(resolvePath(project.folder, folder), project.folder)) continue;
    findings.push({
      code: 'project/runbooks-outside',
      level: 'warning',
      message: `the folder \`${folder}\` lies outside the project and is not searched for runbooks`,
      place: document.place(['runbooks', index]),
      fix: 'name a runbook there by its path, or move the folder into the project',
    });
  }
  return findings.sort(compareFindings);
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
