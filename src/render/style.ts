// Colours, and the absence of colours. Meaning never hangs on colour alone.

import { styleText } from 'node:util';

export interface Style {
  strong(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  careful(text: string): string;
  name(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

export function createStyle(hasColor: boolean): Style {
  const paint = (format: Format) => (text: string) =>
    hasColor && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  return {
    strong: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    careful: paint('yellow'),
    name: paint('cyan'),
  };
}
