// `requireCommitted`: the files of a run that git does not vouch for.

import { relative } from 'node:path';
import { formatCount } from '../../base/index.ts';
import type { Finding } from '../../diagnostic/index.ts';
import type { RecordedSource } from '../../journal/event.ts';
import { latelyNamedFiles } from '../pinned-files.ts';
import type { ResolvedRun } from '../resolve.ts';
import type { Ruled } from './call.ts';

export function committedFindings(
  { environment, ...rest }: Ruled,
  { runbook, project }: ResolvedRun,
  sources: readonly RecordedSource[] | undefined,
): Finding[] {
  const code = 'policy/not-committed';
  const wants = `environment \`${environment}\` wants every file committed`;
  if (sources === undefined)
    return [{ code, level: 'info', message: `${wants}; \`belay run\` asks git, a plan starts no program` }];
  const problems = [
    ...sources.flatMap((source) => {
      const shown = relative(project.folder, source.path);
      if (source.isDirty === true) return [`\`${shown}\` differs from the commit, or is not in it`];
      return source.unknown === undefined ? [] : [`of \`${shown}\` nothing is known: ${source.unknown}`];
    }),
    ...latelyNamedFiles(runbook).map((id) => `step \`${id}\` names its file only while the run is going on`),
  ];
  const [first] = problems;
  if (first === undefined) return [];
  const others = problems.length - 1;
  return [
    {
      code,
      level: 'error',
      message: `${wants}: ${first}${others > 0 ? `, and ${formatCount(others, 'more file')}` : ''}`,
      ...rest,
      fix: 'commit it, or undo the change; `git status` shows all of them',
    },
  ];
}
