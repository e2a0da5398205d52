// What is in the scratch databases after the run against what a case expects: queries that can only read.

import { Failure, type Finding } from '../../diagnostic/index.ts';
import type { QueryResult, ReadSession, TargetDriver, TargetSpec } from '../../target/index.ts';
import type { TestCase } from './case.ts';
import { difference, isSame, shown } from './compare-outcome.ts';

const limits = { maxRows: 1000, maxBytes: 16 * 1024 * 1024 };

/** `targets` are where the run has worked. */
export async function compareRows(
  { name, expect }: TestCase,
  targets: readonly TargetSpec[],
  { driver, scratchFolder }: { readonly driver: TargetDriver; readonly scratchFolder: string },
): Promise<Finding[]> {
  const found: Finding[] = [];
  const sessions = new Map<string, ReadSession>();
  const sessionOf = async (target: string): Promise<ReadSession> => {
    const spec = targets.find((each) => each.name === target);
    if (spec === undefined) throw new Error(`no target ${target}`);
    const session =
      sessions.get(target) ?? (await driver.openForReading(spec, { busyTimeoutMs: 0, scratchFolder }));
    sessions.set(target, session);
    return session;
  };
  try {
    for (const { target, sql, value, place } of expect.rows) {
      try {
        const result = await (await sessionOf(target)).query({ sql }, limits);
        const is = asExpected(result, value);
        if (isSame(is, value)) continue;
        found.push(
          difference(name, `\`${sql.trim()}\`: expected \`${shown(value)}\`, found \`${shown(is)}\``, place),
        );
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        found.push(difference(name, `\`${sql.trim()}\` cannot be asked: ${error.message}`, place));
      }
    }
  } finally {
    for (const session of sessions.values()) await session.close();
  }
  return found;
}

/** The one value of the only row, where the case names one value; else the rows. Bytes are `x'…'`. */
function asExpected({ rows }: QueryResult, wanted: unknown): unknown {
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : value,
      ]),
    ),
  );
  if (Array.isArray(wanted)) return plain;
  const [row, second] = plain;
  const values = Object.values(row ?? {});
  return second === undefined && values.length === 1 ? values[0] : plain;
}
