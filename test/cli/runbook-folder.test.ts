import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf } from '../../src/cli/runbook.ts';
import { bundledRunbookFolder, loadProject } from '../../src/project/index.ts';

test('without belay.yaml paths are relative to the runbook, those of a bundled one to the working folder', () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'belay-folder-')));
  try {
    const { project } = loadProject({ cwd, env: {} });
    assert.ok(project);
    assert.equal(project.file, undefined);
    assert.equal(folderOf(project, '/elsewhere/own.yaml'), '/elsewhere');
    assert.equal(folderOf(project, join(bundledRunbookFolder(), 'daily-maintenance.yaml')), cwd);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
