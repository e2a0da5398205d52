// YAML tokens → nodes, as YAML 1.2 means them.

import { Composer, type CST, type Document as YamlDocument } from 'yaml';

/** One for each document in the text; `length` is that of the text. */
export function composeDocuments(tokens: readonly CST.Token[], length: number): YamlDocument.Parsed[] {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: false,
    intAsBigInt: true,
    merge: false,
  });
  return [...composer.compose(tokens, true, length)] as YamlDocument.Parsed[];
}
