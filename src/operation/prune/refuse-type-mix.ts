// A cutoff in another form than the column keeps is the most expensive mistake of a prune: against an INTEGER column a
// text cutoff is larger than every row, and milliseconds are larger than all seconds. Refused before anything is counted.

import { formatCount } from '../../base/index.ts';
import { Failure } from '../../diagnostic/index.ts';
import type { ReadSession, SessionOptions, SqlValue, TableSchema } from '../../target/index.ts';
import { type ColumnContent, columnContent } from './column-content.ts';
import { type Comparison, comparisonsIn } from './comparisons.ts';
import {
  describeForm,
  functionFor,
  kindOf,
  orderAlike,
  type StorageKind,
  type TimeForm,
  timeFormOf,
} from './time-form.ts';

/** Fails with `action/type-mix`. */
export async function refuseTypeMix(
  session: ReadSession,
  table: TableSchema,
  where: string,
  params: Readonly<Record<string, SqlValue>>,
  options: SessionOptions,
): Promise<void> {
  const contents = new Map<string, ColumnContent>();
  const columns = table.columns.map((column) => column.name);
  for (const comparison of comparisonsIn(where, columns)) {
    const form = boundForm(comparison, params);
    if (form === undefined || form === 'null') continue;
    const { column } = comparison;
    const content = contents.get(column) ?? (await columnContent(session, table.name, column, options));
    contents.set(column, content);
    const isConverted = form === 'digits' && hasNumericAffinity(table, column);
    const problem = mixOf(content, isConverted ? 'number' : form, comparison.side);
    if (problem !== undefined) throw mixFailure(table.name, comparison, form, problem);
  }
}

function boundForm({ bound }: Comparison, params: Readonly<Record<string, SqlValue>>): TimeForm | undefined {
  if (bound.kind === 'function') return bound.form;
  const value = Object.hasOwn(params, bound.name) ? params[bound.name] : undefined;
  return value === undefined ? undefined : timeFormOf(value);
}

interface Mix {
  /** The form that the column keeps. */
  readonly kept: TimeForm;
  readonly sample: SqlValue;
  readonly rows: number;
  readonly kind: StorageKind;
}

const order: readonly StorageKind[] = ['null', 'number', 'text', 'blob'];

/** A mix that selects rows by their kind instead of their time, or one that can never select a row. */
function mixOf(content: ColumnContent, form: TimeForm, side: Comparison['side']): Mix | undefined {
  const own = kindOf(form);
  for (const kind of ['number', 'text', 'blob'] as const) {
    const rows = content.counts[kind];
    const samples = kind === 'blob' ? [] : (content.samples[kind] ?? []);
    if (rows === 0) continue;
    if (kind === own) {
      const odd = samples.find((sample) => !orderAlike(timeFormOf(sample), form));
      if (odd !== undefined) return { kept: timeFormOf(odd), sample: odd, rows, kind };
      continue;
    }
    const isBelow = order.indexOf(kind) < order.indexOf(own);
    const isSelectedByKind = isBelow === (side === 'below');
    const nothingElse = own === 'null' || own === 'blob' || content.counts[own] === 0;
    if (isSelectedByKind || nothingElse) {
      const sample = samples[0] ?? null;
      return { kept: kind === 'blob' ? 'blob' : timeFormOf(sample), sample, rows, kind };
    }
  }
  return undefined;
}

function mixFailure(table: string, { column, bound }: Comparison, form: TimeForm, mix: Mix): Failure {
  const name = bound.kind === 'parameter' ? `\`:${bound.name}\`` : `\`${bound.name}()\``;
  const sample = mix.sample === null ? '' : ` (such as \`${mix.sample}\`)`;
  const consequence =
    mix.kind !== kindOf(form)
      ? ': SQLite would compare their types, not their times'
      : ', which order differently';
  const wanted = functionFor(mix.kept);
  return new Failure(
    'action/type-mix',
    `\`${table}.${column}\` keeps ${describeForm(mix.kept)}${sample} in ${formatCount(mix.rows, 'row')}, and ${name} is ${describeForm(form)}${consequence}`,
    {
      state: 'nothing was deleted',
      fix:
        wanted === undefined
          ? `give ${name} in the form that the column keeps`
          : `give the cutoff as \`\${{ ${wanted} }}\``,
      details: { table, column, kept: mix.kept, given: form },
    },
  );
}

/** SQLite then reads digits in a text as a number before it compares. Source: https://sqlite.org/datatype3.html §3.1. */
function hasNumericAffinity(table: TableSchema, column: string): boolean {
  const type = table.columns.find(({ name }) => name === column)?.type.toUpperCase() ?? '';
  if (type.includes('INT')) return true;
  return type !== '' && !/CHAR|CLOB|TEXT|BLOB/.test(type);
}
