// What users install needs no build and no Node of ours: `strip` takes the development part out of package.json before
// packing, `restore` puts the whole file back. The original lies beside it meanwhile, so that nothing is lost.

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const manifest = 'package.json';
const kept = 'package.json.unpacked';

switch (process.argv[2]) {
  case 'strip': {
    // A pack that was broken off has left the original here; it must not be overwritten by a stripped one.
    if (existsSync(kept)) renameSync(kept, manifest);
    const whole = readFileSync(manifest, 'utf8');
    const { optionalDependencies, devDependencies, scripts, allowScripts, ...published } = JSON.parse(whole);
    writeFileSync(kept, whole);
    writeFileSync(manifest, `${JSON.stringify(published, null, 2)}\n`);
    break;
  }
  case 'restore':
    if (existsSync(kept)) renameSync(kept, manifest);
    break;
  default:
    process.stderr.write('pack-manifest: expected `strip` or `restore`\n');
    process.exitCode = 2;
}
