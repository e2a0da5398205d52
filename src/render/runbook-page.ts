// The page of a runbook as Markdown: what it is for, what it needs, what it does and asks, what takes it back. Made from the
// file alone. What the file says stays text.

import { formatCount, formatDuration } from '../base/index.ts';
import type { Step, TargetDeclaration, TemplateTree } from '../runbook/runbook.ts';
import { code, codeBlock, escapeMarkdown, markdownOfMessage } from './markdown.ts';
import { renderMermaid } from './mermaid.ts';
import { paramDefaultWords, paramTypeWords } from './param-words.ts';
import type { ShownRunbook, ShownStep } from './runbook-text.ts';

export interface RunbookPage extends ShownRunbook {
  /** In words: what happens to the targets when a step fails. */
  readonly onFailure: readonly string[];
}

export function renderRunbookPage(page: RunbookPage): string {
  const { runbook, steps, command } = page;
  const labels = Object.entries(runbook.labels).map(([name, value]) => code(`${name}=${value}`));
  return [
    `# ${escapeMarkdown(runbook.title)}`,
    [code(runbook.name), code(runbook.file), ...labels].join(' · '),
    ...paragraphs(runbook.description),
    codeBlock(command, 'sh'),
    ...section('Params', paramTable(page)),
    ...section('Secrets', secretTable(page)),
    ...section('Targets', targetTable(page)),
    ...section('Course', [codeBlock(renderMermaid(runbook).trimEnd(), 'mermaid')]),
    ...section(
      'Before anything, these must hold',
      runbook.preconditions.flatMap((step) => stepPart({ step, rollback: '' })),
    ),
    ...section(
      'Steps',
      steps.flatMap((step, i) => stepPart(step, i + 1)),
    ),
    ...section(
      'Always, at the end',
      runbook.always.flatMap((step) => stepPart({ step, rollback: '' })),
    ),
    ...section('When a step fails', [bullets(page.onFailure.map(markdownOfMessage))]),
    ...section('Outputs', outputTable(page)),
    ...section('Links', linkList(page)),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function section(title: string, blocks: readonly string[]): readonly string[] {
  const filled = blocks.filter((block) => block !== '');
  return filled.length === 0 ? [] : [`## ${title}`, ...filled];
}

function paramTable({ runbook: { params } }: RunbookPage): string[] {
  return table(
    ['param', 'type', 'given', 'what'],
    params.map((param) => [
      code(param.name),
      escapeMarkdown(paramTypeWords(param)),
      param.default === undefined ? paramDefaultWords(param) : `default ${code(defaultText(param.default))}`,
      escapeMarkdown(param.description),
    ]),
  );
}

function defaultText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function secretTable({ runbook: { secrets } }: RunbookPage): string[] {
  return table(
    ['secret', 'read at run time from'],
    secrets.map(({ name, source }) => [
      code(name),
      'env' in source ? `environment variable ${code(source.env)}` : `file ${code(source.file)}`,
    ]),
  );
}

function targetTable({ runbook: { targets } }: RunbookPage): string[] {
  return table(
    ['target', 'where', 'rules'],
    targets.map((target) => [
      code(target.name),
      placeOf(target),
      targetRules(target).map(escapeMarkdown).join('<br>'),
    ]),
  );
}

function placeOf(target: TargetDeclaration): string {
  if (target.isScratch === true) return 'scratch: made by the run, removed at its end';
  if (target.use !== undefined) return `${code(target.use.source)} in the catalogue of belay.yaml`;
  return code(target.path?.source ?? '(no path)');
}

function targetRules(target: TargetDeclaration): string[] {
  return [
    ...(target.expect === 'any' ? ['may be absent, empty or unreadable'] : []),
    ...(target.isExclusive === true
      ? ['nobody else may use it from the first change to `accept` or the end']
      : []),
    ...(target.discardsForeignWrites === true ? ['a restore goes on although others have written'] : []),
    ...(target.backup?.kind === 'none' ? [`no backup: ${target.backup.reason}`] : []),
  ];
}

function stepPart({ step, rollback, gate }: ShownStep, number?: number): string[] {
  const facts = [
    whatItDoes(step),
    ...(step.if === undefined ? [] : [`only if ${code(step.if.source)}`]),
    ...(gate === undefined ? [] : [`**asks first:** ${markdownOfMessage(gate)}`]),
    ...step.preconditions.map((each) => `must hold: ${escapeMarkdown(each.title)}`),
    ...(step.assert === undefined ? [] : [`holds: ${code(step.assert.source)}`]),
    ...(step.ensure === undefined ? [] : [`afterwards: ${code(step.ensure.source)}`]),
    ...(step.message === undefined ? [] : [`else: ${escapeMarkdown(step.message.source)}`]),
    ...(step.forEach === undefined ? [] : [`once for each ${code(step.forEach.as)}`]),
    ...limits(step),
    ...failureWords(step),
    ...(rollback === '' || (step.effect === 'read' && step.rollback === undefined)
      ? []
      : [`undo: ${markdownOfMessage(rollback)}`]),
    ...(step.accept === true ? ['**accepts: from here on nothing is put back**'] : []),
  ];
  const title = `${number === undefined ? '' : `${number}\\. `}${escapeMarkdown(step.title)}`;
  return [`### ${title}`, bullets([`${code(step.id)}: ${facts[0]}`, ...facts.slice(1)]), ...inputs(step)];
}

function whatItDoes(step: Step): string {
  if (step.kind === 'gate') return 'only asks';
  return `${step.action === undefined ? 'assert' : code(step.action)} · **${step.effect}**${on(step)}`;
}

function on({ targets, scratchTargets }: Step): string {
  const names = [...targets, ...scratchTargets];
  return names.length === 0 ? '' : ` on ${names.map(code).join(', ')}`;
}

function limits(step: Step): string[] {
  return [
    ...(step.timeoutMs === undefined ? [] : [`at most ${formatDuration(step.timeoutMs)}`]),
    ...(step.retry === undefined ? [] : [`up to ${formatCount(step.retry.limit, 'retry', 'retries')}`]),
  ];
}

function failureWords({ effect, onFailure }: Step): string[] {
  if (onFailure === 'continue') return ['a failure does not stop the run'];
  return onFailure === 'abort' && effect !== 'read' ? ['a failure stops the run and keeps the changes'] : [];
}

/** What the action is given, as written; SQL in full. */
function inputs(step: Step): string[] {
  if (step.kind !== 'action' || isTemplate(step.with) || Array.isArray(step.with)) return [];
  const entries = Object.entries(step.with as Readonly<Record<string, TemplateTree>>);
  const rest = entries.filter(([key]) => key !== 'target' && key !== 'sql');
  const sql = entries.find(([key]) => key === 'sql')?.[1];
  const given = rest.map(([key, value]) => `${key}: ${written(value)}`).join('\n');
  return [
    ...(sql !== undefined && isTemplate(sql) ? [codeBlock(sql.source.trim(), 'sql')] : []),
    ...(given === '' ? [] : [codeBlock(given, 'yaml')]),
  ];
}

function written(tree: TemplateTree): string {
  if (isTemplate(tree)) return tree.source;
  if (Array.isArray(tree)) return `[${(tree as readonly TemplateTree[]).map(written).join(', ')}]`;
  const inner = Object.entries(tree as Readonly<Record<string, TemplateTree>>);
  return `{ ${inner.map(([key, value]) => `${key}: ${written(value)}`).join(', ')} }`;
}

function isTemplate(tree: TemplateTree): tree is Extract<TemplateTree, { evaluate: unknown }> {
  return 'evaluate' in tree && typeof tree.evaluate === 'function';
}

function outputTable({ runbook: { outputs } }: RunbookPage): string[] {
  return table(
    ['output', 'value'],
    Object.entries(outputs).map(([name, template]) => [code(name), code(template.source)]),
  );
}

/** The address stays text: a page must not lead where a file wants. */
function linkList({ runbook: { links } }: RunbookPage): string[] {
  return [bullets(Object.entries(links).map(([name, link]) => `${escapeMarkdown(name)}: ${code(link)}`))];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [[line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')];
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function paragraphs(text: string): string[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter((each) => each.trim() !== '')
    .map((each) => escapeMarkdown(each.trim().replaceAll(/\s+/g, ' ')));
}
