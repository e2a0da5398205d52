import { defineCodes } from '../code-table.ts';
import { exitCodes } from '../exit-code.ts';

export const leaseCodes = defineCodes({
  'lease/hard-linked-target': {
    exit: exitCodes.refused,
    title: 'the target has more than one name',
    help: 'A hard link lets two runs hold two leases on one database, and SQLite keep two logs. Remove the other names (`find DIR -samefile FILE` lists them). A file that is mounted by itself, as `docker run -v app.db:/data/app.db` does, is the same: mount its folder.',
  },
  'lease/held': {
    exit: exitCodes.refused,
    title: 'another run works on the target',
    help: 'One run at a time may work on a target, whatever project or user it belongs to. Wait for it (`--lock-wait 10m`), or look at it in the state folder that the message names.',
  },
  'lease/interrupted-run': {
    exit: exitCodes.refused,
    title: 'an unfinished run still claims the target',
    help: 'A run was interrupted, or waits, and kept its lease so that nothing else works on a half-done database. Look at it with `belay runs show RUN`; when the database is as you want it, give the claim up with `belay abandon RUN --reason …`. Where its state folder is gone there is nothing to look at but the database itself, and the lease file beside it is removed by hand.',
  },
  'lease/locks-do-not-work': {
    exit: exitCodes.refused,
    title: 'file locks have no effect in the folder of the target',
    help: 'Belay and SQLite both rely on the locks of the file system. Where two processes can hold the same lock neither is safe. Move the database to a local file system.',
  },
  'lease/not-a-lease': {
    exit: exitCodes.refused,
    title: 'the file in the place of the lease is something else',
    help: 'Beside each target Belay keeps `<target>.belay-lock`. A file of that name that Belay did not make is left as it is.',
  },
  'lease/not-released': {
    exit: exitCodes.needsPerson,
    title: 'the lease could not be given back',
    help: 'Another process kept reading the lease file, or it can no longer be written. The run has ended; give its claim up with `belay abandon RUN --reason …`.',
  },
  'lease/other-host': {
    exit: exitCodes.refused,
    title: 'a run on another host claims the target',
    help: 'From here nobody can tell whether that run still works. It is never taken over by itself: look at it on its own host. When that host is gone for good, or has another name now, `belay rollback`, `resume` or `abandon` that run with `--lost-host NAME`; it is refused as long as a process holds the lease.',
  },
  'lease/unwritable-folder': {
    exit: exitCodes.refused,
    title: 'the lease cannot be made beside the target',
    help: 'A run that writes to a database needs `<target>.belay-lock` beside it, as SQLite itself needs its log there. The folder must be writable by the user who runs Belay.',
  },
});
