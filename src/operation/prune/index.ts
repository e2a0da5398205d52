export { archiveFolder } from './archive-folder.ts';
export { type PrunePreview, previewPrune } from './preview.ts';
export { type PruneRequest, type PruneResult, type PruneWork, prune } from './prune.ts';
export { renameRolledBackArchive } from './rename-rolled-back.ts';
