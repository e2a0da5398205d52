// A secret written out.

import type { TemplateTree } from '../../../runbook/index.ts';
import { isTemplate } from '../../../runbook/index.ts';
import { placeOf } from '../context.ts';
import { defineRule, runbookExample } from '../rule.ts';

export const literalSecret = defineRule({
  code: 'lint/literal-secret',
  severity: 'error',
  profile: 'basic',
  bad: runbookExample(
    `
  - id: tell
    action: notify.webhook
    with: { url: "https://example.org/hook", body: { text: done }, headers: { Authorization: Bearer 4c2f9a77e1b04d53 } }
`.slice(1),
  ),
  good: runbookExample(
    `
  - id: tell
    action: notify.webhook
    with: { url: "https://example.org/hook", body: { text: done }, headers: { Authorization: "Bearer \${{ secrets.hook }}" } }
`.slice(1),
    { top: 'secrets:\n  hook: { env: HOOK_TOKEN }\n' },
  ),
  *check(context) {
    for (const { step } of context.steps)
      for (const [pointer, key, text] of writtenIn(step.with, '/with'))
        if (looksSecret(key, text))
          yield {
            place: placeOf(step, pointer),
            message: `\`${key}\` of step \`${step.id}\` looks like a secret written out: everybody who reads the repository has it`,
            fix: 'declare it under `secrets`, use `${{ secrets.name }}`, and replace the one that is known now',
          };
    for (const param of context.runbook?.params ?? [])
      if (looksSecret(param.name, typeof param.default === 'string' ? param.default : ''))
        yield {
          place: param.place,
          message: `the default of param \`${param.name}\` looks like a secret written out: everybody who reads the repository has it`,
          fix: 'declare it under `secrets`, and replace the one that is known now',
        };
  },
});

/** What services give out as keys; long enough to be none by accident. */
const shapes =
  /-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk_live_\w{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)|:\/\/[^\s/:@]+:[^\s/@]{3,}@/;
const names =
  /(?:^|[_-]|[a-z](?=[A-Z]))(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|authorization|credentials?)$/i;

function looksSecret(key: string, text: string): boolean {
  if (shapes.test(text)) return true;
  // A name alone says nothing of `${{ … }}`, a path or an empty text.
  return names.test(key) && text.trim().length >= 6 && !text.includes('${{') && !/^[./~]/.test(text.trim());
}

function* writtenIn(tree: TemplateTree, pointer: string): Generator<readonly [string, string, string]> {
  if (isTemplate(tree)) {
    yield [pointer, pointer.split('/').findLast((part) => !/^\d+$/.test(part)) ?? '', tree.source];
    return;
  }
  for (const [key, inner] of Object.entries(tree))
    yield* writtenIn(inner as TemplateTree, `${pointer}/${key}`);
}
