// Masking of secrets by value, also in the encodings they travel in. Applied before a text is built, shown or stored.

export interface Masker {
  (text: string): string;
  /** True when masking would change `text`. */
  touches(text: string): boolean;
  /** Characters of the longest form that is masked; 0 without secrets. */
  readonly longest: number;
  /** True when a form holds a line break, so that masking line by line would miss it. */
  readonly spansLines: boolean;
}

/** A masker for these secret values; each shows as `‹name›`. */
export function createMasker(secrets: ReadonlyMap<string, string>): Masker {
  const forms: [string, string][] = [];
  for (const [name, value] of secrets) {
    for (const form of encodings(value)) forms.push([form, `‹${name}›`]);
  }
  // Longest first, so that a secret that contains another is masked whole.
  forms.sort((a, b) => b[0].length - a[0].length);
  const mask = (text: string): string => {
    let out = text;
    for (const [form, shown] of forms) if (out.includes(form)) out = out.replaceAll(form, shown);
    return out;
  };
  return Object.assign(mask, {
    touches: (text: string) => mask(text) !== text,
    longest: forms[0]?.[0].length ?? 0,
    spansLines: forms.some(([form]) => form.includes('\n')),
  });
}

function encodings(value: string): Set<string> {
  const bytes = Buffer.from(value, 'utf8');
  const forms = new Set([
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toString('base64'),
    bytes.toString('base64url'),
  ]);
  // Inside a longer base64 text a secret starts at one of three offsets; the whole groups in the middle are constant.
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    const inner = encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 8) / 6));
    if (inner.length >= 6) forms.add(inner);
  }
  forms.delete('');
  return forms;
}
