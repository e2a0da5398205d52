// `belay targets`: the catalogue of belay.yaml. Opens none of them; `belay status` looks at their state.

import { formatDuration, shownPath } from '../../base/index.ts';
import { exitCodes } from '../../diagnostic/index.ts';
import { renderTable } from '../../render/index.ts';
import type { CommandModule } from '../command.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  handle(command, async (context) => {
    const format = context.format(['text', 'json']);
    const project = await context.project();
    const targets = Object.values(project.targets);
    if (format === 'json') {
      context.printJson({
        targets: targets.map((target) => ({
          name: target.name,
          driver: target.driver,
          path: target.path,
          store: target.store,
          environment: target.environment ?? null,
          maxBackupAgeMs: target.maxBackupAgeMs ?? null,
        })),
      });
    } else if (targets.length === 0) {
      context.say('no targets in the catalogue; declare them under `targets` in belay.yaml');
    } else {
      context.print(
        renderTable(
          [
            { title: 'target' },
            { title: 'driver' },
            { title: 'path', shrink: 'start' },
            { title: 'store' },
            { title: 'environment' },
            { title: 'backup at most' },
          ],
          targets.map((target) => [
            target.name,
            target.driver,
            shownPath(context.cwd, target.path),
            target.store,
            target.environment ?? '',
            target.maxBackupAgeMs === undefined ? '' : `${formatDuration(target.maxBackupAgeMs)} old`,
          ]),
          context.resultScreen,
        ),
      );
    }
    return exitCodes.done;
  });
};
