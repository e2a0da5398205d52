// Text from anywhere inside XML 1.0. What XML cannot hold, and what would reorder or drive a screen, is shown as an escape.

import { escapeTerminal } from '../diagnostic/index.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
};

/** As text between tags; lines stay lines. */
export function escapeXmlText(text: string): string {
  // `>` too: `]]>` may not stand in text.
  return allowed(text).replaceAll(/[&<>]/g, (each) => entities[each] ?? each);
}

/** As the value of an attribute in double quotes. */
export function escapeXmlAttribute(text: string): string {
  return allowed(text).replaceAll(/[&<>"\t\n]/g, (each) => entities[each] ?? each);
}

/** XML 1.0 has no way to write most control characters, lone surrogates, U+FFFE and U+FFFF, not even by number. */
function allowed(text: string): string {
  return escapeTerminal(text).replaceAll(
    /[\ufffe\uffff]|\p{Surrogate}/gu,
    (each) => `\\u${each.charCodeAt(0).toString(16)}`,
  );
}
