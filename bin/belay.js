#!/usr/bin/env node
// The door of the program. Plain JavaScript that any Node can parse: it decides whether this Node can
// run Belay before anything else is loaded, because native code crashes on an older one.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 12)) {
  process.stderr.write(
    `belay needs Node 24.12 or newer; this is Node ${process.versions.node}. In the checkout, \`npx belay\` brings its own.\n`,
  );
  process.exitCode = 2;
} else {
  const [{ enableCompileCache }, { fileURLToPath }] = await Promise.all([
    import('node:module'),
    import('node:url'),
  ]);
  // Beside the program and not in the common temporary folder, where anybody could have put something to be run.
  enableCompileCache?.(fileURLToPath(new URL('../dist/compile-cache', import.meta.url)));
  await import('../dist/cli.js');
}
