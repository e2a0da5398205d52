// `belay list`: the runbooks of the project. A file that does not compile is listed, with what is wrong.

import { shownPath } from '../../base/index.ts';
import { exitCodes, Failure } from '../../diagnostic/index.ts';
import { renderTable } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';
import { folderOf } from '../runbook.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  command.option('--names', 'only the names, one per line');
  handle<{ names?: boolean }>(command, async (context, _words, options) => {
    const format = context.format(['text', 'json']);
    const project = await context.project();
    const { listRunbooks } = await import('../../project/index.ts');
    if (options.names === true) {
      context.print(
        listRunbooks(project)
          .map(({ name }) => `${name}\n`)
          .join(''),
      );
      return exitCodes.done;
    }
    const { loadRunbook } = await import('../../runbook/index.ts');
    const readRunbook: typeof loadRunbook = (path, request) => {
      try {
        return loadRunbook(path, request);
      } catch (error) {
        if (error instanceof Failure) return { findings: [error.toFinding()] };
        throw error;
      }
    };
    const rows = listRunbooks(project).map(({ name, path, isBundled }) => {
      const file = shownPath(context.cwd, path);
      const { runbook, findings } = readRunbook(path, {
        projectFolder: folderOf(project, path),
        shownAs: file,
      });
      const errors = findings.filter((finding) => finding.level === 'error').length;
      return { name, file, isBundled, title: runbook?.title ?? null, isValid: runbook !== undefined, errors };
    });
    if (format === 'json') {
      context.printJson({ runbooks: rows });
    } else if (rows.length === 0) {
      context.say('no runbooks here; `belay init` writes an example');
    } else {
      context.print(
        renderTable(
          [{ title: 'runbook' }, { title: 'title', shrink: 'end' }, { title: 'file', shrink: 'start' }],
          rows.map((row) => [
            row.name,
            row.title ?? `invalid: \`belay validate ${row.file}\` says why`,
            row.isBundled ? '(comes with belay)' : row.file,
          ]),
          context.resultScreen,
        ),
      );
    }
    return exitCodes.done;
  });
};
