export { differenceOf } from './difference.ts';
export { type Formatted, formatText } from './format-text.ts';
export { refuseLink, writeFormatted } from './write-formatted.ts';
