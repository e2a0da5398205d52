// What the pages say is true: commands exit as they promise, runbooks validate, links lead somewhere.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { catalogue } from '../../src/cli/catalogue.ts';
import { loadProject } from '../../src/project/index.ts';
import { loadRunbook } from '../../src/runbook/index.ts';
import {
  type Block,
  blocksOf,
  canRun,
  commandsOf,
  docsProject,
  pages,
  pathOf,
  readPage,
  root,
} from './support.ts';

describe('the README and the how-tos', () => {
  for (const page of pages) {
    const blocks = blocksOf(readPage(page));

    test(`${page}: every command exits as the page promises`, (t) => {
      using project = docsProject();
      for (const block of [...blocksOf(readPage('README.md')).filter(pathOf), ...blocks]) {
        const path = pathOf(block);
        if (path !== undefined) project.write(path, block.text);
        else if (commandsOf(block).length === 0) continue;
        else if (canRun(block)) project.runBlock(block);
        else
          t.diagnostic(`${page}:${block.line}: not run, it ${block.info.slice(3)}, which are not installed`);
      }
    });

    test(`${page}: every runbook, and every part of one, validates`, () => {
      for (const block of blocks.filter(isFormat)) {
        if (pathOf(block) === 'belay.yaml') {
          using project = docsProject();
          project.write('belay.yaml', block.text);
          const { findings } = loadProject({ cwd: project.folder, env: {} });
          assert.deepEqual(messages(findings), [], `${page}:${block.line}`);
          continue;
        }
        const shown = `${page}:${block.line}`;
        using project = docsProject();
        project.write('runbooks/part.yaml', wholeRunbook(block.text));
        const { findings } = loadRunbook(join(project.folder, 'runbooks', 'part.yaml'), {
          projectFolder: project.folder,
          shownAs: shown,
        });
        assert.deepEqual(messages(findings), [], shown);
      }
    });

    test(`${page}: every link leads to a file`, () => {
      for (const [, target = ''] of readPage(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
        if (/^https?:/.test(target)) continue;
        assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
      }
    });
  }

  test('the README names every runbook that comes with Belay', () => {
    const bundled = readdirSync(join(root, 'runbooks')).filter(
      (name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'),
    );
    for (const name of bundled)
      assert.match(readPage('README.md'), new RegExp(`^\\| \`${name.slice(0, -5)}\` \\|`, 'm'));
  });

  test('what the README calls missing is missing', () => {
    const limits = /^- Not there yet.*?^$/ms.exec(readPage('README.md'))?.[0] ?? '';
    const reserved = [...(/commands (.*?) and the/s.exec(limits)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(
      ([, name]) => name,
    );
    assert.ok(reserved.length > 0);
    for (const name of reserved)
      assert.ok(
        catalogue.some((entry) => entry.name === name && entry.load === undefined),
        `\`${name}\` is there: say so in README.md`,
      );
  });
});

function messages(findings: readonly { readonly code: string; readonly message: string }[]): string[] {
  return findings.map(({ code, message }) => `${code}: ${message}`);
}

/** A runbook, a part of one or a project file; other YAML on a page is a file with params. */
function isFormat({ info, text }: Block): boolean {
  return (
    info === 'yaml' &&
    !/^cases:/m.test(text) &&
    /^(apiVersion|params|secrets|targets|preconditions|steps|always|outputs):/m.test(text)
  );
}

/** A part of a runbook (`steps:` alone, `params:` alone) with what it leaves out. */
function wholeRunbook(text: string): string {
  if (/^apiVersion:/m.test(text)) return text;
  const missing = [
    'apiVersion: belay/v1\nname: part\n',
    /^params:/m.test(text) ? '' : 'params: { database: { type: path, required: true } }\n',
    /^targets:/m.test(text) ? '' : 'targets: { db: { driver: sqlite, path: ./app.db } }\n',
    /^steps:/m.test(text) ? '' : 'steps: [{ id: look, action: sqlite.check, with: { target: db } }]\n',
  ];
  return missing.join('') + text;
}
