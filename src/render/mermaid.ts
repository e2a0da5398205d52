// The course of a runbook as a Mermaid flowchart: what is asked, what is done, and up to where a failure puts it back.
// What a file says is only ever inside a label, where it is text.

import { clip } from '../base/index.ts';
import { escapeLine } from '../diagnostic/index.ts';
import type { Step } from '../runbook/runbook.ts';

export interface Course {
  readonly preconditions: readonly Step[];
  readonly steps: readonly Step[];
  readonly always: readonly Step[];
}

/** Readers of Markdown draw no diagram of more than 500 arrows, and nobody reads one of more than this. */
const mostSteps = 60;

/** Close together, in wide nodes. */
const head = '%%{init: {"flowchart": {"rankSpacing": 28, "wrappingWidth": 320}}}%%';

const looks = {
  read: 'fill:#eef2f7,stroke:#64748b,color:#0f172a',
  maintain: 'fill:#e0f2fe,stroke:#0369a1,color:#0f172a',
  change: 'fill:#fef3c7,stroke:#b45309,color:#0f172a',
  destroy: 'fill:#fee2e2,stroke:#b91c1c,color:#0f172a',
  external: 'fill:#ede9fe,stroke:#6d28d9,color:#0f172a',
  ask: 'fill:#ffffff,stroke:#0f172a,stroke-width:2px,color:#0f172a',
  plain: 'fill:#ffffff,stroke:#94a3b8,color:#0f172a',
} as const;
type Look = keyof typeof looks;

export function renderMermaid({ preconditions, steps, always }: Course): string {
  const lines: string[] = [head, 'flowchart TD'];
  const edges: string[] = [];
  let last = 'start';
  let next = 0;
  const used = new Set<Look>(['plain']);
  const add = (node: string, look: Look, open: string, label: string, close: string) => {
    lines.push(`  ${node}${open}"${label}"${close}:::${look}`);
    edges.push(`  ${last} --> ${node}`);
    used.add(look);
    last = node;
  };
  const addStep = (step: Step) => {
    const n = next++;
    if (step.gate !== undefined) {
      const who = step.gate.kind === 'confirm' ? 'operator confirms' : 'others approve';
      add(`g${n}`, 'ask', '{{', label([who, step.gate.message.source]), '}}');
    }
    if (step.kind === 'gate') return;
    const [open, close] = step.forEach === undefined ? ['[', ']'] : ['[[', ']]'];
    add(`s${n}`, step.effect, open, stepLabel(step), close);
  };

  lines.push(`  start(["${label(['start'])}"]):::plain`);
  if (preconditions.length > 0) {
    const titles = preconditions.slice(0, 6).map((step) => step.title);
    const more = preconditions.length > 6 ? [`and ${preconditions.length - 6} more`] : [];
    add('pre', 'read', '[', label(['must hold, or nothing starts', ...titles, ...more]), ']');
  }
  const shown = steps.slice(0, mostSteps);
  for (const step of shown) {
    addStep(step);
    if (step.accept === true)
      add(`a${next}`, 'ask', '([', label(['accepted: from here on nothing is put back']), '])');
  }
  if (steps.length > shown.length)
    add('more', 'plain', '[', label([`and ${steps.length - shown.length} more steps`]), ']');
  if (always.length > 0) {
    const titles = always.slice(0, 6).map((step) => step.title);
    add('always', 'read', '[', label(['always, also after a failure', ...titles]), ']');
  }
  add('finish', 'plain', '([', label(['end']), '])');
  return [...lines, ...edges, ...[...used].map((look) => `  classDef ${look} ${looks[look]}`), ''].join('\n');
}

function stepLabel(step: Step): string {
  return label([
    step.title,
    `${step.action ?? step.kind} · ${step.effect}`,
    ...(step.if === undefined ? [] : [`only if ${step.if.source}`]),
    ...(step.rollback?.kind === 'none' ? ['cannot be taken back'] : []),
    ...(step.forEach === undefined ? [] : [`for each ${step.forEach.as}`]),
  ]);
}

/** Each on a line of its own, nothing of it read by Mermaid, Markdown or HTML. */
function label(texts: readonly string[]): string {
  return texts.map((text) => escapeLabel(clip(escapeLine(text), 60))).join('<br/>');
}

function escapeLabel(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\p{L}\p{N} ,]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
