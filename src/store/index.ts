export { type FileSystem, fileSystemOf } from './file-system.ts';
export { openLocalStore } from './local/local-store.ts';
export { syncPath } from './local/sync-path.ts';
export type * from './store.ts';
export { storeFailure } from './store-failure.ts';
