// Which rows a prune is about, as SQL: a predicate that the runbook wrote, or a column and an instant, bound in the form
// in which that column keeps time.

import { Failure } from '../../diagnostic/index.ts';
import type { ReadSession, SessionOptions, SqlValue, TableSchema } from '../../target/index.ts';
import { columnContent } from './column-content.ts';
import { fillColumns } from './fill-columns.ts';
import { refuseTypeMix } from './refuse-type-mix.ts';
import { describeForm, type TimeForm, timeFormOf } from './time-form.ts';

export type RowChoice =
  | {
      readonly where: string;
      readonly params: Readonly<Record<string, SqlValue>>;
      /** Columns for the `"$name"` places of the predicate. */
      readonly names: Readonly<Record<string, string>>;
    }
  | { readonly column: string; readonly before: Date };

export interface Predicate {
  readonly where: string;
  readonly params: Readonly<Record<string, SqlValue>>;
}

/** Fails with `action/type-mix`, or `sqlite/unknown-name` for a column that the table has not. */
export async function predicateFor(
  session: ReadSession,
  table: TableSchema,
  choice: RowChoice,
  options: SessionOptions,
): Promise<Predicate> {
  if ('where' in choice) {
    const where = fillColumns(choice.where, choice.names, table);
    await refuseTypeMix(session, table, where, choice.params, options);
    return { where, params: choice.params };
  }
  const quoted = fillColumns('"$column"', { column: choice.column }, table);
  const form = await formOfColumn(session, table.name, choice.column, options);
  return { where: `${quoted} < :before`, params: { before: inForm(choice.before, form) } };
}

const timeForms: readonly TimeForm[] = ['seconds', 'millis', 'julian', 'sql', 'iso', 'date'];

async function formOfColumn(
  session: ReadSession,
  table: string,
  column: string,
  options: SessionOptions,
): Promise<TimeForm> {
  const { counts, samples } = await columnContent(session, table, column, options);
  const values = [...(samples.number ?? []), ...(samples.text ?? [])];
  const forms = new Set(values.map((value) => (hasOtherZone(value) ? 'text' : timeFormOf(value))));
  const [form = 'sql'] = forms;
  // A column without a value says nothing, and selects nothing in any form.
  if (forms.size <= 1 && counts.blob === 0 && (values.length === 0 || timeForms.includes(form))) return form;
  const kept = [...forms, ...(counts.blob > 0 ? (['blob'] as const) : [])].map(describeForm).join(' and ');
  throw new Failure(
    'action/type-mix',
    `\`${table}.${column}\` keeps ${kept} (such as \`${values[0]}\` and \`${values.at(-1)}\`), which is no one form of time`,
    {
      state: 'nothing was deleted',
      fix: 'name a column that keeps time in one form, or say with `where` and `params` what is to be compared',
      details: { table, column },
    },
  );
}

/** Text orders by its digits, so times of several zones do not order by time. */
function hasOtherZone(value: SqlValue): boolean {
  return typeof value === 'string' && /\d[+-]\d\d:?\d\d$/.test(value) && !/\+00:?00$/.test(value);
}

/**
 * Text ends at the seconds: a fraction or a zone in a row makes it longer and so larger, which is right for `<`.
 * Julian day 2440587.5 is the epoch.
 */
function inForm(at: Date, form: TimeForm): SqlValue {
  const iso = at.toISOString();
  if (form === 'seconds') return at.getTime() / 1000;
  if (form === 'millis') return at.getTime();
  if (form === 'julian') return at.getTime() / 86_400_000 + 2_440_587.5;
  if (form === 'date') return iso.slice(0, 10);
  return form === 'iso' ? iso.slice(0, 19) : iso.slice(0, 19).replace('T', ' ');
}
