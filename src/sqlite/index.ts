export {
  isBusy,
  type OwnDatabase,
  type OwnDatabaseOptions,
  openOwnDatabase,
  sleepSync,
  sqliteCode,
} from './own.ts';
