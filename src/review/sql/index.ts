export { openSqlReader, type SqlReader, type SqlReaderOptions } from './reader.ts';
export type {
  ColumnShape,
  Comparison,
  ForeignKeyShape,
  IndexShape,
  SchemaObject,
  SqlProblem,
  SqlReading,
  SqlStatementReading,
  StatementKind,
  TableShape,
  TableWrite,
} from './reading.ts';
