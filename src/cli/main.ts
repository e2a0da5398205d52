// The program. Answers `--version` before anything else loads, then hands over to `program.ts`.
// Nothing else may be imported here at the top: every module on this path is paid for by every command.

import { version } from '../base/version.ts';

const argv = process.argv.slice(2);
// A reader that went away (`belay runs list | head`), or a terminal that did, is no reason to stop a run or to complain.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${version}\n`);
} else {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(argv);
}
