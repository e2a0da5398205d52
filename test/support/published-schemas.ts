// The schemas that others publish for the reports of Belay (test/fixtures/published), ready to be asked.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { validateXML } from 'xmllint-wasm';

const folder = join(import.meta.dirname, '..', 'fixtures', 'published');

const sarif = compileSarif();

/** The schema is draft-04, which differs here only in its `id`; one of its patterns is none of Unicode's. */
function compileSarif(): ValidateFunction {
  const {
    $schema: _,
    id,
    ...schema
  } = JSON.parse(readFileSync(join(folder, 'sarif-2.1.0-rtm.5.json'), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat('uri', (value: string) => URL.canParse(value));
  // RFC 3986: a fixed set of characters, the rest by percent.
  ajv.addFormat('uri-reference', /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/);
  ajv.addFormat('date-time', (value: string) => !Number.isNaN(Date.parse(value)));
  return ajv.compile({ $id: id, ...schema });
}

/** What is wrong with a SARIF text; empty when nothing. */
export function sarifProblems(text: string): readonly string[] {
  if (sarif(JSON.parse(text))) return [];
  return (sarif.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

/** What is wrong with a JUnit report, as Jenkins reads it; empty when nothing. */
export async function junitProblems(text: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: { fileName: 'report.xml', contents: text },
    schema: readFileSync(join(folder, 'junit-10.xsd'), 'utf8'),
  });
  return errors.map(({ message }) => message);
}
