export { belongsTo, isBelow, leadsOut, type OpenedFile, readOrdinaryFile, realOf } from './boundary.ts';
export { type Comment, commentsOf } from './comments.ts';
export type { Document, DocumentKind, ParsedDocument, Path, Source } from './document.ts';
export { limits } from './limits.ts';
export { loadSource } from './load-source.ts';
export { parseDocument } from './parse.ts';
export * as schemaParts from './schema-parts.ts';
export { lineStartsOf, mapSource, type SourceMap } from './source-map.ts';
export { type SchemaProblem, validateDocument, validateInput } from './validate.ts';
