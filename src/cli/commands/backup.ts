// `belay backup`: everything about backups from the command line.

import type { Command } from 'commander';
import type { PlaceOptions } from '../backup-place.ts';
import type { CommandModule } from '../command.ts';

export const configure: CommandModule['configure'] = (command, handle) => {
  const create = withPlace(command.command('create').description('take a verified backup'))
    .option('--label <WORD>', 'a word to find it by')
    .option('--verify <LEVEL>', 'quick or integrity', 'quick')
    .option('--keep <RULES>', 'remove older ones afterwards, such as last=7,daily=30')
    .option('--lock-wait <DURATION>', 'how long to wait for a database that is in use');
  handle(create, async (context, _words, options) =>
    (await import('./backup/create.ts')).createBackup(context, options),
  );
  const list = withPlace(command.command('list').description('list backups, newest first'));
  handle<PlaceOptions>(list, async (context, _words, options) =>
    (await import('./backup/list.ts')).listBackups(context, options),
  );
  const show = withPlace(
    command.command('show').description('show what a backup says of itself').argument('<BACKUP>', 'an id'),
  );
  handle<PlaceOptions>(show, async (context, [id = ''], options) =>
    (await import('./backup/show.ts')).showBackup(context, id, options),
  );
  const verify = withPlace(
    command
      .command('verify')
      .description('read a backup whole and prove it; all of a database when no id is given')
      .argument('[BACKUP]', 'an id'),
  ).option('--quick', 'a quick check of the content instead of a full one');
  handle(verify, async (context, [id], options) =>
    (await import('./backup/verify.ts')).verifyBackups(context, id, options),
  );
  const find = withPlace(command.command('find').description('find the newest backup that fits'))
    .option('--before <TIME>', 'taken before this, such as 2026-11-21T03:00:00Z')
    .option('--after <TIME>', 'taken after this')
    .option('--label <WORD>', 'with this label')
    .option('--full', 'read and prove it now');
  handle(find, async (context, _words, options) =>
    (await import('./backup/find.ts')).findOne(context, options),
  );
  const restore = withPlace(
    command
      .command('restore')
      .description('put a live database back to a backup')
      .argument('<BACKUP>', 'an id'),
  )
    .option('--confirm <NAME>', 'the base name of the database, instead of typing it')
    .option('--other-database', 'the backup is one of another database, and that is meant')
    .option('--lock-wait <DURATION>', 'how long to wait for a database that is in use');
  handle(restore, async (context, [id = ''], options) =>
    (await import('./backup/restore.ts')).restoreBackup(context, id, options),
  );
  const expire = withPlace(command.command('expire').description('remove old backups by a retention policy'))
    .option('--keep <RULES>', 'such as last=7,daily=30,within=90d; else `keep` of belay.yaml')
    .option('--dry-run', 'say what would stay and go, and why; remove nothing');
  handle(expire, async (context, _words, options) =>
    (await import('./backup/expire.ts')).expireBackups(context, options),
  );
};

function withPlace(command: Command): Command {
  return command
    .option('--target <NAME>', 'a database of the catalogue in belay.yaml')
    .option('--path <FILE>', 'a database file')
    .option('--store <PATH>', 'a folder of backups; needs no project and no state');
}
