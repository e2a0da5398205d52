// Says in one sentence that the pinned Node is missing, before any TypeScript is parsed.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `Belay is built and tested on Node 24.12 or newer, and this is Node ${process.versions.node}: ` +
      'install without `--omit=optional`, or install Node 24 yourself.\n',
  );
  process.exitCode = 2;
}
